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
  readonly words: Set<string>;
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
};
/** The end of a replacement; or, without the rest of it, what an earlier run had left to do. */
const endings = ["delete-replaced", "discard-replaced"];

/** For a resource to which it has happened. */
export const pastTense: Readonly<Record<Operation, string>> = {
  same: "unchanged",
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

function operationOf(engineWord: string): Operation {
  return endings.includes(engineWord) ? "delete" : (operations[engineWord] ?? "same");
}

/** One line for a step that has come to its end. */
export function stepLine(engineWord: string, urn: string, failed: boolean): string {
  return `${nameOf(urn)} ${failed ? "failed" : pastTense[operationOf(engineWord)]}`;
}

/** Gathers what an engine tells about one run, and makes of it what every engine's runs have in common. */
export class RunRecord {
  readonly #seen = new Map<string, Seen>();
  readonly #said: Said[] = [];

  step(engineWord: string, urn: string, type: string): void {
    if (type.startsWith("pulumi:providers:")) {
      return;
    }
    const seen = this.#seen.get(urn) ?? { urn, type, words: new Set(), failed: false };
    seen.words.add(engineWord);
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
      ({ urn, type, words, failed }): RunStep => ({
        ...whatHappened(words),
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

function whatHappened(words: ReadonlySet<string>): Pick<RunStep, "operation" | "leftover"> {
  const all = [...words];
  const found = new Set(all.filter((word) => !endings.includes(word)).map(operationOf));
  const strongest = ["replace", "delete", "create", "update", "same"] as const;
  const operation = strongest.find((each) => found.has(each)) ?? "delete";
  return { operation, leftover: operation !== "replace" && all.some((word) => endings.includes(word)) };
}

function reasonsOf(seen: readonly Seen[], said: readonly Said[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { severity, text, urn } of said.filter((each) => each.severity !== "error")) {
    const owner = urn ? seen.find((each) => each.urn === urn) : printedFor(text, seen);
    if (owner !== undefined) {
      const prefix = `${nameOf(owner.urn)}: `;
      const sentence = text.startsWith(prefix) ? text.slice(prefix.length) : text;
      const marked = severity === "warning" && !sentence.startsWith("warning: ") ? `warning: ${sentence}` : sentence;
      reasons.set(owner.urn, [...(reasons.get(owner.urn) ?? []), marked]);
    }
  }
  return reasons;
}

/** A line that a dynamic provider printed begins with the resource's name and a colon. Of two of that name, one that changes. */
function printedFor(text: string, seen: readonly Seen[]): Seen | undefined {
  const named = seen.filter(
    ({ urn, type }) => type.startsWith("pulumi-nodejs:dynamic/") && text.startsWith(`${nameOf(urn)}: `),
  );
  return named.find(({ words }) => whatHappened(words).operation !== "same") ?? named[0];
}

/** Of the program's own runtime, which only learns that one of its resources failed. */
const echo = /^Error: resource .* failed to register/;

function errorsIn(said: readonly Said[]): readonly string[] {
  const errors = said.filter(({ severity }) => severity === "error");
  const first = errors.filter(({ text }) => !echo.test(text));
  const told = (first.length > 0 ? first : errors).map(({ text, urn }) =>
    urn ? `${nameOf(urn)}: ${withoutList(text)}` : text,
  );
  return [...new Set(told)];
}

/** A resource that half failed comes with a list of its failures, nearly always of one. */
function withoutList(text: string): string {
  const [heading = "", ...items] = text.split(/\n\s*\* /);
  return items.length === 1 && heading.endsWith(":") && !heading.includes("\n") ? items.join("") : text;
}
