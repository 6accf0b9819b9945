/** What a figure has to reach. Both limits still meet the goal. */
export interface Goal {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One measured number. Times are given as ratios within one run, because they depend on the machine otherwise. */
export interface Figure {
  /** What was measured, in a few words; the same in every run. */
  readonly name: string;
  readonly value: number;
  /** As it stands behind the value: `times`, `ms`, `bytes`, `requests`. */
  readonly unit: string;
  readonly goal?: Goal;
  /** How it was measured: a sentence or two. */
  readonly how: string;
  /** Why the goal is missed, where it may be: a goal that is missed without a reason is a failure. */
  readonly whenMissed?: string;
}

export function meetsGoal({ value, goal }: Figure): boolean {
  return value <= (goal?.atMost ?? Number.POSITIVE_INFINITY) && value >= (goal?.atLeast ?? Number.NEGATIVE_INFINITY);
}
