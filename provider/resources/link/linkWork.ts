import { assertMayChangeAsOf } from "../../azure/asOf";
import type { Listing } from "../../azure/managementCertificates";
import type { KeyAndCertificate } from "../../certificate/pairing";
import { EvidenceError, ServiceError } from "../../errors";
import type { EvidenceHead } from "../../evidence/evidenceLine";
import type { LinkCertificate, LinkPlan, LinkRules, LinkSituation, LinkStep } from "../../rotation/types";
import { wantedOnLink } from "../../rotation/wantedOnLink";
import type { Configured } from "../context";
import { isoSeconds, wholeSeconds } from "../dates";
import { confirmedListing, foundMissing } from "./confirmedListing";
import type { Door } from "./door";
import type { HistoryEntry, RecordedRegistration } from "./linkDefinition";
import { assertClocksAgree, guardError, notUsable, refusalError, stillOpen } from "./linkErrors";
import { LinkRecord, reasonOf, removedElsewhere } from "./linkRecord";
import { situationOf } from "./linkSituation";
import { registrationOf } from "./registrations";

/** One link's work on its door: what it wants, and what it remembers. */
export interface LinkWork {
  readonly door: Door;
  readonly certificate: LinkCertificate;
  /** The bytes to register; null where the link only removes. */
  readonly der: Buffer | null;
  /** With which it has to sign in before a predecessor is retired; null where being listed is enough. */
  readonly proveWith: KeyAndCertificate | null;
  readonly registered: readonly RecordedRegistration[];
  readonly rules: LinkRules;
  /** Name of the link in its program. */
  readonly link: string;
  readonly history: readonly HistoryEntry[];
  readonly evidence: EvidenceHead | null;
}

/** How far it came. With a failure, `registered` says what is true so far, for the state. */
export interface LinkOutcome {
  readonly registered: readonly RecordedRegistration[];
  readonly certificateCount: number | null;
  readonly history: readonly HistoryEntry[];
  readonly evidence: EvidenceHead | null;
  readonly failure: Error | null;
  /** Whether anything at all was found or changed, so that a first failure can be told from a partial one. */
  readonly touched: boolean;
}

/** The first look finds the work, the second that it is done; one more for what the first did not show. */
const mostLooks = 3;

export type Planner = (situation: LinkSituation, now: Date) => LinkPlan;

/**
 * Gathers, decides, applies, under one lock per door. Never throws for what the service does:
 * the outcome carries the failure together with what was done before it.
 */
export async function carryOut(work: LinkWork, plan: Planner, context: Configured): Promise<LinkOutcome> {
  await assertMayChangeAsOf(context.configuration, work.door.endpoint);
  return context.connection.exclusively(work.door.key, () => new LinkRun(work, context).run(plan));
}

class LinkRun {
  readonly #work: LinkWork;
  readonly #context: Configured;
  readonly #record: LinkRecord;
  #registered: RecordedRegistration[];
  #count: number | null = null;
  #touched = false;
  #isProved = false;
  /** Revoked and registered, as far as known: before the first look, what the state says. */
  #open: readonly string[];

  constructor(work: LinkWork, context: Configured) {
    this.#work = work;
    this.#context = context;
    this.#record = new LinkRecord(work, context);
    this.#registered = [...work.registered];
    this.#open = work.registered.map(({ thumbprint }) => thumbprint).filter((one) => this.#isRevoked(one));
  }

  async run(plan: Planner): Promise<LinkOutcome> {
    this.#context.listings.forget(this.#work.door);
    let failure: Error | null = null;
    try {
      await this.#apply(plan);
    } catch (error) {
      if (!(error instanceof Error)) {
        throw error;
      }
      // Whatever went wrong, and however early: who left can still sign in, and that has to be read first.
      failure =
        this.#open.length === 0 || error.message.startsWith("STILL OPEN")
          ? error
          : stillOpen(this.#open, error, this.#work.door);
    } finally {
      this.#context.listings.forget(this.#work.door);
    }
    const { history, head } = this.#record;
    return {
      registered: this.#registered,
      certificateCount: this.#count,
      history,
      evidence: head,
      failure: failure ?? this.#record.failure,
      touched: this.#touched,
    };
  }

  /** Looks, decides and acts until a look finds nothing left to do. */
  async #apply(plan: Planner): Promise<void> {
    let taken: readonly LinkStep[] = [];
    for (let look = 1; ; look++) {
      const listing = await this.#look();
      this.#assertTaken(taken, listing);
      await this.#tellWhatIsGone(listing);
      const decided = plan(situationOf(this.#work, this.#registered, listing), this.#context.ports.now());
      if (decided.kind === "refuse") {
        throw refusalError(decided.refusal, this.#work.door);
      }
      for (const kept of decided.keep) {
        await this.#find(kept, decided.adopt.includes(kept.thumbprint));
      }
      this.#forgetWhatIsGone(listing);
      if (decided.steps.length > 0 && look < mostLooks) {
        await this.#takeAll(decided.steps, listing, plan);
        taken = decided.steps;
        continue;
      }
      this.#date();
      if (decided.steps.length > 0) {
        throw new ServiceError({
          what: `The service's list was different at each of ${mostLooks} looks: somebody else may be changing it.`,
          todo: "Run the update again.",
          facts: this.#work.door.facts,
        });
      }
      if (decided.guarded.length > 0) {
        throw guardError(decided.guarded, this.#work.door);
      }
      return;
    }
  }

  /**
   * What is there. A list that lags behind must not make the state forget a certificate, or a removed link leave it: what
   * is recorded and not listed is asked for by itself, and so is what was found missing and is listed again. So is what a
   * removed link was for: its upload may have been carried out without anybody seeing the answer.
   */
  async #look(): Promise<Listing> {
    const listing = await this.#work.door.list();
    const listed = new Set(listing.certificates.map((certificate) => certificate.thumbprint));
    const { current } = this.#work.certificate;
    const expected = [...this.#registered, ...(this.#work.der === null ? [current] : [])];
    const unlisted = expected.map(({ thumbprint }) => thumbprint).filter((thumbprint) => !listed.has(thumbprint));
    const doubtful = [...unlisted, ...foundMissing(this.#registered)];
    const certificates = await confirmedListing(listing, doubtful, this.#work.door);
    this.#record.signedIn(listing.signedInAs);
    this.#count = certificates.size;
    this.#open = [...certificates.keys()].filter((one) => this.#isRevoked(one));
    return { ...listing, certificates: [...certificates.values()] };
  }

  #isRevoked(thumbprint: string): boolean {
    return this.#work.certificate.previous.some((version) => version.revoked && version.thumbprint === thumbprint);
  }

  async #takeAll(steps: readonly LinkStep[], listing: Listing, plan: Planner): Promise<void> {
    try {
      for (const step of steps) {
        await this.#take(step, listing);
      }
    } catch (error) {
      if (error instanceof EvidenceError) {
        await this.#closeWhatIsRevoked(plan);
      }
      throw error;
    }
  }

  /** Nothing may be opened without its evidence; whoever left does not stay for that. */
  async #closeWhatIsRevoked(plan: Planner): Promise<void> {
    const listing = await this.#look();
    const { rules } = this.#work;
    const situation = situationOf({ ...this.#work, rules: { ...rules, removeFirst: true } }, this.#registered, listing);
    const decided = plan(situation, this.#context.ports.now());
    for (const step of decided.kind === "apply" ? decided.steps : []) {
      if (step.action === "add") {
        return;
      }
      if (step.revoked) {
        await this.#take(step, listing);
      }
    }
  }

  async #take(step: LinkStep, listing: Listing): Promise<void> {
    if (step.action === "add") {
      await this.#register(step);
      return;
    }
    if (step.becauseOfTime) {
      assertClocksAgree(listing.serverDate, this.#context.ports.now(), step.thumbprint, this.#work.door);
    }
    if (!this.#isRevoked(step.thumbprint)) {
      await this.#prove(step.thumbprint);
    }
    await this.#record.effect(
      {
        action: "removed",
        thumbprint: step.thumbprint,
        because: this.#reasonOf(step),
        closesDoor: step.revoked || this.#work.der === null,
      },
      () => this.#work.door.remove(step.thumbprint),
    );
    this.#touched = true;
    this.#open = this.#open.filter((thumbprint) => thumbprint !== step.thumbprint);
    this.#registered = this.#registered.filter((known) => known.thumbprint !== step.thumbprint);
  }

  /** Only what was seen working takes the place of what works. @param outgoing the certificate that stays if it does not */
  async #prove(outgoing: string): Promise<void> {
    const { proveWith, door, certificate } = this.#work;
    if (proveWith === null || this.#isProved) {
      return;
    }
    try {
      await door.signIn(proveWith);
    } catch (error) {
      throw notUsable({ current: certificate.current.thumbprint, outgoing }, error, door);
    }
    this.#isProved = true;
  }

  #reasonOf(step: LinkStep): string {
    const { lineage } = this.#work.certificate;
    return reasonOf(step, this.#work.registered.length === 0, this.#context.decided.of(lineage));
  }

  async #register(step: LinkStep): Promise<void> {
    const { thumbprint } = step;
    const der = this.#work.der;
    if (der === null) {
      throw new TypeError("a link without a certificate was asked to register one");
    }
    const added = await this.#record.effect(
      { action: "registered", thumbprint, because: this.#reasonOf(step), closesDoor: false },
      () =>
        this.#work.door.add(der, {
          // A first create that may have registered something has to leave a state, or nobody would ever remove it.
          onAnswerLost: () => {
            this.#touched = true;
          },
        }),
    );
    // Confirmed: whatever fails from here on, a later removal has to know of it even if the list does not show it yet.
    this.#registered = this.#registered.filter((known) => known.thumbprint !== thumbprint);
    this.#remember(thumbprint, "created", added.requestId);
    const readBack = added.readBack ?? (await this.#work.door.get(thumbprint));
    if (readBack === null || !readBack.data.equals(der)) {
      this.#registered = this.#registered.filter((known) => known.thumbprint !== thumbprint);
      if (readBack === null) {
        await this.#record.seen("foundMissing", thumbprint, "confirmed, and not there when it was read back");
      }
      throw new ServiceError({
        what:
          readBack === null
            ? "The service confirmed the upload and does not hold the certificate."
            : "The service holds other bytes under this thumbprint than were uploaded.",
        todo: "Nothing else was changed; run the update again.",
        facts: { ...this.#work.door.facts, thumbprint, requestId: added.requestId ?? undefined },
      });
    }
  }

  /** Kept: recorded, or found without a record. */
  async #find({ thumbprint }: { readonly thumbprint: string }, isAdopted: boolean): Promise<void> {
    const known = this.#registered.find((candidate) => candidate.thumbprint === thumbprint);
    if (known === undefined) {
      await (isAdopted
        ? this.#record.seen("adopted", thumbprint, "there before this link")
        : this.#record.seen(
            "found",
            thumbprint,
            "of this lineage and without a record: of a run that was killed, or a renamed link",
          ));
    } else if (known.missingSince != null) {
      await this.#record.seen("found", thumbprint, "there again after it was missing");
    }
    this.#remember(thumbprint, isAdopted ? "adopted" : "created", null);
  }

  #remember(thumbprint: string, origin: "created" | "adopted", requestId: string | null): void {
    this.#touched = true;
    const known = this.#registered.find((candidate) => candidate.thumbprint === thumbprint);
    if (known !== undefined) {
      const { missingSince: _, ...there } = known;
      this.#registered = this.#registered.map((candidate) => (candidate === known ? there : candidate));
      return;
    }
    const registeredAt = isoSeconds(wholeSeconds(this.#context.ports.now()));
    this.#registered.push({ thumbprint, registeredAt, retireAt: null, origin, requestId });
  }

  async #tellWhatIsGone(listing: Listing): Promise<void> {
    const there = new Set(listing.certificates.map((certificate) => certificate.thumbprint));
    for (const { thumbprint } of this.#registered.filter((known) => !there.has(known.thumbprint))) {
      await this.#record.seen("foundMissing", thumbprint, removedElsewhere);
    }
  }

  /** A successful list proves absence; only the current certificate's absence is a matter to talk about, and the plan did. */
  #forgetWhatIsGone(listing: Listing): void {
    const there = new Set(listing.certificates.map((certificate) => certificate.thumbprint));
    const current = this.#work.certificate.current.thumbprint;
    this.#registered = this.#registered.filter((known) => known.thumbprint === current || there.has(known.thumbprint));
  }

  /** What was done has to be so, whatever the single answers claimed. */
  #assertTaken(steps: readonly LinkStep[], listing: Listing): void {
    const there = new Set(listing.certificates.map((certificate) => certificate.thumbprint));
    for (const step of steps) {
      if (step.action === "remove" && there.has(step.thumbprint)) {
        throw new ServiceError({
          what: "The service confirmed the removal and still lists the certificate.",
          todo: "Run the update again.",
          facts: { ...this.#work.door.facts, thumbprint: step.thumbprint },
        });
      }
      if (step.action === "add" && !there.has(step.thumbprint)) {
        throw new ServiceError({
          what: "The service accepted the certificate and no longer lists it: somebody else may be changing it.",
          todo: "Run the update again.",
          facts: { ...this.#work.door.facts, thumbprint: step.thumbprint },
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
