import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { LocalEngineError } from "../local-engine/errors";
import { isAzureCertificatesError } from "../provider/errors";
import { printError, tolerateClosedPipes, writeErr, writeOut } from "./output";

const examples = `
Examples:
  # Azure on this machine: certificates are uploaded, listed and removed as on the real service
  $ azure-certificates emulator

  # the program in this folder, previewed against it where no Pulumi CLI is installed
  $ azure-certificates local preview

  # what is due in the next 30 days, from the state alone; a schedule in CI can act on the exit code
  $ pulumi stack export | azure-certificates due --within 30d

  # what would be due on that day
  $ pulumi stack export | AZURE_CERTIFICATES_AS_OF=2027-03-01T00:00:00Z azure-certificates due

  # all of that on one page, of several stacks
  $ azure-certificates report --state production.json --state staging.json --output certificates.html

  # what a preview of the stack says is due; with --apply --only-due, done
  $ azure-certificates rotate --stack prod

  # somebody left, and is out of the roster or the program: every door closed, and confirmed one by one
  $ azure-certificates offboard alice --stack prod

  # who could sign in where, as a roster file says it, and what is wrong with it
  $ azure-certificates roster check team.yaml

  # what was registered and removed, when, why and by whom, and whether that file is still as it was written
  $ azure-certificates history evidence.jsonl --state state.json

Exit codes:
  0    done; for due and rotate: nothing is due
  1    an error, told on stderr
  2    for due and rotate: something is due; for offboard: something is STILL OPEN or not known; for history: something is
       missing or was changed
  3    for rotate --apply: the update failed, or something is still due after it
  130  for local: cancelled with Ctrl-C
`;

/** Runs the command and says how it exits. Errors are told, never thrown. */
export async function run(args: readonly string[]): Promise<number> {
  tolerateClosedPipes();
  try {
    await (await program(args[0])).parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** In the order of the help. Each verb brings along what it works with: nobody who asks what is due waits for an emulator to load. */
const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  emulator: async () => (await import("./emulator.js")).emulatorCommand(),
  local: async () => (await import("./local.js")).localCommand(),
  due: async () => (await import("./due.js")).dueCommand(),
  report: async () => (await import("./report.js")).reportCommand(),
  rotate: async () => (await import("./rotate.js")).rotateCommand(),
  offboard: async () => (await import("./offboard.js")).offboardCommand(),
  "install-plugin": async () => (await import("./installPlugin.js")).installPluginCommand(),
  roster: async () => (await import("./roster.js")).rosterCommand(),
  history: async () => (await import("./history.js")).historyCommand(),
};

/**
 * The command; nothing is run before it is given arguments.
 *
 * @param verb the only one that it has to know; default: all of them
 */
export async function program(verb?: string): Promise<Command> {
  const command = new Command("azure-certificates")
    .description(
      "Certificates that open Azure doors, declared in a Pulumi program: what belongs to them on the command line.",
    )
    .version(packageVersion(), "-v, --version", "print the version")
    .helpOption("-h, --help", "explain the command")
    .addHelpText("after", examples)
    .showHelpAfterError("Run it with --help to see what it takes.")
    .configureOutput({ writeOut, writeErr, outputError: (text) => printError(text.replace(/^error: /, "")) })
    .exitOverride();
  const isOne = verb !== undefined && Object.hasOwn(verbs, verb);
  for (const [name, load] of Object.entries(verbs)) {
    if (!isOne || name === verb) {
      command.addCommand(await load());
    }
  }
  shareSettings(command);
  return command;
}

/** A command that was made on its own inherits nothing when it is added. */
function shareSettings(parent: Command): void {
  for (const child of parent.commands) {
    child.copyInheritedSettings(parent);
    shareSettings(child);
  }
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message, or the help, by now.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : 1;
  }
  printError(wordsOf(error));
  return 1;
}

function wordsOf(error: unknown): string {
  if (isAzureCertificatesError(error) || error instanceof LocalEngineError) {
    return error.message;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Something happened that nobody had thought of: this is a bug in azure-certificates. Please report it with these lines.\n${stack}`;
}

function packageVersion(): string {
  // By its name, because sources and build lie at different depths below package.json.
  const { version } = createRequire(__filename)("pulumi-azure-certificates/package.json") as { version: string };
  return version;
}
