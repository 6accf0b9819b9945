import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { ConfigurationError } from "../provider/errors";
import { type VerifiedEvidence, verifyEvidence } from "../provider/evidence/verifyEvidence";
import { type HistoryFilter, headsOf, isWanted, rowsOfEvidence, rowsOfStates } from "./historyRows";
import { historyJson, historyTable } from "./historyTable";
import { printJson, printLine } from "./output";
import { parseStackExport, type StackExport } from "./stackExport";
import { readStackState } from "./stackStateFile";

interface HistoryOptions {
  readonly state?: readonly string[];
  readonly json?: true;
  readonly since?: (now: Date) => Date;
  readonly door?: string;
  readonly thumbprint?: string;
}

const intact = 0;
const notIntact = 2;
const variable = "AZURE_CERTIFICATES_EVIDENCE_PATH";
const hoursPer: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };
const hourMs = 3_600_000;

/** `azure-certificates history`: what came and went at which door, and whether the evidence of it is as it was written. */
export function historyCommand(): Command {
  return new Command("history")
    .description("What was registered and removed, when, why and by whom; and whether the evidence of it is intact.")
    .argument("[file]", `the file of azure-certificates:evidencePath (default: ${variable})`)
    .option(
      "--state <file>",
      "a stack export whose links remember their last lines, - for stdin; may be given more than once",
      (state: string, before: readonly string[] = []) => [...before, state],
    )
    .addOption(
      new Option("--since <time>", "show what happened since then, as 30d, 8w, 12h or 2027-03-01").argParser(sinceWhen),
    )
    .option("--door <id>", "show one subscription or application")
    .option("--thumbprint <thumbprint>", "show one certificate; its beginning is enough")
    .option("--json", "print JSON instead of a table")
    .addHelpText(
      "after",
      `
With a file, all of it is verified, whatever is shown: that each line is as it was written and follows the one before, that
everything that was to be done was heard of again, and that every line that the given stacks remember is there.
With --state alone it prints what the links themselves remember, their newest 20 entries each.

Examples:
  $ pulumi stack export --file state.json && azure-certificates history evidence.jsonl --state state.json
  $ azure-certificates history evidence.jsonl --since 30d --door 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b
  $ pulumi stack export | azure-certificates history --state -

What it lists:
  registered     by this package; "to be registered?" where nothing says what came of it
  removed        by this package: retired, revoked, or its link is gone
  adopted        there before its link
  found          of the link's lineage and in no record
  found missing  removed by somebody else, or by a run that was killed

It can't show what somebody wrote anew who could change the file and the state, nor what was cut off after the last line
that a stack remembers: a link that was deleted remembers nothing.

Exit codes: 0 intact, 2 something is missing or was changed, 1 an error.`,
    )
    .action(async (file: string | undefined, options: HistoryOptions) => {
      process.exitCode = await history(file, options, new Date());
    });
}

async function history(given: string | undefined, options: HistoryOptions, now: Date): Promise<number> {
  const { state = [], json, since, door, thumbprint } = options;
  const file = given ?? (state.length === 0 ? process.env[variable] : undefined);
  if (!file && state.length === 0) {
    throw new ConfigurationError({
      what: "There is no evidence to look at.",
      todo: `Name the file of azure-certificates:evidencePath, or set ${variable}; or give a stack export with --state.`,
    });
  }
  const states: StackExport[] = [];
  for (const one of state) {
    states.push(parseStackExport(await readStackState(one)));
  }
  const filter: HistoryFilter = {
    since: since?.(now) ?? null,
    door: door ?? null,
    thumbprint: thumbprint?.replaceAll(/[\s:…]/g, "").toUpperCase() ?? null,
  };
  const heads = headsOf(states);
  const verified = file ? verifyEvidence(await evidenceIn(file), heads) : null;
  const rows = verified === null ? rowsOfStates(states) : rowsOfEvidence(verified.lines);
  const report = {
    rows,
    shown: rows.filter((row) => isWanted(row, filter)),
    verified: verified === null || !file ? null : toldOf(file, verified, states.length === 0 ? null : heads.length),
  };
  if (json) {
    printJson(historyJson(report));
  } else {
    printLine(historyTable(report));
  }
  return verified === null || verified.problems.length === 0 ? intact : notIntact;
}

function toldOf(file: string, { lines, problems, notes }: VerifiedEvidence, heads: number | null) {
  return { file, lines: lines.length, problems, notes, heads };
}

async function evidenceIn(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new ConfigurationError({
      what: `The evidence ${file} can't be read${code}.`,
      todo: "Check its path.",
      cause,
    });
  }
}

function sinceWhen(text: string): (now: Date) => Date {
  const [, amount, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) {
    const hours = Number(amount) * (hoursPer[unit] ?? 0);
    return (now) => new Date(now.getTime() - hours * hourMs);
  }
  const isDate = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success;
  if (!isDate) {
    throw new InvalidArgumentError(
      "It must be a time as 30d, 8w or 12h, or a date as 2027-03-01 or 2027-03-01T12:00:00Z.",
    );
  }
  return () => new Date(text);
}
