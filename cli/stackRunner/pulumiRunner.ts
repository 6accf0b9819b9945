import { execFile } from "node:child_process";
import { basename, delimiter, dirname } from "node:path";
import { promisify } from "node:util";
import type { EngineEvent, LocalWorkspace } from "@pulumi/pulumi/automation";
import { messageOf } from "../../local-engine/errors";
import { ConfigurationError } from "../../provider/errors";
import { RunRecord, stepLine } from "./runRecord";
import type { RunOptions, RunResult, StackRunner } from "./stackRunner";

const execute = promisify(execFile);
const largestStateBytes = 1024 ** 3;

/** Where to find the stack; without a name, the one that Pulumi has selected in this folder. */
interface Place {
  readonly projectDirectory: string;
  readonly stack: string | undefined;
}

/**
 * The Pulumi CLI, through Pulumi's Automation API.
 *
 * @param path of the CLI
 * @throws ConfigurationError ERR_CONFIGURATION: no stack is selected, or the CLI can't be used
 */
export async function pulumiRunner(path: string, { projectDirectory, stack }: Place): Promise<StackRunner> {
  // Hundreds of modules, which nothing else of this command needs.
  const { LocalWorkspace, PulumiCommand, Stack } = await import("@pulumi/pulumi/automation/index.js");
  const folder = dirname(path);
  const root = basename(folder) === "bin" ? dirname(folder) : undefined;
  const pulumiCommand = await explained(`The Pulumi CLI ${path} can't be used`, () =>
    PulumiCommand.get(root ? { root } : {}),
  );
  const workspace = await explained(`The folder ${projectDirectory} can't be used`, () =>
    LocalWorkspace.create({ workDir: projectDirectory, pulumiCommand }),
  );
  const name = stack ?? (await selectedStack(workspace, projectDirectory));
  // Every command names its stack. Selecting it would change what the person's next `pulumi up` works on.
  workspace.selectStack = async () => {};
  const selected = await Stack.select(name, workspace);
  const run =
    (verb: "preview" | "up" | "destroy") =>
    (options: RunOptions): Promise<RunResult> =>
      recorded(options, (common) => selected[verb](common));
  return {
    name: `Pulumi CLI ${workspace.pulumiVersion}`,
    stack: name,
    export: () => exported(path, name, projectDirectory),
    preview: run("preview"),
    up: run("up"),
    destroy: run("destroy"),
  };
}

/** Not by the Automation API: that always asks for the secrets in plain text, and nobody here needs to see them. */
async function exported(path: string, stack: string, projectDirectory: string): Promise<string> {
  const PATH = [dirname(path), process.env["PATH"]].join(delimiter);
  return explained(`The state of the stack ${stack} can't be exported`, async () => {
    const { stdout } = await execute(path, ["stack", "export", "--stack", stack, "--non-interactive"], {
      cwd: projectDirectory,
      env: { ...process.env, PATH, PULUMI_SKIP_UPDATE_CHECK: "true" },
      maxBuffer: largestStateBytes,
    });
    return stdout;
  });
}

async function selectedStack(workspace: LocalWorkspace, projectDirectory: string): Promise<string> {
  const selected = await explained("Pulumi can't list its stacks", () => workspace.stack());
  if (selected === undefined) {
    throw new ConfigurationError({
      what: "No stack is selected in this folder.",
      todo: "Name one with --stack.",
      facts: { file: projectDirectory },
    });
  }
  return selected.name;
}

function commonOptions({ targets, targetDependents, continueOnError, signal }: RunOptions) {
  return {
    color: "never" as const,
    ...(targets !== undefined && { target: [...targets] }),
    ...(targetDependents !== undefined && { targetDependents }),
    ...(continueOnError !== undefined && { continueOnError }),
    // In a terminal, Ctrl-C reaches the CLI by itself: told twice, it would end at once.
    ...(signal !== undefined && !process.stdin.isTTY && { signal }),
  };
}

type Common = ReturnType<typeof commonOptions> & {
  readonly onEvent: (event: EngineEvent) => void;
  readonly onError: (text: string) => void;
};

async function recorded(options: RunOptions, start: (common: Common) => Promise<unknown>): Promise<RunResult> {
  const record = new RunRecord();
  const errorText: string[] = [];
  const onEvent = (event: EngineEvent): void => take(event, record, options.say);
  try {
    await start({ ...commonOptions(options), onEvent, onError: (text) => errorText.push(text) });
    return record.result(true);
  } catch (error) {
    // What goes wrong before the engine runs, as a locked stack or a wrong passphrase, is no event.
    if (!record.hasErrors) {
      record.say({ severity: "error", text: wordsOf(errorText.join("").trim() || messageOf(error)) });
    }
    return record.result(false);
  }
}

function take(event: EngineEvent, record: RunRecord, say: (line: string) => void): void {
  const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
  if (resourcePreEvent !== undefined) {
    const { op, urn, type } = resourcePreEvent.metadata;
    record.step(op, urn, type);
  }
  if (resOutputsEvent !== undefined && resOutputsEvent.planning !== true) {
    const { op, urn } = resOutputsEvent.metadata;
    if (op !== "same") {
      say(stepLine(op, urn, false));
    }
  }
  if (resOpFailedEvent !== undefined) {
    const { op, urn } = resOpFailedEvent.metadata;
    record.fail(urn);
    say(stepLine(op, urn, true));
  }
  if (diagnosticEvent !== undefined) {
    const { severity, message, urn } = diagnosticEvent;
    const text = message.trim();
    // Debug messages, which the type does not know of, hold secrets in plain text.
    const isClosingLine = urn === undefined && /^(preview|update|destroy) failed$/.test(text);
    if (text !== "" && !isClosingLine && ["info", "info#err", "warning", "error"].includes(severity)) {
      record.say({ severity: severity === "info#err" ? "info" : severity, text, urn });
    }
  }
}

async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new ConfigurationError({ what: `${what}: ${wordsOf(messageOf(cause))}`, cause });
  }
}

/** What the CLI itself said: an error's message also repeats its command line and all of its output. */
function wordsOf(text: string): string {
  const said = text.split("\n").filter((line) => line.startsWith("error: "));
  return said.length === 0 ? text : [...new Set(said)].join("\n").replaceAll("error: ", "");
}
