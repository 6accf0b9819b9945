import { compareText } from "../../provider/rotation/wording";
import { isCertificateOrLink } from "../stackExport";
import type { RunStep } from "../stackRunner/stackRunner";
import type { DueItem } from "../whatIsDue";

/** A certificate or link that the next update has something due to do with. */
export interface DueResource {
  readonly urn: string;
  readonly name: string;
  /** Since when, as far as the state knows; null for what the program asks for, as the departure of a holder. */
  readonly since: Date | null;
  /** What and why; each ends a sentence that begins with the name. */
  readonly what: readonly string[];
}

/** A preview, taken apart. In the order of the names, so that two previews of the same read alike. */
export interface RotationPlan {
  readonly due: readonly DueResource[];
  /** Changes of what depends on something due: files with the key, and whatever else the program gives it to. */
  readonly follows: readonly RunStep[];
  /** Everything else in the preview: no rotation. */
  readonly others: readonly RunStep[];
  /** Due by the state, and not settled by a rotation. */
  readonly unsettled: readonly DueItem[];
  /** What is due and what depends on it, as URNs; nothing else of the stack is touched by an update of these. */
  readonly targets: readonly string[];
}

interface Situation {
  /** What the state says is due by now. */
  readonly items: readonly DueItem[];
  /** What the preview of the whole stack would do. */
  readonly steps: readonly RunStep[];
  /** The URNs and all that depends on them. */
  readonly withDependents: (urns: readonly string[]) => readonly string[];
}

const duePrefix = "due: ";

/**
 * What of a preview is a rotation, what follows from one, and what is neither. The preview decides: it knows the program,
 * and whatever its sentences call due is. The state adds since when, and what no preview says, as a deletion left undone.
 */
export function planRotation({ items, steps, withDependents }: Situation): RotationPlan {
  const itemsOf = Map.groupBy(items, ({ urn }) => urn);
  const due = steps.flatMap((step): DueResource[] => {
    const known = itemsOf.get(step.urn) ?? [];
    const what = whatOf(step, known);
    return what.length === 0 ? [] : [{ urn: step.urn, name: step.name, since: known[0]?.date ?? null, what }];
  });
  const dueUrns = new Set(due.map(({ urn }) => urn));
  const reached = withDependents([...dueUrns]);
  const changed = steps.filter(
    ({ urn, operation, type }) => operation !== "same" && !dueUrns.has(urn) && !isStack(type),
  );
  const follows = changed.filter((step) => reached.includes(step.urn) && isConsequence(step));
  const others = changed.filter((step) => !follows.includes(step));
  const untouchable = new Set(others.map(({ urn }) => urn));
  return {
    due: byName(due),
    follows: byName(follows),
    others: byName(others),
    unsettled: items.filter(({ urn }) => !dueUrns.has(urn)),
    targets: reached.filter((urn) => !untouchable.has(urn)),
  };
}

/** Those of the other changes that take something away for good: nobody may have looked at them yet. */
export function removals({ others }: RotationPlan): readonly RunStep[] {
  return others.filter(({ operation, leftover }) => operation === "replace" || (operation === "delete" && !leftover));
}

/** Empty where nothing is due. */
function whatOf({ type, operation, leftover, reasons }: RunStep, known: readonly DueItem[]): readonly string[] {
  if (!isCertificateOrLink(type) || (operation !== "update" && !leftover)) {
    return [];
  }
  const isDue = known.length > 0 || reasons.some((reason) => reason.startsWith(duePrefix));
  if (!isDue) {
    return [];
  }
  const told = reasons.map((reason) => (reason.startsWith(duePrefix) ? reason.slice(duePrefix.length) : reason));
  // A deletion that is left over, and an update that is tried again, have no sentence of the provider.
  const untold = known.filter(({ kind }) => told.length === 0 || kind === "interrupted" || kind === "failed");
  return [...told, ...untold.map(({ what }) => what)];
}

/** A key's consumer may have to be made anew for another key; a certificate or link never has. */
function isConsequence({ type, operation }: RunStep): boolean {
  return operation === "update" || (operation === "replace" && !isCertificateOrLink(type));
}

function isStack(type: string): boolean {
  return type === "pulumi:pulumi:Stack";
}

function byName<Named extends { readonly name: string; readonly urn: string }>(
  all: readonly Named[],
): readonly Named[] {
  return all.toSorted((left, right) => compareText(left.name, right.name) || compareText(left.urn, right.urn));
}
