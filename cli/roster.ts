import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { ConfigurationError } from "../provider/errors";
import { problemsInWords } from "../provider/rosterFile/problems";
import { readRoster } from "../provider/rosterFile/readRoster";
import { printError, printJson, printLine } from "./output";
import { rosterJson, rosterTable } from "./rosterTable";

interface CheckOptions {
  readonly json?: true;
}

/** `azure-certificates roster`: what a roster file says, before anything is done with it. */
export function rosterCommand(): Command {
  const command = new Command("roster").description("People, groups and subscriptions in a file: who opens what.");
  command
    .command("check")
    .description("Says what is wrong with a roster, or who could sign in where.")
    .argument("<file>", "the roster, YAML")
    .option("--json", "print JSON instead of a table")
    .addHelpText(
      "after",
      `
It reads nothing but the file: no program, no state, no credential, no network.

A roster:
  subscriptions:
    production: 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b
  people:
    alice: { name: Alice Archer, subscriptions: [production] }   # a certificate of her own
    bob:
      name: Bob Brown
      certificates:   # made elsewhere, as on a smart card; the certificate alone, never its key
        yubikey: { subscriptions: [production], certificatePem: "-----BEGIN CERTIFICATE-----..." }
  groups:
    on-call: { members: [alice, bob], subscriptions: [production], rotateEveryHours: 720 }   # one that they share

Exit codes: 0 it can be used, 1 it can't: each mistake is told with its line and column.`,
    )
    .action(async (file: string, options: CheckOptions) => {
      process.exitCode = await check(file, options);
    });
  return command;
}

async function check(file: string, { json }: CheckOptions): Promise<number> {
  const { file: read, problems } = readRoster(await textOf(file));
  if (read === null) {
    printError(problemsInWords(file, problems));
    return 1;
  }
  if (json) {
    printJson(rosterJson(read.roster));
  } else {
    printLine(rosterTable(read.roster));
  }
  return 0;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new ConfigurationError({ what: `The roster ${file} can't be read${code}.`, todo: "Check its path.", cause });
  }
}
