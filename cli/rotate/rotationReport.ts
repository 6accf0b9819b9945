import { nameOf } from "../../local-engine/urn";
import { isoSeconds } from "../../provider/resources/dates";
import { dayOf, momentOf } from "../../provider/rotation/wording";
import { colours, harmless } from "../output";
import { pastTense } from "../stackRunner/runRecord";
import type { RunResult, RunStep } from "../stackRunner/stackRunner";
import type { DueItem } from "../whatIsDue";
import type { RotationDecision, RotationWishes } from "./rotationDecision";
import type { RotationPlan } from "./rotationPlan";

export interface RotationReport {
  readonly now: Date;
  readonly stack: string;
  /** Who previewed, as sentences name it. */
  readonly engine: string;
  readonly plan: RotationPlan;
  readonly decision: RotationDecision;
  readonly wishes: RotationWishes;
  /** The first thing that the state says will be due later. */
  readonly next: DueItem | null;
}

export interface RotationOutcome {
  readonly result: RunResult;
  /** What the state says is due after the update. */
  readonly stillDue: readonly DueItem[];
  readonly next: DueItem | null;
}

/** For people: what a preview holds, before anything is done about it. */
export function planText(report: RotationReport): string {
  const { now, stack, engine, plan, decision, wishes, next } = report;
  const asOf = `As of ${momentOf(now)}`;
  const previewed = `(stack ${harmless(stack)}, previewed with ${engine})`;
  const sections = [
    plan.due.length === 0
      ? `${asOf}, nothing is due ${previewed}.${nextSentence(next)}`
      : `${asOf}, ${count(plan.due.length, "resource")} ${plan.due.length === 1 ? "has" : "have"} something due ${previewed}:`,
    ...section(
      null,
      plan.due.flatMap(({ name, since, what }) => rows(dateColumn(since), name, what)),
    ),
    ...section("Follows from that:", stepRows(plan.follows)),
    ...section("Due too, but not settled by a rotation:", plan.unsettled.flatMap(unsettledRows)),
    ...section(othersTitle(decision, wishes, plan), stepRows(plan.others)),
    ...closing(report),
  ];
  return sections.join("\n\n");
}

/** For people: what an update did. */
export function outcomeText({ result, stillDue, next }: RotationOutcome): string {
  const { succeeded, steps } = result;
  const happened = steps.map(({ operation, failed }) => (failed ? "failed" : pastTense[operation]));
  const { create, update, replace, delete: deleted } = pastTense;
  const counts = [create, update, replace, deleted, "failed"]
    .map((word) => `${happened.filter((each) => each === word).length} ${word}`)
    .filter((count) => !count.startsWith("0 "));
  const counted = counts.length === 0 ? "nothing was changed" : counts.join(", ");
  const words =
    succeeded && stillDue.length === 0
      ? `Done: ${counted}. Nothing is due any more.${nextSentence(next)}`
      : `Not all of it was done: ${counted}${succeeded ? "" : "; what was done is kept"}.`;
  return [words, ...section("Still due:", stillDue.flatMap(unsettledRows))].join("\n\n");
}

/** For programs. Dates are ISO 8601 in UTC, whole seconds. */
export function rotationJson(report: RotationReport, outcome: RotationOutcome | null, exitCode: number) {
  const { now, stack, engine, plan, decision, next } = report;
  return {
    asOf: isoSeconds(now),
    stack,
    engine,
    due: plan.due.map(({ urn, name, since, what }) => ({
      urn,
      name,
      since: since === null ? null : isoSeconds(since),
      what,
    })),
    follows: plan.follows.map(plainStep),
    others: plan.others.map(plainStep),
    unsettled: plan.unsettled.map(plainItem),
    next: next === null ? null : plainItem(next),
    decision: decision.kind,
    applied:
      outcome === null
        ? null
        : {
            succeeded: outcome.result.succeeded,
            changes: outcome.result.changes,
            targets: decision.kind === "apply" ? decision.targets : null,
            errors: outcome.result.diagnostics,
            stillDue: outcome.stillDue.map(plainItem),
            next: outcome.next === null ? null : plainItem(outcome.next),
          },
    exitCode,
  };
}

function othersTitle(decision: RotationDecision, { onlyDue }: RotationWishes, { due }: RotationPlan): string {
  const what = "In the same preview, and no rotation";
  if (decision.kind === "apply") {
    return decision.targets === null ? `${what}; carried out with it:` : `${what}; left as it is:`;
  }
  return due.length === 0 || onlyDue
    ? `${what}:`
    : `${what}; --apply would carry it out too, --apply --only-due would not:`;
}

function closing({ stack, decision, wishes, plan }: RotationReport): readonly string[] {
  switch (decision.kind) {
    case "nothing":
      return plan.others.length > 0 ? ["Nothing was changed: other changes are for `pulumi up`."] : [];
    case "report": {
      const onlyDue = wishes.onlyDue || plan.others.length > 0 ? " --only-due" : "";
      return [
        `Nothing was changed. To carry it out: azure-certificates rotate --stack ${harmless(stack)} --apply${onlyDue}`,
      ];
    }
    default:
      return [];
  }
}

function nextSentence(next: DueItem | null): string {
  return next === null ? "" : ` The next date is ${dayOf(next.date)}: ${harmless(`${nameOf(next.urn)} ${next.what}`)}.`;
}

type Row = readonly [head: string, name: string, what: string];

function section(title: string | null, all: readonly Row[]): readonly string[] {
  if (all.length === 0) {
    return [];
  }
  const width = (column: 0 | 1) => Math.max(...all.map((row) => row[column].length));
  const [heads, names] = [width(0), width(1)];
  const lines = all.map(([head, name, what]) =>
    `  ${colours.yellow(head.padEnd(heads))}  ${colours.bold(name.padEnd(names))}  ${what}`.trimEnd(),
  );
  return [[...(title === null ? [] : [title]), ...lines].join("\n")];
}

/** One row for each sentence; the name stands beside the first. */
function rows(head: string, name: string, what: readonly string[]): readonly Row[] {
  return what.map((sentence, index) =>
    index === 0 ? [head, harmless(name), harmless(sentence)] : ["", "", harmless(sentence)],
  );
}

function dateColumn(since: Date | null): string {
  return since === null ? "now" : `since ${momentOf(since)}`;
}

function stepRows(steps: readonly RunStep[]): readonly Row[] {
  return steps.flatMap(({ operation, name, type, reasons }) => {
    const kind = harmless(type.slice(type.lastIndexOf(":") + 1));
    return rows(operation, name, [[kind, ...reasons.slice(0, 1)].join(": "), ...reasons.slice(1)]);
  });
}

function unsettledRows({ date, urn, what }: DueItem): readonly Row[] {
  return rows(dateColumn(date), nameOf(urn), [what]);
}

function plainStep({ operation, urn, name, type, reasons }: RunStep) {
  return { operation, urn, name, type, reasons };
}

function plainItem({ date, kind, urn, what }: DueItem) {
  return { date: isoSeconds(date), kind, urn, name: nameOf(urn), what };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
