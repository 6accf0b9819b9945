import { evidenceCommandTimeoutMs } from "../defaults";
import { EvidenceError } from "../errors";
import type { Ports } from "../ports";
import { appendEvidence } from "./evidenceFile";
import { type EvidenceEntry, type EvidenceHead, encodeLine } from "./evidenceLine";

/** Where evidence goes: a file, a command, or both, which then get the same lines. */
export interface EvidenceTarget {
  readonly path: string | null;
  /** A program and its arguments; run once for each line. */
  readonly command: readonly string[] | null;
}

interface Waiting {
  readonly entry: EvidenceEntry;
  readonly resolve: (head: EvidenceHead) => void;
  readonly reject: (error: unknown) => void;
}

/** The evidence of one process: a line for each effect, in the order of asking. */
export class Evidence {
  readonly #target: EvidenceTarget;
  readonly #ports: Ports;
  readonly #line: Waiting[] = [];
  #isAtWork = false;
  /** Of lines that no file holds. */
  readonly #run: string;
  #head: EvidenceHead | null = null;

  constructor(target: EvidenceTarget, ports: Ports) {
    this.#target = target;
    this.#ports = ports;
    this.#run = ports.randomBytes(8).toString("hex");
  }

  /**
   * Resolves once the line is on the disk and the command has taken it.
   *
   * @throws EvidenceError ERR_EVIDENCE
   */
  record(entry: EvidenceEntry): Promise<EvidenceHead> {
    const { promise, resolve, reject } = Promise.withResolvers<EvidenceHead>();
    this.#line.push({ entry, resolve, reject });
    void this.#work();
    return promise;
  }

  /** What asks while a write is under way is written together: a disk takes its time for each. */
  async #work(): Promise<void> {
    if (this.#isAtWork) {
      return;
    }
    this.#isAtWork = true;
    while (this.#line.length > 0) {
      const together = this.#line.splice(0);
      try {
        await (this.#target.path === null ? this.#handOver(together) : this.#append(this.#target.path, together));
      } catch (error) {
        for (const { reject } of together) {
          reject(error);
        }
      }
    }
    this.#isAtWork = false;
  }

  async #append(path: string, together: readonly Waiting[]): Promise<void> {
    const entries = together.map(({ entry }) => entry);
    const lines = await appendEvidence(path, entries, this.#ports);
    for (const [index, { text, head }] of lines.entries()) {
      const { entry, resolve, reject } = together[index] as Waiting;
      try {
        await this.#tell(text);
        resolve(head);
      } catch (error) {
        if (entry.outcome === "intended" && error instanceof EvidenceError) {
          await this.#withdraw(path, entry, error);
        }
        reject(error);
      }
    }
  }

  /** The file says that it was to be done, and nobody will do it. */
  async #withdraw(path: string, entry: EvidenceEntry, { message }: EvidenceError): Promise<void> {
    const failed = { ...entry, outcome: "failed" as const, error: message.split("\n")[0] };
    await appendEvidence(path, [failed], this.#ports).catch(() => {});
  }

  async #handOver(together: readonly Waiting[]): Promise<void> {
    for (const { entry, resolve, reject } of together) {
      const { text, head } = encodeLine(entry, { previous: this.#head, run: this.#run });
      try {
        await this.#tell(text);
        this.#head = head;
        resolve(head);
      } catch (error) {
        reject(error);
      }
    }
  }

  async #tell(text: string): Promise<void> {
    const { command } = this.#target;
    if (command === null) {
      return;
    }
    try {
      await this.#ports.runCommand(command, `${text}\n`, evidenceCommandTimeoutMs);
    } catch (cause) {
      throw new EvidenceError({
        what: `The command that azure-certificates:evidenceCommand names did not take a line of evidence: ${cause instanceof Error ? cause.message : "it failed"}.`,
        todo: "Run it by hand with a line on its standard input.",
        cause,
      });
    }
  }
}
