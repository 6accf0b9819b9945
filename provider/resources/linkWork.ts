import { assertMayChangeAsOf } from "../azure/asOf";
import type { ListedCertificate, Listing } from "../azure/managementCertificates";
import type { SubscriptionAddress } from "../azure/subscriptionAddress";
import { tryParseCertificate } from "../certificate/parse";
import { maximumClockSkewMinutes } from "../defaults";
import {
  CertificateError,
  ClockSkewError,
  LockOutError,
  QuotaExceededError,
  RemovedElsewhereError,
  ServiceError,
  StateRolledBackError,
  StillOpenError,
} from "../errors";
import type {
  GuardedCertificate,
  LinkCertificate,
  LinkPlan,
  LinkRefusal,
  LinkRules,
  LinkSituation,
  LinkStep,
  ObservedCertificate,
} from "../rotation/types";
import { wantedOnLink } from "../rotation/wantedOnLink";
import type { Configured } from "./context";
import { isoSeconds, wholeSeconds } from "./dates";
import { registrationOf } from "./registrations";
import type { RecordedRegistration } from "./subscriptionCertificateLinkDefinition";

/** One link's work on its subscription: what it wants, and what it remembers. */
export interface LinkWork {
  readonly at: SubscriptionAddress;
  readonly certificate: LinkCertificate;
  /** The bytes to register; null where the link only removes. */
  readonly der: Buffer | null;
  readonly registered: readonly RecordedRegistration[];
  readonly rules: LinkRules;
}

/** How far it came. With a failure, `registered` says what is true so far, for the state. */
export interface LinkOutcome {
  readonly registered: readonly RecordedRegistration[];
  readonly certificateCount: number | null;
  readonly failure: Error | null;
  /** Whether anything at all was found or changed, so that a first failure can be told from a partial one. */
  readonly touched: boolean;
}

export type Planner = (situation: LinkSituation, now: Date) => LinkPlan;

/**
 * Gathers, decides, applies, under one lock per endpoint and subscription. Never throws for what the service does:
 * the outcome carries the failure together with what was done before it.
 */
export async function carryOut(work: LinkWork, plan: Planner, context: Configured): Promise<LinkOutcome> {
  await assertMayChangeAsOf(context.configuration, work.at.endpoint);
  return context.connection.exclusively(work.at, () => new LinkRun(work, context).run(plan));
}

class LinkRun {
  readonly #work: LinkWork;
  readonly #context: Configured;
  #registered: RecordedRegistration[];
  #count: number | null = null;
  #touched = false;

  constructor(work: LinkWork, context: Configured) {
    this.#work = work;
    this.#context = context;
    this.#registered = [...work.registered];
  }

  async run(plan: Planner): Promise<LinkOutcome> {
    this.#context.listings.forget(this.#work.at);
    let failure: Error | null = null;
    try {
      await this.#apply(plan);
    } catch (error) {
      if (!(error instanceof Error)) {
        throw error;
      }
      failure = error;
    } finally {
      this.#context.listings.forget(this.#work.at);
    }
    return { registered: this.#registered, certificateCount: this.#count, failure, touched: this.#touched };
  }

  async #apply(plan: Planner): Promise<void> {
    const listing = await this.#list();
    const now = this.#context.ports.now();
    const decided = plan(situationOf(this.#work, this.#registered, listing), now);
    if (decided.kind === "refuse") {
      throw refusalError(decided.refusal, this.#work.at);
    }
    for (const kept of decided.keep) {
      this.#remember(kept.thumbprint, decided.adopt.includes(kept.thumbprint) ? "adopted" : "created", null);
    }
    this.#forgetWhatIsGone(listing);
    for (const step of decided.steps) {
      await this.#take(step, listing);
    }
    if (decided.steps.length > 0) {
      await this.#confirm(decided.steps);
    }
    this.#date();
    if (decided.guarded.length > 0) {
      throw guardError(decided.guarded, this.#work.at);
    }
  }

  async #list(): Promise<Listing> {
    const listing = await this.#context.connection.managementCertificates.list(this.#work.at);
    this.#count = listing.certificates.length;
    return listing;
  }

  async #take(step: LinkStep, listing: Listing): Promise<void> {
    const { managementCertificates } = this.#context.connection;
    if (step.action === "add") {
      await this.#register(step.thumbprint);
      return;
    }
    if (step.becauseOfTime) {
      assertClocksAgree(listing.serverDate, this.#context.ports.now(), step.thumbprint, this.#work.at);
    }
    try {
      await managementCertificates.remove(this.#work.at, step.thumbprint);
    } catch (error) {
      throw step.revoked && error instanceof Error ? stillOpen(step.thumbprint, error, this.#work.at) : error;
    }
    this.#touched = true;
    this.#registered = this.#registered.filter((known) => known.thumbprint !== step.thumbprint);
  }

  async #register(thumbprint: string): Promise<void> {
    const { managementCertificates } = this.#context.connection;
    const der = this.#work.der;
    if (der === null) {
      throw new TypeError("a link without a certificate was asked to register one");
    }
    const added = await managementCertificates.add(this.#work.at, der);
    this.#touched = true;
    const readBack = await managementCertificates.get(this.#work.at, thumbprint);
    if (readBack === null || !readBack.data.equals(der)) {
      throw new ServiceError({
        what:
          readBack === null
            ? "The subscription confirmed the upload and does not hold the certificate."
            : "The subscription holds other bytes under this thumbprint than were uploaded.",
        todo: "Nothing else was changed; run the update again.",
        facts: { subscription: this.#work.at.subscriptionId, thumbprint, requestId: added.requestId ?? undefined },
      });
    }
    this.#registered = this.#registered.filter((known) => known.thumbprint !== thumbprint);
    this.#remember(thumbprint, "created", added.requestId);
  }

  #remember(thumbprint: string, origin: "created" | "adopted", requestId: string | null): void {
    this.#touched = true;
    const known = this.#registered.find((candidate) => candidate.thumbprint === thumbprint);
    if (known !== undefined) {
      this.#registered = this.#registered.map(({ missingSince, ...rest }) =>
        rest.thumbprint === thumbprint || missingSince == null ? rest : { ...rest, missingSince },
      );
      return;
    }
    const registeredAt = isoSeconds(wholeSeconds(this.#context.ports.now()));
    this.#registered.push({ thumbprint, registeredAt, retireAt: null, origin, requestId });
  }

  /** A successful list proves absence; only the current certificate's absence is a matter to talk about, and the plan did. */
  #forgetWhatIsGone(listing: Listing): void {
    const there = new Set(listing.certificates.map((certificate) => certificate.thumbprint));
    const current = this.#work.certificate.current.thumbprint;
    this.#registered = this.#registered.filter((known) => known.thumbprint === current || there.has(known.thumbprint));
  }

  /** Lists once more: what the plan said has to be so, whatever the single answers claimed. */
  async #confirm(steps: readonly LinkStep[]): Promise<void> {
    const listing = await this.#list();
    const there = new Set(listing.certificates.map((certificate) => certificate.thumbprint));
    for (const step of steps) {
      if (step.action === "remove" && there.has(step.thumbprint)) {
        const error = new ServiceError({
          what: "The subscription confirmed the removal and still lists the certificate.",
          todo: "Run the update again.",
          facts: { subscription: this.#work.at.subscriptionId, thumbprint: step.thumbprint },
        });
        throw step.revoked ? stillOpen(step.thumbprint, error, this.#work.at) : error;
      }
      if (step.action === "add" && !there.has(step.thumbprint)) {
        throw new ServiceError({
          what: "The subscription accepted the certificate and no longer lists it: somebody else may be changing it.",
          todo: "Run the update again.",
          facts: { subscription: this.#work.at.subscriptionId, thumbprint: step.thumbprint },
        });
      }
    }
  }

  /** Writes down until when each certificate stays, now that everything is registered that will be. */
  #date(): void {
    const wanted = wantedOnLink(
      this.#work.certificate,
      this.#registered.map(registrationOf),
      this.#context.ports.now(),
    );
    this.#registered = this.#registered.map((known) => {
      const until = wanted.find((candidate) => candidate.thumbprint === known.thumbprint)?.until ?? null;
      return { ...known, retireAt: until === null ? null : isoSeconds(until) };
    });
  }
}

function situationOf(work: LinkWork, registered: readonly RecordedRegistration[], listing: Listing): LinkSituation {
  return {
    subscriptionId: work.at.subscriptionId,
    certificate: work.certificate,
    registered: registered.map(registrationOf),
    observed: listing.certificates.map(observedOf),
    authenticatedWith: listing.authenticatedWith,
    rules: work.rules,
  };
}

function observedOf(listed: ListedCertificate): ObservedCertificate {
  const parsed = tryParseCertificate(listed.data);
  return {
    thumbprint: listed.thumbprint,
    sha256Fingerprint: parsed?.sha256Fingerprint ?? "",
    lineage: parsed?.lineage ?? null,
    validity: parsed === null ? null : { notBefore: parsed.notBefore, notAfter: parsed.notAfter },
  };
}

// ---- what went wrong, in words ----

function refusalError(refusal: LinkRefusal, at: SubscriptionAddress): Error {
  const parts = {
    what: refusal.sentence,
    facts: { subscription: at.subscriptionId, thumbprint: refusal.thumbprint },
  };
  switch (refusal.reason) {
    case "removedElsewhere":
      return new RemovedElsewhereError(parts);
    case "stateRolledBack":
      return new StateRolledBackError(parts);
    case "limitReached":
      return new QuotaExceededError(parts);
    case "otherBytes":
    case "revoked":
      return new CertificateError(parts);
  }
}

/** All of them in one error, the revoked ones first: each is a door that somebody counts on being closed. */
function guardError(guarded: readonly GuardedCertificate[], at: SubscriptionAddress): Error {
  const urgentFirst = guarded.toSorted((left, right) => Number(right.revoked) - Number(left.revoked));
  const parts = {
    what: urgentFirst.map(({ because }) => because).join(" "),
    facts: { subscription: at.subscriptionId, thumbprint: urgentFirst.map(({ thumbprint }) => thumbprint).join(", ") },
  };
  return urgentFirst.some(({ revoked }) => revoked) ? new StillOpenError(parts) : new LockOutError(parts);
}

function stillOpen(thumbprint: string, cause: Error, at: SubscriptionAddress): StillOpenError {
  return new StillOpenError({
    what: `the certificate is revoked and could not be removed from the subscription: ${cause.message.split("\n")[0]}`,
    todo: "Whoever has its key can still sign in. Run the update again; if that does not help, remove the certificate by hand.",
    facts: { subscription: at.subscriptionId, thumbprint },
    cause,
  });
}

/** A clock that is off would end an overlap too early: consumers would lose access while they still count on the old key. */
function assertClocksAgree(serverDate: Date | null, now: Date, thumbprint: string, at: SubscriptionAddress): void {
  const facts = { subscription: at.subscriptionId, thumbprint };
  if (serverDate === null) {
    throw new ClockSkewError({
      what: "The service's answer carries no readable Date header, so this machine's clock can't be compared with it; the certificate was not retired.",
      todo: "Run the update again.",
      facts,
    });
  }
  const minutes = Math.abs(serverDate.getTime() - now.getTime()) / 60_000;
  if (minutes > maximumClockSkewMinutes) {
    throw new ClockSkewError({
      what: `This machine's clock says ${isoSeconds(now)} and the service's ${isoSeconds(serverDate)}: more than ${maximumClockSkewMinutes} minutes apart, so the certificate was not retired.`,
      todo: "Set the clock right and run the update again.",
      facts,
    });
  }
}
