import type { Progress } from "./progress";
import type { Project } from "./project/project";
import type { Providers } from "./providers";
import type { Slots } from "./slots";
import type { StackState } from "./state/stackState";

/** What every part of one run shares: its inputs, its state, and whether it may go on. */
export interface Run {
  readonly project: Project;
  readonly dryRun: boolean;
  readonly continueOnError: boolean;
  /** Only these URNs are changed; empty: all. */
  readonly targets: ReadonlySet<string>;
  readonly now: () => Date;
  readonly state: StackState;
  readonly providers: Providers;
  readonly slots: Slots;
  readonly progress: Progress;
}
