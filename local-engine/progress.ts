import type { Diagnostic, EngineEvent, RunOutcome, Severity, Step, StepOp } from "./events";
import type { ResourceState } from "./state/deployment";
import { isDefaultProvider, nameOf } from "./urn";

/** Parts of a replacement, which counts once; and reading, which changes nothing. */
const uncounted: ReadonlySet<StepOp> = new Set(["create-replacement", "delete-replaced", "read"]);

/** Collects what happened, tells it to the listener, and knows when nothing new may begin. */
export class Progress {
  readonly steps: Step[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly failedSteps: Step[] = [];
  readonly changes: Partial<Record<StepOp, number>> = {};
  readonly #onEvent: (event: EngineEvent) => void;
  readonly #now: () => Date;
  readonly #continueOnError: boolean;
  readonly #stop = new AbortController();
  #failed = false;
  #killed = false;
  #cancelled = false;

  constructor(options: { onEvent: (event: EngineEvent) => void; now: () => Date; continueOnError: boolean }) {
    this.#onEvent = options.onEvent;
    this.#now = options.now;
    this.#continueOnError = options.continueOnError;
  }

  /** Aborted once nothing new may begin: what runs is finished. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Whether the processes were ended at once: what was under way may or may not have happened. */
  get killed(): boolean {
    return this.#killed;
  }

  get outcome(): RunOutcome {
    // What was under way may end with an error because it was cancelled.
    if (this.#cancelled) {
      return "cancelled";
    }
    return this.#failed ? "failed" : "succeeded";
  }

  tell(severity: Severity, message: string, urn = ""): void {
    const diagnostic: Diagnostic = { severity, message: message.trimEnd(), ...(urn !== "" && { urn }) };
    if (severity !== "debug" && diagnostic.message !== "") {
      this.diagnostics.push(diagnostic);
      this.#onEvent({ kind: "diagnostic", diagnostic });
    }
  }

  /** Records that the run failed and, unless it was asked to continue on errors, lets nothing new begin. */
  fail(message?: string, urn?: string): void {
    if (message !== undefined) {
      this.tell("error", message, urn);
    }
    this.#failed = true;
    if (!this.#continueOnError) {
      this.#stop.abort();
    }
  }

  /** Records that the run failed, and lets nothing new begin whatever it was asked to do on errors. */
  failAndStop(message: string): void {
    this.tell("error", message);
    this.#failed = true;
    this.#stop.abort();
  }

  /** Records that the run failed, and lets it go on for what it can still find out. */
  failLater(): void {
    this.#failed = true;
  }

  /** The counts begin anew: what a refresh before an update found is no change of that update. */
  forgetChanges(): void {
    for (const op of Object.keys(this.changes)) {
      delete this.changes[op as StepOp];
    }
  }

  kill(): void {
    this.#killed = true;
    this.cancel();
  }

  cancel(): void {
    if (!this.#cancelled) {
      this.#cancelled = true;
      this.#onEvent({ kind: "cancelling" });
      this.#stop.abort();
    }
  }

  /** Announces a step and returns what to call at its end. Default providers, which the engine makes, are not told of. */
  begin(
    op: StepOp,
    resource: ResourceState,
    details: readonly string[] = [],
  ): (outcome: "done" | "failed", result?: StepOp) => void {
    const { urn, type, parent } = resource;
    const step: Step = {
      op,
      urn,
      type,
      name: nameOf(urn),
      ...(parent && { parent }),
      ...(details.length > 0 && { details }),
    };
    if (isDefaultProvider(step.urn)) {
      return () => {};
    }
    const startedAt = this.#now().getTime();
    this.steps.push(step);
    this.#onEvent({ kind: "stepStarted", step });
    return (outcome, result = op) => {
      if (outcome === "failed") {
        this.failedSteps.push(step);
      }
      if (outcome === "done" && !uncounted.has(result)) {
        this.changes[result] = (this.changes[result] ?? 0) + 1;
      }
      this.#onEvent({ kind: "stepEnded", step, outcome, result, elapsedMs: this.#now().getTime() - startedAt });
    };
  }
}
