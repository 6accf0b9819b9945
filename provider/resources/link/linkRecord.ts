import type { Confirmation } from "../../azure/managementCertificates";
import { linkHistoryEntries } from "../../defaults";
import { EvidenceError, isAzureCertificatesError } from "../../errors";
import type { EvidenceAction, EvidenceEntry, EvidenceHead } from "../../evidence/evidenceLine";
import type { LinkStep, RotationDecision } from "../../rotation/types";
import type { Configured } from "../context";
import { isoSeconds, wholeSeconds } from "../dates";
import type { HistoryEntry } from "./linkDefinition";
import type { LinkWork } from "./linkWork";

/** Something that is about to be done at a door. */
interface Effect {
  readonly action: Extract<EvidenceAction, "registered" | "removed">;
  readonly thumbprint: string;
  readonly because: string;
  /** It is done whether it can be written down or not: who left does not stay because a disk is full. */
  readonly closesDoor: boolean;
}

type Told = Pick<EvidenceEntry, "action" | "outcome" | "thumbprint" | "because" | "requestId" | "credential" | "error">;

/** Why something that is recorded is not there. */
export const removedElsewhere = "removed by somebody else, or by a run that was killed";

/** What a link's work leaves behind: an entry in the door's own history and, where that is asked for, lines of evidence as it goes. */
export class LinkRecord {
  readonly #work: LinkWork;
  readonly #context: Configured;
  #history: readonly HistoryEntry[];
  #head: EvidenceHead | null;
  #signedInAs: string | undefined;
  #failure: EvidenceError | null = null;

  constructor(work: LinkWork, context: Configured) {
    this.#work = work;
    this.#context = context;
    this.#history = work.history;
    this.#head = work.evidence;
  }

  /** Newest first. */
  get history(): readonly HistoryEntry[] {
    return this.#history;
  }

  /** The newest line of this link's, or what it was before. */
  get head(): EvidenceHead | null {
    return this.#head;
  }

  /** Why the evidence misses something that was done or found. */
  get failure(): EvidenceError | null {
    return this.#failure;
  }

  /** With whom an answer to the credential in use was for, until another answer says so. */
  signedIn(as: string): void {
    this.#signedInAs = as;
  }

  /** @throws EvidenceError ERR_EVIDENCE before anything is done, unless it closes the door for somebody; whatever the work throws */
  async effect<Answer extends Confirmation>(
    { closesDoor, ...effect }: Effect,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    const credential = this.#signedInAs;
    const intended: Told = { ...effect, outcome: "intended", credential };
    await (closesDoor ? this.#tellIfPossible(intended) : this.#tell(intended));
    let answer: Answer;
    try {
      answer = await work();
    } catch (error) {
      await this.#tellIfPossible({ ...effect, outcome: "failed", credential, error: wordsOf(error) });
      throw error;
    }
    const by = { requestId: answer.requestId ?? undefined, credential: answer.signedInAs ?? credential };
    await this.#tellIfPossible({ ...effect, outcome: "done", ...by });
    this.#remember({ ...effect, ...by });
    return answer;
  }

  /** What nobody did in this run. */
  async seen(action: Exclude<EvidenceAction, Effect["action"]>, thumbprint: string, because: string): Promise<void> {
    const credential = this.#signedInAs;
    await this.#tellIfPossible({ action, outcome: "seen", thumbprint, because, credential });
    this.#remember({ action, thumbprint, because, credential });
  }

  #remember(entry: Omit<HistoryEntry, "at">): void {
    this.#history = remembered(this.#history, { at: this.#now(), ...entry });
  }

  async #tellIfPossible(told: Told): Promise<void> {
    try {
      await this.#tell(told);
    } catch (error) {
      if (!(error instanceof EvidenceError)) {
        throw error;
      }
      this.#failure ??= error;
    }
  }

  async #tell(told: Told): Promise<void> {
    const { evidence, stack } = this.#context;
    const { door, link } = this.#work;
    if (evidence !== null) {
      this.#head = await evidence.record({
        at: this.#now(),
        stack: stack ?? undefined,
        link,
        door: door.name,
        ...told,
      });
    }
  }

  #now(): string {
    return isoSeconds(wholeSeconds(this.#context.ports.now()));
  }
}

/** The newest come first, and the oldest are forgotten. What was missing at the last look and still is, is not news. */
export function remembered(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  const last = history.find(({ thumbprint }) => thumbprint === entry.thumbprint);
  return last?.action === "foundMissing" && entry.action === "foundMissing"
    ? history
    : [entry, ...history].slice(0, linkHistoryEntries);
}

/** Why a step is taken, with what made its certificate rotate where this run has decided that. */
export function reasonOf(step: LinkStep, isNewHere: boolean, decision: RotationDecision | undefined): string {
  if (step.action === "remove") {
    const revocation = decision?.revoke.find(({ thumbprint }) => thumbprint === step.thumbprint);
    return step.revoked && revocation !== undefined ? `revoked: ${revocation.because}` : step.because;
  }
  if (step.because !== "current") {
    return step.because;
  }
  if (isNewHere) {
    return "new here";
  }
  return decision?.kind === "rotate"
    ? `successor: ${decision.reasons.map(({ detail }) => detail).join("; ")}`
    : "successor";
}

/** What is not ours may say anything. */
function wordsOf(error: unknown): string {
  return isAzureCertificatesError(error) ? (error.message.split("\n")[0] ?? "") : "unexpected";
}
