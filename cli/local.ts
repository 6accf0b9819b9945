import { Command, InvalidArgumentError, Option } from "commander";
import { destroy, exportStack, preview, type RunOptions, refresh, up } from "../local-engine/engine";
import type { EngineEvent, RunResult } from "../local-engine/events";
import { listenForInterrupts } from "./interrupts";
import { runLines, stepLine, type Verb } from "./localDisplay";
import { colours, printJson, printLine, printNote } from "./output";

interface LocalOptions {
  readonly stack: string;
  readonly cwd: string;
  readonly stateDir?: string;
  readonly json?: true;
  readonly asOf?: Date;
  readonly continueOnError?: true;
  readonly target?: readonly string[];
  readonly parallel?: number;
  readonly refresh?: true;
  readonly config?: Readonly<Record<string, string>>;
}

const runs: Readonly<Record<Verb, (options: RunOptions) => Promise<RunResult>>> = { preview, up, refresh, destroy };
const descriptions: Readonly<Record<Verb, string>> = {
  preview: "Show what up would do, and why. Changes nothing.",
  up: "Make the emulator's Azure as the program says. Does not ask first: run preview.",
  refresh: "Read every resource again and correct the state. Runs no program.",
  destroy: "Delete everything the state holds, dependents first. Runs no program.",
};

const exitCodes = { succeeded: 0, failed: 1, cancelled: 130 } as const;

const explanation = `
It runs a Pulumi program where no Pulumi CLI is installed: Pulumi's own Node.js runtime, the real provider process, and a
small engine in between. It speaks to an endpoint on this machine only, which is what \`azure-certificates emulator\` is.
For real subscriptions use Pulumi itself: the program stays the same.

The state is one file, .azure-certificates/<stack>.json in the program's folder (mode 0600, secrets in plain text).
A run that was killed loses nothing: the next one goes on from what it had recorded.

Exit codes: 0 done, 1 an error, 130 cancelled with Ctrl-C. The first Ctrl-C lets running steps finish and keeps what they
did; the second ends everything at once, and what was under way is named by the next run.`;

const examples = `

Examples:
  $ azure-certificates emulator > emulator.json &
  $ azure-certificates local preview --config azure-certificates:managementEndpoint=https://127.0.0.1:PORT
  $ azure-certificates local up --stack demo
  $ azure-certificates local preview --stack demo --as-of 2027-03-01T00:00:00Z     what would happen on that day`;

const exportExplanation = `
The form is that of \`pulumi stack export --show-secrets\`: all secrets in plain text, private keys among them. To go on with Pulumi:
  $ pulumi stack init demo
  $ azure-certificates local export --stack demo | pulumi stack import
\`pulumi stack import\` wants to know the passphrase to encrypt the secrets with: Pulumi.<stack>.yaml has an encryptionsalt
after \`pulumi stack init\`; otherwise set PULUMI_CONFIG_PASSPHRASE.`;

/** `azure-certificates local preview|up|refresh|destroy|export`: a Pulumi program against the emulator, without the Pulumi CLI. */
export function localCommand(): Command {
  const command = new Command("local")
    .description("Run a Pulumi program against the emulator, where no Pulumi CLI is installed.")
    .addHelpText("after", explanation + examples);
  for (const verb of ["preview", "up", "refresh", "destroy"] as const) {
    command.addCommand(runCommand(verb));
  }
  command.addCommand(exportCommand());
  return command;
}

function runCommand(verb: Verb): Command {
  const command = withPlace(new Command(verb).description(descriptions[verb]))
    .option(
      "--as-of <date>",
      "take this moment as now, as 2027-03-01T00:00:00Z (preview; up against the emulator)",
      isoDate,
    )
    .option("--config <key=value>", "configuration that wins over Pulumi.<stack>.yaml; may be repeated", keyValue)
    .option("--continue-on-error", "go on with what does not depend on a resource that failed")
    .option("--parallel <number>", "how many resources are worked on at once (default: 16)", wholeNumber)
    .option("--target <urn>", "change only this resource; may be repeated", collect)
    .option("--json", "print the result as JSON");
  if (verb === "preview" || verb === "up") {
    command.option("--refresh", "read every resource first");
  }
  return command.addHelpText("after", explanation).action(async (options: LocalOptions) => {
    process.exitCode = await run(verb, options);
  });
}

function exportCommand(): Command {
  return withPlace(new Command("export").description("Print the state, in the form that pulumi stack import takes."))
    .addHelpText("after", exportExplanation)
    .action((options: LocalOptions) => {
      printJson(exportStack({ projectDirectory: options.cwd, stack: options.stack, stateDirectory: options.stateDir }));
    });
}

function withPlace(command: Command): Command {
  return command
    .option("--stack <name>", "which stack; its configuration is Pulumi.<stack>.yaml", "dev")
    .addOption(new Option("-C, --cwd <folder>", "the folder of Pulumi.yaml").default(process.cwd(), "here"))
    .option("--state-dir <folder>", "where the state is kept (default: .azure-certificates in the program's folder)");
}

async function run(verb: Verb, options: LocalOptions): Promise<number> {
  const colour = colours.isColorSupported;
  const patient = process.stderr.isTTY === true && options.json === undefined;
  const interrupts = listenForInterrupts();
  try {
    const result = await runs[verb]({
      projectDirectory: options.cwd,
      stack: options.stack,
      stateDirectory: options.stateDir,
      asOf: options.asOf,
      config: options.config,
      continueOnError: options.continueOnError,
      targets: options.target,
      parallel: options.parallel,
      refresh: options.refresh,
      signal: interrupts.first,
      kill: interrupts.second,
      onEvent: (event) => {
        if (patient) {
          tellProgress(event, colour);
        }
      },
    });
    if (options.json) {
      printJson(result);
    } else {
      printLine(runLines(verb, result, { colour }).join("\n"));
    }
    return exitCodes[result.outcome];
  } finally {
    interrupts.stop();
  }
}

function tellProgress(event: EngineEvent, colour: boolean): void {
  if (event.kind === "stepEnded" && event.result !== "same") {
    printNote(stepLine(event.step, event.result, event.elapsedMs, event.outcome === "failed", { colour }));
  }
}

function isoDate(text: string): Date {
  const date = new Date(text);
  if (
    !/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text) ||
    Number.isNaN(date.getTime())
  ) {
    throw new InvalidArgumentError("Write it as 2027-03-01T00:00:00Z.");
  }
  return date;
}

function keyValue(text: string, previous: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new InvalidArgumentError("Write it as key=value, or namespace:key=value.");
  }
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("It is a whole number from 1.");
  }
  return number;
}

function collect(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}
