/** What a step does, in the words of Pulumi's own events. */
export type StepOp =
  | "same"
  | "create"
  | "update"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "delete"
  | "read"
  | "import"
  | "discard"
  | "refresh";

export interface Step {
  readonly op: StepOp;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Which properties change, where the provider says so: `~renewalTime`. */
  readonly details?: readonly string[];
  /** URN of the parent, where there is one. */
  readonly parent?: string;
}

/** `info#err` is a line that a process wrote to stderr. */
export type Severity = "debug" | "info" | "info#err" | "warning" | "error";

export interface Diagnostic {
  readonly severity: Severity;
  readonly message: string;
  /** The resource it is about, where the sender said so. */
  readonly urn?: string;
}

/** What a run tells while it runs. */
export type EngineEvent =
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic }
  | { readonly kind: "stepStarted"; readonly step: Step }
  | {
      readonly kind: "stepEnded";
      readonly step: Step;
      /** `failed` also covers a resource that exists but did not come up. */
      readonly outcome: "done" | "failed";
      /** What a refresh found; the step's own op otherwise. */
      readonly result: StepOp;
      readonly elapsedMs: number;
    }
  | { readonly kind: "cancelling" };

export type RunOutcome = "succeeded" | "failed" | "cancelled";

export interface RunResult {
  readonly succeeded: boolean;
  readonly outcome: RunOutcome;
  /** Every step that was taken or, in a preview, would be: without those of the engine's own provider resources. */
  readonly steps: readonly Step[];
  /** Those of them that failed. */
  readonly failedSteps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  /** How many resources each op happened to. A replacement counts once, as `replace`. */
  readonly changes: Readonly<Partial<Record<StepOp, number>>>;
  /** The stack's outputs; secrets are `[secret]`, values that a preview can't know `[unknown]`. */
  readonly outputs: Readonly<Record<string, unknown>>;
}
