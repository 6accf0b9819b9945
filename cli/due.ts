import { Command, InvalidArgumentError, Option } from "commander";
import { hoursAfter } from "../provider/rotation/schedule";
import { asOf } from "./asOf";
import { dueJson, dueTable } from "./dueTable";
import { printJson, printLine } from "./output";
import { parseStackExport } from "./stackExport";
import { readStackState, stateToRead } from "./stackStateFile";
import { whatIsDue } from "./whatIsDue";

interface DueOptions {
  readonly within: number;
  readonly json?: true;
  readonly state?: string;
}

const nothingDue = 0;
const somethingDue = 2;
const hoursPer: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/** `azure-certificates due`: what a stack's state alone says will happen, and when. */
export function dueCommand(): Command {
  return new Command("due")
    .description("What is due soon: rotations, retirements, expiries, and what an earlier run left undone.")
    .addOption(
      new Option("--within <time>", "how far to look ahead, as 12h, 30d or 8w")
        .argParser(lookAhead)
        .default(lookAhead("30d"), "30d"),
    )
    .option("--state <file>", "a stack export; - is stdin (default: stdin, where something is piped in)")
    .option("--json", "print JSON instead of a table")
    .addHelpText(
      "after",
      `
It reads nothing but the export: no program, no credential, no network. A program that has changed since may ask for more.

Examples:
  $ pulumi stack export | azure-certificates due
  $ pulumi stack export --file state.json && azure-certificates due --within 8w --json --state state.json

What it lists:
  rotation      a certificate gets a successor, and why: from the date on that it is due, or that its maintenance window opens
  retirement    a previous certificate is taken off a subscription: its overlap ends
  expiry        a certificate reaches its notAfter
  registration  a rotation has not reached this subscription yet
  revocation    a certificate of somebody who left is still accepted somewhere
  failed        the last update of a resource failed, or somebody removed its certificate by hand
  interrupted   an update was stopped in the middle

Environment:
  AZURE_CERTIFICATES_AS_OF  look from this date instead of today, as 2027-03-01T00:00:00Z

Exit codes: 0 nothing is due, 2 something is, 1 an error.`,
    )
    .action(async (options: DueOptions) => {
      process.exitCode = await due(options, asOf(process.env["AZURE_CERTIFICATES_AS_OF"]) ?? new Date());
    });
}

async function due({ within, json, state }: DueOptions, now: Date): Promise<number> {
  const content = parseStackExport(await readStackState(stateToRead("due", state)));
  const until = hoursAfter(now, within);
  const all = whatIsDue(content, now);
  const items = all.filter(({ date }) => date <= until);
  const report = { now, until, items, next: all.find(({ date }) => date > until) ?? null, counted: content };
  if (json) {
    printJson(dueJson(report));
  } else {
    printLine(dueTable(report));
  }
  return items.length === 0 ? nothingDue : somethingDue;
}

function lookAhead(text: string): number {
  const [, amount, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new InvalidArgumentError("It must be a number of hours, days or weeks, as 12h, 30d or 8w.");
  }
  return Number(amount) * (hoursPer[unit] ?? 0);
}
