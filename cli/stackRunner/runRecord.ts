import { nameOf } from "../../local-engine/urn";
import type { Operation, RunResult, RunStep } from "./stackRunner";

/** A line that somebody printed while a run lasted. */
export interface Said {
  readonly severity: "info" | "warning" | "error";
  readonly text: string;
  /** The resource it is about, where the sender said so. */
  readonly urn?: string | undefined;
}

interface Seen {
  readonly urn: string;
  readonly type: string;
  readonly operations: Set<Operation>;
  failed: boolean;
}

/** Engines' own words for steps; what is not among them changes nothing. */
const operations: Readonly<Record<string, Operation>> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
  discard: "delete",
  // Alone, it is what an earlier run had left to do; within a replacement, that replacement counts.
  "delete-replaced": "delete",
  "discard-replaced": "delete",
};

const done: Readonly<Record<Operation, string>> = {
  same: "unchanged",
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

export function operationOf(engineWord: string): Operation {
  return operations[engineWord] ?? "same";
}

/** One line for a step that has come to its end. */
export function stepLine(engineWord: string, urn: string, failed: boolean): string {
  return `${nameOf(urn)} ${failed ? "failed" : done[operationOf(engineWord)]}`;
}

/** Gathers what an engine tells about one run, and makes of it what every engine's runs have in common. */
export class RunRecord {
  readonly #seen = new Map<string, Seen>();
  readonly #said: Said[] = [];

  step(engineWord: string, urn: string, type: string): void {
    if (type.startsWith("pulumi:providers:")) {
      return;
    }
    const seen = this.#seen.get(urn) ?? { urn, type, operations: new Set(), failed: false };
    seen.operations.add(operationOf(engineWord));
    this.#seen.set(urn, seen);
  }

  fail(urn: string): void {
    const seen = this.#seen.get(urn);
    if (seen !== undefined) {
      seen.failed = true;
    }
  }

  say(said: Said): void {
    this.#said.push(said);
  }

  get hasErrors(): boolean {
    return this.#said.some(({ severity }) => severity === "error");
  }

  result(succeeded: boolean): RunResult {
    const seen = [...this.#seen.values()];
    const reasons = reasonsOf(seen, this.#said);
    const steps = seen.map(
      ({ urn, type, operations, failed }): RunStep => ({
        operation: mainOf(operations),
        urn,
        type,
        name: nameOf(urn),
        reasons: reasons.get(urn) ?? [],
        failed,
      }),
    );
    const changes: Record<Operation, number> = { same: 0, create: 0, update: 0, replace: 0, delete: 0 };
    for (const { operation } of steps) {
      changes[operation] += 1;
    }
    return { succeeded, changes, steps, diagnostics: errorsIn(this.#said) };
  }
}

function mainOf(operations: ReadonlySet<Operation>): Operation {
  const strongest = ["replace", "delete", "create", "update"] as const;
  return strongest.find((operation) => operations.has(operation)) ?? "same";
}

/** A line that a dynamic provider printed begins with the resource's name and a colon; others carry its URN. */
function reasonsOf(seen: readonly Seen[], said: readonly Said[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { severity, text, urn } of said.filter((each) => each.severity !== "error")) {
    const owner = seen.find((each) => (urn ? each.urn === urn : text.startsWith(`${nameOf(each.urn)}: `)));
    if (owner !== undefined) {
      const prefix = `${nameOf(owner.urn)}: `;
      const sentence = text.startsWith(prefix) ? text.slice(prefix.length) : text;
      const marked = severity === "warning" && !sentence.startsWith("warning: ") ? `warning: ${sentence}` : sentence;
      reasons.set(owner.urn, [...(reasons.get(owner.urn) ?? []), marked]);
    }
  }
  return reasons;
}

function errorsIn(said: readonly Said[]): readonly string[] {
  const errors = said.filter(({ severity }) => severity === "error");
  return [...new Set(errors.map(({ text, urn }) => (urn ? `${nameOf(urn)}: ${text}` : text)))];
}
