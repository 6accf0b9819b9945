import type { EvidenceProblem } from "../provider/evidence/verifyEvidence";
import { isoSeconds } from "../provider/resources/dates";
import { momentOf, shortThumbprint } from "../provider/rotation/wording";
import type { HistoryRow } from "./historyRows";
import { colours, harmless } from "./output";

export interface HistoryReport {
  /** All of it, earliest first. */
  readonly rows: readonly HistoryRow[];
  /** What was asked for. */
  readonly shown: readonly HistoryRow[];
  /** Null where there is no file to verify. */
  readonly verified: {
    readonly file: string;
    readonly lines: number;
    readonly problems: readonly EvidenceProblem[];
    readonly notes: readonly string[];
    /** Lines that the given stacks remember; null where none was given. */
    readonly heads: number | null;
  } | null;
}

const words: Readonly<Record<HistoryRow["outcome"], (action: string) => string>> = {
  intended: (action) => `to be ${action}?`,
  done: (action) => action,
  failed: (action) => `not ${action}`,
  seen: (action) => action.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`),
};

/** For people: one line per effect, earliest first, and then whether that is all. */
export function historyTable({ rows, shown, verified }: HistoryReport): string {
  const parts = [table(rows, shown)];
  if (verified !== null) {
    parts.push(verdict(verified));
  }
  return parts.join("\n\n");
}

function table(rows: readonly HistoryRow[], shown: readonly HistoryRow[]): string {
  if (shown.length === 0) {
    return rows.length === 0
      ? "Nothing is recorded."
      : `Nothing of what is recorded (${count(rows.length, "entry", "entries")}) was asked for.`;
  }
  const cells = shown.map(({ at, action, outcome, thumbprint, door, link, because, credential, error }) => ({
    outcome,
    moment: momentOf(at),
    what: words[outcome](action),
    thumbprint: shortThumbprint(harmless(thumbprint)),
    door: harmless(door),
    link: harmless(link),
    why: harmless(
      `${because}${error === null ? "" : `: ${error}`}${credential === null ? "" : ` (by ${shortCredential(credential)})`}`,
    ),
  }));
  const width = (of: (cell: (typeof cells)[number]) => string) => Math.max(...cells.map((cell) => of(cell).length));
  const widths = {
    what: width(({ what }) => what),
    thumbprint: width(({ thumbprint }) => thumbprint),
    door: width(({ door }) => door),
    link: width(({ link }) => link),
  };
  return cells
    .map((cell) => {
      const head = `${cell.moment}  ${cell.what.padEnd(widths.what)}`;
      const columns = [
        cell.outcome === "done" || cell.outcome === "seen" ? head : colours.yellow(head),
        cell.thumbprint.padEnd(widths.thumbprint),
        cell.door.padEnd(widths.door),
        colours.bold(cell.link.padEnd(widths.link)),
        cell.why,
      ];
      return `  ${columns.join("  ")}`;
    })
    .join("\n");
}

function verdict({ file, lines, problems, notes, heads }: NonNullable<HistoryReport["verified"]>): string {
  const name = harmless(file);
  const stock = count(lines, "line", "lines");
  const summary =
    problems.length === 0
      ? `${name} is intact: ${stock}, each with the hash of the one before.`
      : `${name} is NOT intact: ${count(problems.length, "thing is", "things are")} wrong in ${stock}.`;
  const told = [
    ...problems.map(({ sentence, since }) =>
      colours.red(`  ${harmless(sentence)}${since === null ? "" : ` (after ${momentOf(new Date(since))})`}.`),
    ),
    ...notes.map((note) => `  Note: ${harmless(note)}.`),
  ];
  return [`${summary} ${comparison(problems, heads)}`, ...told].join("\n");
}

/** What the end of the file was compared with. */
function comparison(problems: readonly EvidenceProblem[], heads: number | null): string {
  if (heads === null || heads === 0) {
    const why = heads === null ? "It was compared with no stack" : "The given stacks remember no line of it";
    return `${why}, so what was cut off at its end would not show${heads === null ? ": add --state" : ""}.`;
  }
  const absent = problems.filter(({ kind }) => kind === "unknownToFile").length;
  const remembered = `${count(heads, "line", "lines")} that the given stacks remember`;
  return absent === 0 ? `It holds the ${remembered}.` : `It lacks ${absent} of the ${remembered}.`;
}

/** For programs. Dates are ISO 8601 in UTC, whole seconds. */
export function historyJson({ shown, verified }: HistoryReport) {
  return {
    entries: shown.map(({ at, ...row }) => ({ at: isoSeconds(at), ...row })),
    verified: verified === null ? null : { ...verified, intact: verified.problems.length === 0 },
  };
}

/** A thumbprint is known by its beginning; an application's id is not. */
function shortCredential(credential: string): string {
  return /^[0-9A-F]{40}$/.test(credential) ? shortThumbprint(credential) : credential;
}

function count(number: number, one: string, more: string): string {
  return `${number} ${number === 1 ? one : more}`;
}
