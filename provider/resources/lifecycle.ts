import type { Configured } from "./context";

/** Plain JSON, as the engine sends and stores it; may hold `unknownValue` anywhere. */
export type Values = Record<string, unknown>;

export interface CheckFailure {
  /** Path of the input at fault, as `holders[2]`. */
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  /** Validated, with defaults: what state stores, and what diff, create and update receive. */
  readonly inputs: Values;
  readonly failures: readonly CheckFailure[];
  /** Sentences that whoever reads the preview should see although nothing is wrong with the inputs. */
  readonly warnings?: readonly string[];
}

export interface PropertyChange {
  readonly property: string;
  /** Half a sentence that a preview shows, as "rotates now, because bob left". */
  readonly reason: string;
  /** Whether it takes a new resource; otherwise it is an update in place. */
  readonly replaces: boolean;
}

export interface Difference {
  /** Empty: nothing to do. In a stable order. */
  readonly changes: readonly PropertyChange[];
  /** Sentences beyond the changes that whoever reads the preview should see, as a limit that is nearly reached. */
  readonly warnings: readonly string[];
  /** Sentences about what is neither a change nor wrong, as a rotation that is due and waits. */
  readonly notes?: readonly string[];
}

/**
 * What both ways in which Pulumi calls a provider call. check and diff touch no network, no clock but
 * `ports.now`, and no randomness. The verbs that change something throw an error of `errors.ts`, or a
 * `PartialChangeError` where something was done before it went wrong.
 */
export interface ResourceLifecycle {
  /** As `ManagementCertificate`. */
  readonly type: string;
  readonly secretOutputs: readonly string[];
  /** Outputs that no update in place changes. */
  readonly stableOutputs: readonly string[];
  /** @param oldInputs what check let through the last time; null or absent for a new resource */
  check(news: Values, context: Configured, oldInputs?: Values | null): CheckResult;
  diff(olds: Values, news: Values, context: Configured): Difference;
  /**
   * The outputs after a create (olds: null) or an update, as far as they can be known before it: `unknownValue` stands for
   * the rest. As pure as check and diff.
   */
  preview(olds: Values | null, news: Values, context: Configured): Values;
  create(news: Values, context: Configured): Promise<{ readonly id: string; readonly outputs: Values }>;
  read(olds: Values, context: Configured): Promise<Values>;
  update(id: string, olds: Values, news: Values, context: Configured): Promise<Values>;
  delete(olds: Values, context: Configured): Promise<void>;
  /** The inputs and outputs of what is out there under an id that no state knows of, as far as they can be known. */
  import(id: string, resourceName: string, context: Configured): Promise<Imported>;
}

export interface Imported {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
}

/** Something was done and then something failed: the outputs say how far it came, so that the next run continues from there. */
export class PartialChangeError extends Error {
  readonly code = "ERR_PARTIAL_CHANGE";
  readonly id: string;
  readonly outputs: Values;
  constructor(id: string, outputs: Values, cause: Error) {
    super(cause.message, { cause });
    this.name = "PartialChangeError";
    this.id = id;
    this.outputs = outputs;
    Object.defineProperty(this, "outputs", { enumerable: false });
  }
}
