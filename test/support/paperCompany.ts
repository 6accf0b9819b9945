import { certificatesOf, type RosterCertificate } from "../../provider/roster/access";
import type { Roster } from "../../provider/roster/roster";
import { decideRotation } from "../../provider/rotation/decideRotation";
import { planLink, planUnlink } from "../../provider/rotation/planLink";
import { hoursAfter } from "../../provider/rotation/schedule";
import type {
  CertificateState,
  CertificateWishes,
  LinkPlan,
  LinkSituation,
  ObservedCertificate,
  Registration,
} from "../../provider/rotation/types";

interface PaperCertificate {
  /** Null for one that somebody brought. */
  readonly lineage: string | null;
  readonly state: CertificateState;
}

interface PaperLink {
  readonly path: string;
  readonly subscription: string;
  readonly registered: readonly Registration[];
}

const validityHours = 8_760;
/** So that no guard keeps the last one: who deploys has a certificate too. */
const deployers: ObservedCertificate = {
  thumbprint: "DEPLOYER",
  sha256Fingerprint: "DEPLOYER",
  lineage: null,
  validity: { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2040-01-01T00:00:00Z") },
};

/** What a roster's certificates and links decide, carried out on plain values: no keys, no engine, no network. */
export class PaperCompany {
  readonly #certificates = new Map<string, PaperCertificate>();
  readonly #links = new Map<string, PaperLink>();
  readonly #doors = new Map<string, readonly ObservedCertificate[]>();
  readonly #knownBy = new Map<string, Set<string>>();
  #drawn = 0;

  /** @returns the paths of the certificates of which a key or a door changed */
  apply(roster: Roster, now: Date): ReadonlySet<string> {
    const touched = new Set<string>();
    const wanted = certificatesOf(roster);
    for (const certificate of wanted) {
      const brought = thumbprintOf(roster, certificate);
      if (brought === null ? this.#updateCertificate(certificate, now) : this.#takeNote(certificate, brought, now)) {
        touched.add(certificate.path);
      }
      for (const subscription of certificate.subscriptions) {
        if (this.#updateLink(certificate.path, subscription, now)) {
          touched.add(certificate.path);
        }
      }
    }
    const kept = new Set(wanted.flatMap(({ path, subscriptions }) => subscriptions.map((one) => keyOf(path, one))));
    for (const [key, link] of this.#links) {
      if (!kept.has(key)) {
        this.#carryOut(link, planUnlink(this.#situation(link), now), now);
        this.#links.delete(key);
        touched.add(link.path);
      }
    }
    for (const path of this.#certificates.keys()) {
      if (!wanted.some((one) => one.path === path)) {
        this.#certificates.delete(path);
      }
    }
    return touched;
  }

  /** Paths of the certificates whose current version the subscription accepts, sorted. */
  currentOn(subscription: string): readonly string[] {
    return this.#observed(subscription)
      .flatMap(({ thumbprint }) => this.#pathOf(thumbprint) ?? [])
      .sort();
  }

  /** Everybody who has ever known a key that a subscription accepts. */
  whoGetsIn(): readonly { readonly subscription: string; readonly person: string }[] {
    return [...this.#doors].flatMap(([subscription, observed]) =>
      observed.flatMap(({ thumbprint }) =>
        [...(this.#knownBy.get(thumbprint) ?? [])].map((person) => ({ subscription, person })),
      ),
    );
  }

  #pathOf(thumbprint: string): string | undefined {
    return [...this.#certificates].find(([, { state }]) => state.current.thumbprint === thumbprint)?.[0];
  }

  /** Another one under the same path is another link: the old one goes, as the engine deletes what it replaces. */
  #takeNote({ path, holders }: RosterCertificate, thumbprint: string, now: Date): boolean {
    const known = this.#certificates.get(path);
    if (known?.state.current.thumbprint === thumbprint) {
      return false;
    }
    for (const [key, link] of this.#links) {
      if (link.path === path) {
        this.#carryOut(link, planUnlink(this.#situation(link), now), now);
        this.#links.delete(key);
      }
    }
    const current = { ...this.#issue(holders, now), thumbprint };
    this.#knownBy.set(thumbprint, new Set(holders));
    this.#certificates.set(path, { lineage: null, state: { current, previous: [], rotationTriggers: {} } });
    return true;
  }

  #updateCertificate({ path, holders }: RosterCertificate, now: Date): boolean {
    const known = this.#certificates.get(path);
    if (known === undefined) {
      const state = { current: this.#issue(holders, now), previous: [], rotationTriggers: {} };
      this.#certificates.set(path, { lineage: `lineage-${this.#drawn}`, state });
      return true;
    }
    const { state } = known;
    const decision = decideRotation(state, wishesFor(state, holders), now);
    const revoked = new Set(decision.revoke.map(({ thumbprint }) => thumbprint));
    const settled = [state.current, ...state.previous].map((version) => ({
      ...version,
      revoked: version.revoked || revoked.has(version.thumbprint),
    }));
    const [, ...previous] = settled;
    const next =
      decision.kind === "rotate"
        ? { current: this.#issue(holders, now), previous: settled.slice(0, 2) }
        : {
            current: { ...state.current, heldBy: [...new Set([...state.current.heldBy, ...holders])].sort() },
            previous,
          };
    holders.forEach((holder) => {
      this.#knownBy.get(next.current.thumbprint)?.add(holder);
    });
    this.#certificates.set(path, { ...known, state: { ...state, ...next } });
    return decision.kind === "rotate" || revoked.size > 0;
  }

  #issue(holders: readonly string[], now: Date): CertificateState["current"] {
    this.#drawn += 1;
    const thumbprint = `V${String(this.#drawn).padStart(5, "0")}`;
    this.#knownBy.set(thumbprint, new Set(holders));
    return {
      thumbprint,
      notAfter: hoursAfter(now, validityHours),
      revoked: false,
      heldBy: [...holders],
      issuedAt: now,
      specification: {
        commonName: "key",
        organization: undefined,
        organizationalUnit: undefined,
        rsaBits: 2048,
        validityPeriodHours: validityHours,
      },
      spreadFraction: 0,
    };
  }

  #updateLink(path: string, subscription: string, now: Date): boolean {
    const link = this.#links.get(keyOf(path, subscription)) ?? { path, subscription, registered: [] };
    return this.#carryOut(link, planLink(this.#situation(link), now), now);
  }

  #carryOut(link: PaperLink, plan: LinkPlan, now: Date): boolean {
    if (plan.kind === "refuse") {
      throw new Error(plan.refusal.sentence);
    }
    const certificate = this.#certificates.get(link.path);
    if (certificate === undefined || plan.guarded.length > 0) {
      throw new Error(`a guard held ${link.path} on ${link.subscription}`);
    }
    let observed = this.#observed(link.subscription);
    for (const { action, thumbprint } of plan.steps) {
      observed = observed.filter((one) => one.thumbprint !== thumbprint);
      if (action === "add") {
        observed = [...observed, listed(certificate, thumbprint)];
      }
    }
    this.#doors.set(link.subscription, observed);
    const { lineage, state } = certificate;
    const there = observed.filter((one) =>
      lineage === null ? one.thumbprint === state.current.thumbprint : one.lineage === lineage,
    );
    const registered = there.map(({ thumbprint }): Registration => {
      const known = link.registered.find((one) => one.thumbprint === thumbprint);
      return known ?? { thumbprint, registeredAt: now, retireAt: null, origin: "created" };
    });
    this.#links.set(keyOf(link.path, link.subscription), { ...link, registered });
    return plan.steps.length > 0;
  }

  #situation({ path, subscription, registered }: PaperLink): LinkSituation {
    const certificate = this.#certificates.get(path);
    if (certificate === undefined) {
      throw new Error(`a link of ${path}, which has no certificate`);
    }
    const { lineage, state } = certificate;
    return {
      door: `subscription ${subscription}`,
      certificate: {
        lineage,
        current: { ...listed(certificate, state.current.thumbprint), ...validityOf(state.current) },
        previous: state.previous,
        overlapHours: 168,
      },
      registered,
      observed: this.#observed(subscription),
      authenticatedWith: deployers.thumbprint,
      rules: {
        allowLast: false,
        allowed: [],
        removeFirst: false,
        whenRemovedElsewhere: "fail",
        removeAdopted: false,
        certificateLimit: 100,
      },
    };
  }

  #observed(subscription: string): readonly ObservedCertificate[] {
    return this.#doors.get(subscription) ?? [deployers];
  }
}

/** Of a certificate that somebody brought; null of one that is made here. */
export function thumbprintOf({ people }: Roster, { kind, id, holders }: RosterCertificate): string | null {
  const holder = people.find((person) => person.id === holders[0]);
  const brought = holder?.certificates?.find((one) => one.id === id);
  return kind === "pasted" ? (brought?.thumbprint ?? null) : null;
}

function keyOf(path: string, subscription: string): string {
  return `${path}/${subscription}`;
}

function listed({ lineage, state }: PaperCertificate, thumbprint: string): ObservedCertificate {
  return { thumbprint, sha256Fingerprint: thumbprint, lineage, validity: validityOf(state.current) };
}

function validityOf({ issuedAt, notAfter }: CertificateState["current"]) {
  return { notBefore: issuedAt, notAfter };
}

function wishesFor(state: CertificateState, holders: readonly string[]): CertificateWishes {
  return {
    specification: state.current.specification,
    renewBeforeHours: 2_920,
    rotateEveryHours: undefined,
    spreadHours: 0,
    overlapHours: 168,
    rotationTriggers: {},
    holders,
    compromised: [],
  };
}
