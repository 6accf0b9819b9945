import type { RunStep } from "../stackRunner/stackRunner";
import { type RotationPlan, removals } from "./rotationPlan";

export interface RotationWishes {
  readonly apply: boolean;
  readonly onlyDue: boolean;
  readonly allowDeletes: boolean;
}

export type RotationDecision =
  | { readonly kind: "nothing"; readonly because: "nothing is due" | "a rotation settles nothing" }
  | { readonly kind: "report" }
  /** Something would be taken away that is no rotation, and nobody said that it may. */
  | { readonly kind: "refuse"; readonly removals: readonly RunStep[] }
  /** `targets`: null for the whole stack. */
  | { readonly kind: "apply"; readonly targets: readonly string[] | null };

/** How it exits: what a schedule acts on. */
export const rotateExitCodes = {
  nothingLeft: 0,
  error: 1,
  somethingDue: 2,
  notAllDone: 3,
} as const;

/** What to do about a plan. Nothing is updated where nothing is due, whatever else the preview holds. */
export function decide(plan: RotationPlan, { apply, onlyDue, allowDeletes }: RotationWishes): RotationDecision {
  if (plan.due.length === 0) {
    const because = plan.unsettled.length === 0 ? "nothing is due" : "a rotation settles nothing";
    return { kind: "nothing", because };
  }
  if (!apply) {
    return { kind: "report" };
  }
  if (onlyDue) {
    return { kind: "apply", targets: plan.targets };
  }
  const unreviewed = removals(plan);
  return unreviewed.length > 0 && !allowDeletes
    ? { kind: "refuse", removals: unreviewed }
    : { kind: "apply", targets: null };
}

/** What came of an update. */
export interface Aftermath {
  readonly succeeded: boolean;
  /** How many things the state says are due after it. */
  readonly stillDue: number;
}

/** @param aftermath null where no update ran */
export function exitCodeOf(decision: RotationDecision, wishes: RotationWishes, aftermath: Aftermath | null): number {
  switch (decision.kind) {
    case "nothing":
      if (decision.because === "nothing is due") {
        return rotateExitCodes.nothingLeft;
      }
      return wishes.apply ? rotateExitCodes.notAllDone : rotateExitCodes.somethingDue;
    case "report":
      return rotateExitCodes.somethingDue;
    case "refuse":
      return rotateExitCodes.error;
    case "apply":
      return aftermath?.succeeded === true && aftermath.stillDue === 0
        ? rotateExitCodes.nothingLeft
        : rotateExitCodes.notAllDone;
  }
}
