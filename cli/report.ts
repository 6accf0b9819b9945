import { randomBytes } from "node:crypto";
import { Command, Option } from "commander";
import { asOf } from "./asOf";
import { replaceFile } from "./files";
import { writeOut } from "./output";
import { calendarReport } from "./report/calendar";
import { htmlReport } from "./report/htmlReport";
import { jsonReport } from "./report/json";
import { prometheusReport } from "./report/prometheus";
import { gatherReport, type ReadState, type Report } from "./report/report";
import { parseStackExport } from "./stackExport";
import { readStackState, stateToRead } from "./stackStateFile";

const formats: Readonly<Record<string, (report: Report) => string>> = {
  html: htmlReport,
  ics: calendarReport,
  prometheus: prometheusReport,
  json: jsonReport,
};

interface ReportOptions {
  readonly state: readonly string[];
  readonly format: string;
  readonly output?: string;
}

/** `azure-certificates report`: what the states of some stacks say, to look at, to subscribe to, to alert on. */
export function reportCommand(): Command {
  return new Command("report")
    .description("What is wrong, what is due, every certificate, and who can sign in where: of one stack or many.")
    .addOption(
      new Option("--state <file>", "a stack export, as often as there are stacks; - is stdin (default: stdin)")
        .argParser((file: string, before: readonly string[]) => [...before, file])
        .default([], "stdin"),
    )
    .addOption(new Option("--format <format>", "how to write it").choices(Object.keys(formats)).default("html"))
    .option("--output <file>", "write it there, whole or not at all (default: stdout)")
    .addHelpText(
      "after",
      `
It reads nothing but the exports: no program, no credential, no network. No private key gets into it, also where an
export shows its secrets; names of people do.

Examples:
  $ pulumi stack export | azure-certificates report > certificates.html
  $ azure-certificates report --state production.json --state staging.json --output certificates.html
  $ pulumi stack export | azure-certificates report --format prometheus --output /var/lib/node_exporter/azure_certificates.prom

Formats:
  html        one page that asks for nothing from anywhere: to read, to print, to keep as an artifact of a build
  ics         a calendar of rotations, retirements and expiries
  prometheus  a file for the node exporter's textfile collector
  json        all of it, for programs

Environment:
  AZURE_CERTIFICATES_AS_OF  look from this date instead of today, as 2027-03-01T00:00:00Z

Exit codes: 0 it is written, whatever it says; 1 an error. For an exit code that says whether something is due: azure-certificates due.`,
    )
    .action(async (options: ReportOptions) => {
      await report(options, asOf(process.env["AZURE_CERTIFICATES_AS_OF"]) ?? new Date());
    });
}

async function report({ state, format, output }: ReportOptions, now: Date): Promise<void> {
  const text = formats[format]?.(gatherReport(await readStates(state), now)) ?? "";
  if (output === undefined) {
    writeOut(text);
  } else {
    await replaceFile(output, text, randomBytes);
  }
}

/** One after the other: exports are large, and what is not ours in one of them is forgotten before the next is read. */
async function readStates(files: readonly string[]): Promise<readonly ReadState[]> {
  const states: ReadState[] = [];
  for (const file of files.length === 0 ? [stateToRead("report", undefined)] : files) {
    states.push({ source: file === "-" ? "stdin" : file, content: parseStackExport(await readStackState(file), file) });
  }
  return states;
}
