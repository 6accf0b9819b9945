import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Deployment } from "../../local-engine/state/deployment";
import { signatureKey, unknown } from "../../local-engine/values";
import type { Engine, Outcome, RunSettings, StepRecord } from "./engine";
import { runEnvironment } from "./engine";
import type { Project } from "./project";

const execute = promisify(execFile);
const largestOutputBytes = 64 * 1024 * 1024;

const stepStates = z.looseObject({ outputs: z.record(z.string(), z.unknown()).nullish() }).nullish();
const eventSchema = z.looseObject({
  resourcePreEvent: z
    .looseObject({ metadata: z.looseObject({ op: z.string(), urn: z.string(), type: z.string() }) })
    .optional(),
  resOutputsEvent: z.looseObject({ metadata: z.looseObject({ type: z.string(), new: stepStates }) }).optional(),
  summaryEvent: z.looseObject({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
});
type EngineEvent = z.infer<typeof eventSchema>;

/**
 * The Pulumi CLI, with a state, a home and a passphrase of the project's own: never the user's. What it did is read from
 * its event log, because only `preview` answers as JSON.
 */
export function pulumiEngine(path: string): Engine {
  const run =
    (verb: "preview" | "up" | "refresh" | "destroy") =>
    async (project: Project, settings: RunSettings = {}): Promise<Outcome> => {
      await selectStack(path, project);
      const log = join(project.directory, `events-${randomUUID()}.json`);
      const { text, succeeded } = await pulumi(path, project, settings, [
        verb,
        ...(verb === "preview" ? [] : ["--yes", "--skip-preview"]),
        ...["--non-interactive", "--color", "never", "--event-log", log],
        ...(settings.targets ?? []).flatMap((target) => ["--target", target]),
        ...(settings.refresh === true ? ["--refresh"] : []),
        ...(settings.continueOnError === true ? ["--continue-on-error"] : []),
      ]);
      try {
        return outcomeOf(readEvents(log), text, succeeded);
      } finally {
        // Its debug messages hold secrets in plain text.
        rmSync(log, { force: true });
      }
    };
  return {
    name: "pulumi",
    host: "dynamic",
    preview: run("preview"),
    up: run("up"),
    refresh: run("refresh"),
    destroy: run("destroy"),
    export: async (project) => {
      await selectStack(path, project);
      const { text } = await pulumi(path, project, {}, ["stack", "export", "--show-secrets"], "stdout");
      return JSON.parse(text) as Deployment;
    },
    import: async (project, deployment) => {
      await selectStack(path, project);
      const file = join(project.directory, `import-${randomUUID()}.json`);
      writeFileSync(file, JSON.stringify(deployment), { mode: 0o600 });
      const { text, succeeded } = await pulumi(path, project, {}, ["stack", "import", "--file", file]);
      rmSync(file);
      if (!succeeded) {
        throw new Error(`pulumi stack import failed: ${text}`);
      }
    },
  };
}

async function selectStack(path: string, project: Project): Promise<void> {
  const marker = join(project.directory, ".pulumi-backend/.pulumi/stacks", project.name, `${project.stack}.json`);
  if (existsSync(marker)) {
    return;
  }
  mkdirSync(join(project.directory, ".pulumi-backend"), { recursive: true });
  const { text, succeeded } = await pulumi(path, project, {}, ["stack", "init", project.stack, "--non-interactive"]);
  if (!succeeded) {
    throw new Error(`pulumi stack init failed: ${text}`);
  }
}

async function pulumi(
  path: string,
  project: Project,
  settings: RunSettings,
  args: readonly string[],
  wanted: "all" | "stdout" = "all",
): Promise<{ text: string; succeeded: boolean }> {
  const options = {
    cwd: project.directory,
    maxBuffer: largestOutputBytes,
    env: pulumiEnvironment(path, project, settings),
  };
  try {
    const { stdout, stderr } = await execute(path, [...args], options);
    return { text: wanted === "stdout" ? stdout : stdout + stderr, succeeded: true };
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return { text: `${stdout ?? ""}${stderr ?? String(error)}`, succeeded: false };
  }
}

/** What the CLI runs with: a state, a home and a passphrase of the project's own. */
export function pulumiEnvironment(path: string, project: Project, settings: RunSettings): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // The language host and the launcher of dynamic providers stand beside the CLI.
    PATH: [dirname(path), process.env["PATH"]].join(delimiter),
    PULUMI_HOME: join(project.directory, ".pulumi-home"),
    PULUMI_BACKEND_URL: `file://${join(project.directory, ".pulumi-backend")}`,
    PULUMI_STACK: project.stack,
    PULUMI_CONFIG_PASSPHRASE: "only for tests",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Without it there is no --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
    ...runEnvironment(project, settings),
  };
}

function readEvents(path: string): EngineEvent[] {
  if (!existsSync(path)) {
    return [];
  }
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => eventSchema.parse(JSON.parse(line)));
}

function outcomeOf(events: readonly EngineEvent[], text: string, succeeded: boolean): Outcome {
  const steps = events.flatMap(({ resourcePreEvent: event }): StepRecord[] => {
    if (event === undefined || event.metadata.type.startsWith("pulumi:providers:")) {
      return [];
    }
    const { op, urn, type } = event.metadata;
    return [{ op, urn, type, name: urn.split("::").slice(3).join("::") }];
  });
  const stack = events
    .flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? [])
    .findLast(({ type }) => type === "pulumi:pulumi:Stack");
  const summary = events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent;
  const outputs = Object.entries(stack?.new?.outputs ?? {});
  return {
    succeeded,
    changes: summary?.resourceChanges ?? {},
    steps,
    text,
    outputs: Object.fromEntries(outputs.map(([key, value]) => [key, shown(value)])),
  };
}

/** The event log hides a secret inside a signed object. */
function shown(value: unknown): unknown {
  if (value === unknown) {
    return "[unknown]";
  }
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return signatureKey in value
    ? "[secret]"
    : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(each)]));
}
