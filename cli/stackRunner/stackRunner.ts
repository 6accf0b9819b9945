/** What a run does to a resource. A replacement is one thing, however many steps the engine makes of it. */
export type Operation = "same" | "create" | "update" | "replace" | "delete";

export interface RunStep {
  readonly operation: Operation;
  readonly urn: string;
  /** As `pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate`. */
  readonly type: string;
  readonly name: string;
  /** Why, in the provider's own sentences, without the resource's name; warnings begin with `warning: `. */
  readonly reasons: readonly string[];
  /** It was begun and did not come to its end, or only half. */
  readonly failed: boolean;
  /** It also deletes what an earlier replacement of this resource could not; where there is nothing else, `operation` is `delete`. */
  readonly leftover: boolean;
}

export interface RunOptions {
  /** Change only these URNs. Default: all. */
  readonly targets?: readonly string[];
  /** Also whatever depends on the targets. */
  readonly targetDependents?: boolean;
  /** Go on with what does not depend on a resource that failed. */
  readonly continueOnError?: boolean;
  /** Asks a run to finish what is under way, keep it, and begin nothing new. */
  readonly signal?: AbortSignal;
  /** Told a line for each resource that was changed, as it happens. */
  readonly say: (line: string) => void;
}

export interface RunResult {
  readonly succeeded: boolean;
  /** How many resources each operation happened to or, in a preview, would. */
  readonly changes: Readonly<Record<Operation, number>>;
  /** One for each resource, unchanged ones too; without the engine's own provider resources. */
  readonly steps: readonly RunStep[];
  /** What went wrong, each as text that may be shown; empty where nothing did. */
  readonly diagnostics: readonly string[];
}

/** One stack, and whatever engine runs it. */
export interface StackRunner {
  /** As sentences name it: `Pulumi CLI 3.260.0` or `the local engine`. */
  readonly name: string;
  readonly stack: string;
  /**
   * The state, as JSON text. Pulumi's has its secrets encrypted; that of the local engine has them in plain text.
   *
   * @throws ConfigurationError ERR_CONFIGURATION: there is no such stack, or its backend can't be reached
   */
  export(): Promise<string>;
  /** What `up` would do. Changes nothing. */
  preview(options: RunOptions): Promise<RunResult>;
  up(options: RunOptions): Promise<RunResult>;
  /** Deletes the targets. Does not run the program. */
  destroy(options: RunOptions & { readonly targets: readonly string[] }): Promise<RunResult>;
}
