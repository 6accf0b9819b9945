import type { RosterProblem } from "./readRoster";
import { invisible } from "./rosterSchema";

/** As compilers say it, so that editors find the place. @param file its name, for the reader */
export function problemsInWords(file: string, problems: readonly RosterProblem[]): string {
  const told = problems.flatMap(({ line, column, text, reason }) => [
    `  ${file}:${line}:${column}: ${reason}`,
    ...(text === "" ? [] : [`    ${text}`]),
  ]);
  const things = problems.length === 1 ? "one thing is" : `${problems.length} things are`;
  return [`${file} can't be used: ${things} wrong with it. Nobody is removed because of that.`, ...told]
    .map((line) => line.replaceAll(new RegExp(invisible, "gu"), "\uFFFD"))
    .join("\n");
}
