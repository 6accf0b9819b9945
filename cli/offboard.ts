import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { ProviderConfiguration } from "../provider/azure/configuration";
import { ConfigurationError } from "../provider/errors";
import { EngineWatch } from "../provider/hosts/engineWatch";
import { systemPorts } from "../provider/hosts/systemPorts";
import type { Ports } from "../provider/ports";
import { normaliseHolder } from "../provider/resources/certificate/holders";
import { asOf } from "./asOf";
import { listenForInterrupts } from "./interrupts";
import { openDoors } from "./offboard/doors";
import { type Holdings, mergeHoldings, whatPersonHeld } from "./offboard/holdings";
import { type KnownState, readKnownState } from "./offboard/knownState";
import { nearNames } from "./offboard/nearNames";
import { offboardStack } from "./offboard/offboardStack";
import { offboardStates } from "./offboard/offboardStates";
import { type OffboardingRecord, readRecord, recordPath, writeRecord } from "./offboard/record";
import { isClosed, type OffboardReport } from "./offboard/report";
import { reportJson, reportText } from "./offboard/reportText";
import { harmless, printJson, printLine, printNote } from "./output";
import { openStack } from "./stackRunner/openStack";
import { readStackState } from "./stackStateFile";

interface OffboardOptions {
  readonly stack?: string;
  readonly cwd: string;
  readonly local?: true;
  readonly state?: readonly string[];
  readonly apply?: true;
  readonly knownState?: readonly string[];
  readonly record?: string;
  readonly json?: true;
}

const exitCodes = { closed: 0, open: 2 } as const;

const explanation = `
PERSON is an id as \`holders\` or the roster has it. Take it out of there first; then this does the rest in an order that
nothing can hold up, whereas an update deletes only after everything else has succeeded:
  1. what is the person's alone is deleted, links first, without running the program;
  2. the update, which rotates every certificate that they shared and revokes each version that they ever held. It is that of
     the whole program: look at its preview before;
  3. every door is read again.
It ends in a report: each certificate that the person ever held, on each door, is confirmed closed or STILL OPEN with what to do.
What can't be read is not known, and counts as open. Run it again at any time: it goes on, and ends in the same report.

Where the program is broken, step 1 goes by the state and step 2 is left out. Where there is no engine at all, --state reads
the doors of an export, and with --apply takes what is the person's alone off them; what is shared takes the program to rotate.
Neither removes the last valid certificate of a door, nor the one that signs in.

What the person held is kept in .azure-certificates/offboarding in the program's folder (no keys), because a state forgets it.

Examples:
  $ azure-certificates offboard alice --stack prod
  $ pulumi stack export --stack prod | azure-certificates offboard alice --state -            look only
  $ azure-certificates offboard alice --state prod.json --state staging.json --apply         without an engine

Environment:
  AZURE_CERTIFICATES_*  how to sign in to the doors; wins over the stack's configuration, and is all that --state goes by

Exit codes: 0 everything is confirmed closed, 2 something is STILL OPEN or not known, 1 an error.`;

/** `azure-certificates offboard PERSON`: lets a person go, and says what is still open. */
export function offboardCommand(): Command {
  return new Command("offboard")
    .description("Close every door to a person who left, and confirm it, door by door.")
    .argument("<person>", "their id, as in `holders` or the roster")
    .option("--stack <name>", "which stack (default: the one that Pulumi has selected in the folder)")
    .addOption(new Option("-C, --cwd <folder>", "the folder of Pulumi.yaml").default(process.cwd(), "here"))
    .option("--local", "use the local engine, also where a Pulumi CLI is found; its default stack is dev")
    .option("--state <file>", "go by a stack export, without any engine; - is stdin; may be repeated", collect)
    .option("--apply", "with --state: take what is theirs alone off the doors")
    .option(
      "--known-state <file>",
      "the export of another stack, whose certificates are no strangers; may be repeated",
      collect,
    )
    .option(
      "--record <file>",
      "where what they held is kept (default: below .azure-certificates in the program's folder)",
    )
    .option("--json", "print the report as JSON")
    .addHelpText("after", explanation)
    .action(async (person: string, options: OffboardOptions) => {
      const report = await (options.state === undefined ? ofStack(person, options) : ofStates(person, options));
      if (options.json) {
        printJson(reportJson(report));
      } else {
        printLine(reportText(report));
      }
      process.exitCode = isClosed(report) ? exitCodes.closed : exitCodes.open;
    });
}

async function ofStack(person: string, options: OffboardOptions): Promise<OffboardReport> {
  if (options.apply) {
    throw new ConfigurationError({
      what: "--apply goes with --state: with an engine, this is carried out at once.",
      todo: "Leave it out.",
    });
  }
  const folder = resolve(options.cwd);
  const runner = await openStack(options, process.env);
  const before = readKnownState(await runner.export(), `the stack ${runner.stack}`);
  const path = options.record ?? recordPath(folder, runner.stack, normaliseHolder(person));
  const earlier = readRecord(path, normaliseHolder(person));
  const now = whatPersonHeld([before.stack], person);
  const holdings = earlier === null ? now : mergeHoldings(earlier.holdings, now);
  assertKnown(person, holdings, [before]);
  const record = { holdings, settings: { ...earlier?.settings, ...settingsOf(holdings, before) } };
  if (holdings.certificates.length > 0) {
    writeRecord(path, record);
  }
  const knownStates = await knownStatesOf(options);
  const interrupts = listenForInterrupts();
  try {
    return await offboardStack({
      runner,
      before,
      holdings,
      knownStates,
      doorsOf: ({ providers }) =>
        openDoors({
          providers: new Map([...Object.entries(record.settings), ...providers]),
          trusted: true,
          folder,
          environment: process.env,
          portsFor,
        }),
      say,
      now: clock(),
      signal: interrupts.first,
    });
  } finally {
    interrupts.stop();
  }
}

async function ofStates(person: string, options: OffboardOptions): Promise<OffboardReport> {
  const states = await Promise.all((options.state ?? []).map(knownStateIn));
  const holdings = whatPersonHeld(
    states.map(({ stack }) => stack),
    person,
  );
  assertKnown(person, holdings, states);
  const doors = openDoors({
    providers: new Map(),
    trusted: false,
    folder: process.cwd(),
    environment: process.env,
    portsFor,
  });
  try {
    const apply = options.apply ?? false;
    const knownStates = await knownStatesOf(options);
    return await offboardStates({ states, holdings, knownStates, doors, apply, say, now: clock() });
  } finally {
    await doors.end();
  }
}

/** Whoever nobody knows has not been let go: it would be a typing mistake that looks like success. */
function assertKnown(person: string, { certificates, person: id }: Holdings, states: readonly KnownState[]): void {
  const people = new Map(states.flatMap((state) => [...state.people]));
  if (certificates.length > 0 || people.has(id)) {
    return;
  }
  const near = nearNames(id, people);
  const guess = near.length === 0 ? "" : ` Did you mean ${near.join(", ")}?`;
  throw new ConfigurationError({
    what: `No state at hand knows of anybody called ${person}, so nothing is known of what they held.${guess}`,
    todo: "Give their id as `holders` or the roster has it. If an earlier update has deleted all that was theirs, look at an export from before it: --state FILE.",
  });
}

function settingsOf({ links }: Holdings, { providers }: KnownState): OffboardingRecord["settings"] {
  const used = new Set(links.map(({ provider }) => provider));
  return Object.fromEntries([...providers].filter(([provider]) => used.has(provider)));
}

async function knownStatesOf({ knownState }: OffboardOptions): Promise<readonly KnownState[]> {
  return Promise.all((knownState ?? []).map(knownStateIn));
}

async function knownStateIn(file: string): Promise<KnownState> {
  return readKnownState(await readStackState(file), file === "-" ? "the state on stdin" : file);
}

function portsFor(configuration: ProviderConfiguration): Ports {
  return systemPorts(configuration.asOf, new EngineWatch(null), new AbortController().signal);
}

function clock(): () => Date {
  const moment = asOf(process.env["AZURE_CERTIFICATES_AS_OF"]);
  return () => moment ?? new Date();
}

function say(line: string): void {
  printNote(harmless(line));
}

function collect(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}
