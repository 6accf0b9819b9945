import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRotation } from "./decideRotation";
import { planLink, planUnlink } from "./planLink";
import { hoursAfter } from "./schedule";
import type {
  CertificateState,
  CertificateWishes,
  LinkCertificate,
  LinkSituation,
  LinkStep,
  ObservedCertificate,
  Registration,
  Version,
} from "./types";

const lineage = "7d0e6a5e-6f2d-4c59-9b3a-0d2f6c1b8a11";
const foreign: ObservedCertificate = {
  thumbprint: "FOREIGN",
  sha256Fingerprint: "FOREIGN",
  lineage: null,
  validity: { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2020-06-01T00:00:00Z") },
};

type Event =
  | { readonly kind: "timePasses"; readonly hours: number }
  | { readonly kind: "leaves" | "joins"; readonly name: string }
  | { readonly kind: "trigger" }
  | { readonly kind: "compromised" }
  | { readonly kind: "removedByHand"; readonly which: number }
  | { readonly kind: "certificateUpdate" }
  | {
      readonly kind: "linkUpdate";
      readonly diesAfter: number | null;
      readonly recorded: boolean;
      readonly restores: boolean;
    }
  | { readonly kind: "linkRenamed" };

const names = fc.constantFrom("alice", "bob", "carol");
const linkUpdate = fc.record({
  kind: fc.constant("linkUpdate" as const),
  diesAfter: fc.option(fc.nat({ max: 2 }), { nil: null, freq: 2 }),
  recorded: fc.boolean(),
  restores: fc.boolean(),
});
const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("timePasses" as const), hours: fc.nat({ max: 400 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("leaves" as const, "joins" as const), name: names }) },
    { weight: 1, arbitrary: fc.constant({ kind: "trigger" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "compromised" as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("removedByHand" as const), which: fc.nat({ max: 5 }) }) },
    { weight: 3, arbitrary: fc.constant({ kind: "certificateUpdate" as const }) },
    { weight: 4, arbitrary: linkUpdate },
    { weight: 1, arbitrary: fc.constant({ kind: "linkRenamed" as const }) },
  ),
  // Left to itself, fast-check tells stories of ten events at most, and some faults need more.
  { maxLength: 40, size: "max" },
);

/** A certificate, one link and its subscription, without anything around them: what the resources do, on plain values. */
class Model {
  now = new Date("2026-06-01T00:00:00Z");
  holders = new Set(["alice", "bob", "carol"]);
  triggers = 0;
  compromised: string[] = [];
  issued = 0;
  readonly keysOf = new Map<string, Set<string>>();
  state: CertificateState;
  registered: readonly Registration[] = [];
  observed: readonly ObservedCertificate[] = [foreign];
  whenRemovedElsewhere: "fail" | "restore" = "fail";
  readonly validities = new Map<string, { readonly notBefore: Date; readonly notAfter: Date }>();

  constructor() {
    this.state = { current: this.issue(), previous: [], rotationTriggers: { count: "0" } };
  }

  issue(): CertificateState["current"] {
    this.issued += 1;
    const thumbprint = `V${String(this.issued).padStart(5, "0")}`;
    const validity = { notBefore: hoursAfter(this.now, -1), notAfter: hoursAfter(this.now, 2000) };
    this.validities.set(thumbprint, validity);
    this.keysOf.set(thumbprint, new Set(this.holders));
    return {
      thumbprint,
      notAfter: validity.notAfter,
      revoked: false,
      heldBy: [...this.holders].sort(),
      issuedAt: this.now,
      specification: {
        commonName: "web",
        organization: undefined,
        organizationalUnit: undefined,
        rsaBits: 2048,
        validityPeriodHours: 2000,
      },
      spreadFraction: 0,
    };
  }

  updateCertificate(): void {
    const wishes: CertificateWishes = {
      specification: this.state.current.specification,
      renewBeforeHours: 600,
      rotateEveryHours: undefined,
      spreadHours: 0,
      overlapHours: 168,
      rotationTriggers: { count: String(this.triggers) },
      holders: [...this.holders].sort(),
      compromised: this.compromised,
    };
    const decision = decideRotation(this.state, wishes, this.now);
    const revoked = new Set(decision.revoke.map(({ thumbprint }) => thumbprint));
    const settle = <V extends Version>(version: V): V => ({
      ...version,
      revoked: version.revoked || revoked.has(version.thumbprint),
    });
    const previous = this.state.previous.map(settle);
    if (decision.kind === "rotate") {
      this.state = {
        current: this.issue(),
        previous: [settle(this.state.current), ...previous].slice(0, 2),
        rotationTriggers: wishes.rotationTriggers,
      };
      return;
    }
    const heldBy = [...new Set([...this.state.current.heldBy, ...this.holders])].sort();
    for (const name of this.holders) {
      this.keysOf.get(this.state.current.thumbprint)?.add(name);
    }
    this.state = { ...this.state, current: { ...settle(this.state.current), heldBy }, previous };
  }

  certificate(): LinkCertificate {
    const { thumbprint } = this.state.current;
    const validity = this.validities.get(thumbprint) ?? { notBefore: this.now, notAfter: this.now };
    return {
      lineage,
      current: { thumbprint, sha256Fingerprint: thumbprint, ...validity },
      previous: this.state.previous,
      overlapHours: 168,
    };
  }

  situation(): LinkSituation {
    return {
      door: "subscription 5a1f1c9e-8a1b-4a5e-9f00-000000000001",
      certificate: this.certificate(),
      registered: this.registered,
      observed: this.observed,
      authenticatedWith: null,
      rules: {
        allowLast: false,
        allowed: [],
        removeFirst: false,
        whenRemovedElsewhere: this.whenRemovedElsewhere,
        removeAdopted: false,
        certificateLimit: 100,
      },
    };
  }

  validOnes(): number {
    return this.observed.filter(
      ({ validity }) => validity !== null && validity.notBefore <= this.now && this.now < validity.notAfter,
    ).length;
  }

  updateLink(diesAfter: number | null, recorded: boolean): void {
    const plan = planLink(this.situation(), this.now);
    if (plan.kind === "refuse") {
      expect(plan.refusal.reason).toBe("removedElsewhere");
      return;
    }
    const steps = plan.steps.slice(0, diesAfter ?? plan.steps.length);
    const before = this.registered;
    const finish = diesAfter === null || recorded;
    for (const { thumbprint } of plan.keep) {
      this.record(thumbprint);
    }
    this.registered = this.registered.filter(
      (one) =>
        one.thumbprint === this.state.current.thumbprint ||
        this.observed.some(({ thumbprint }) => thumbprint === one.thumbprint),
    );
    // Who can't find the newest one went back to its predecessor: only what is there has begun an overlap.
    const records = this.registered.filter((one) =>
      this.observed.some(({ thumbprint }) => thumbprint === one.thumbprint),
    );
    for (const step of steps) {
      this.take(step, records);
    }
    if (!finish) {
      this.registered = before;
      return;
    }
    if (diesAfter === null) {
      this.assertSettled(plan.guarded.map(({ thumbprint }) => thumbprint));
    }
  }

  take(step: LinkStep, records: readonly Registration[]): void {
    const valid = this.validOnes();
    if (step.action === "add") {
      expect(step.thumbprint).toBe(this.state.current.thumbprint);
      this.observed = [
        ...this.observed,
        {
          thumbprint: step.thumbprint,
          sha256Fingerprint: step.thumbprint,
          lineage,
          validity: this.validities.get(step.thumbprint) ?? null,
        },
      ];
      this.registered = this.registered.filter(({ thumbprint }) => thumbprint !== step.thumbprint);
      this.record(step.thumbprint);
      return;
    }
    this.assertMayGo(step.thumbprint, records);
    this.observed = this.observed.filter(({ thumbprint }) => thumbprint !== step.thumbprint);
    this.registered = this.registered.filter(({ thumbprint }) => thumbprint !== step.thumbprint);
    expect(this.validOnes() > 0 || valid === 0).toBe(true);
  }

  record(thumbprint: string): void {
    if (!this.registered.some((one) => one.thumbprint === thumbprint)) {
      this.registered = [...this.registered, { thumbprint, registeredAt: this.now, retireAt: null, origin: "created" }];
    }
  }

  /** Only what is revoked, expired, forgotten, or has had its overlap on this subscription. */
  assertMayGo(thumbprint: string, records: readonly Registration[]): void {
    const version = this.state.previous.find((one) => one.thumbprint === thumbprint);
    if (version === undefined || version.revoked || version.notAfter <= this.now) {
      expect(thumbprint).not.toBe(this.state.current.thumbprint);
      return;
    }
    const successors = records.filter((one) => one.thumbprint > thumbprint);
    expect(successors.some((one) => hoursAfter(one.registeredAt, 168) <= this.now)).toBe(true);
  }

  /** After a whole update: the current one is in, nobody who left gets in, and there is nothing to do. */
  assertSettled(guarded: readonly string[]): void {
    const listed = this.observed.map(({ thumbprint }) => thumbprint);
    expect(listed).toContain(this.state.current.thumbprint);
    expect(this.observed).toContain(foreign);
    for (const version of this.state.previous.filter(({ revoked }) => revoked)) {
      expect(listed.includes(version.thumbprint) && !guarded.includes(version.thumbprint)).toBe(false);
    }
    const again = planLink(this.situation(), this.now);
    expect(again.kind === "apply" && again.steps).toEqual([]);
  }

  happen(event: Event): void {
    switch (event.kind) {
      case "timePasses":
        this.now = hoursAfter(this.now, event.hours);
        break;
      case "leaves":
        this.holders.delete(event.name);
        break;
      case "joins":
        this.holders.add(event.name);
        break;
      case "trigger":
        this.triggers += 1;
        break;
      case "compromised":
        this.compromised = [...this.compromised, this.state.current.thumbprint];
        break;
      case "removedByHand": {
        const victim = this.observed[event.which];
        this.observed = this.observed.filter((one) => one === foreign || one !== victim);
        break;
      }
      case "certificateUpdate":
        this.updateCertificate();
        break;
      case "linkUpdate":
        this.whenRemovedElsewhere = event.restores ? "restore" : "fail";
        this.updateLink(event.diesAfter, event.recorded);
        break;
      case "linkRenamed":
        this.registered = [];
        break;
    }
  }
}

describe("the life of a link", () => {
  it("keeps its promises whatever happens, and lets nobody in who left", () => {
    fc.assert(
      fc.property(events, (story) => {
        const model = new Model();
        for (const event of story) {
          model.happen(event);
        }
        // Rotated and brought up to date, whatever state the story left things in.
        model.triggers += 1;
        model.updateCertificate();
        model.updateLink(null, true);
        for (const { thumbprint } of model.observed.filter((one) => one !== foreign)) {
          const keys = model.keysOf.get(thumbprint) ?? new Set();
          expect([...keys].filter((name) => !model.holders.has(name))).toEqual([]);
        }
        // A destroy leaves what is foreign, and at most the one valid certificate that guards the door.
        model.now = hoursAfter(model.now, 1);
        const farewell = planUnlink(model.situation(), model.now);
        expect(farewell.kind).toBe("apply");
        if (farewell.kind === "apply") {
          const gone = new Set(farewell.steps.map(({ thumbprint }) => thumbprint));
          const left = model.observed.filter(
            ({ thumbprint }) => !gone.has(thumbprint) && thumbprint !== foreign.thumbprint,
          );
          expect(left.map(({ thumbprint }) => thumbprint)).toEqual(
            farewell.guarded.map(({ thumbprint }) => thumbprint),
          );
          expect(left.length).toBe(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
