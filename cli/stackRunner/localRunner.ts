import { existsSync } from "node:fs";
import { join } from "node:path";
import { destroy, exportStack, type RunOptions as LocalOptions, preview, up } from "../../local-engine/engine";
import type { RunResult as LocalResult, Severity } from "../../local-engine/events";
import { defaultStateFolder, stackFiles } from "../../local-engine/state/stackState";
import { ConfigurationError } from "../../provider/errors";
import { RunRecord, type Said, stepLine } from "./runRecord";
import type { RunOptions, RunResult, StackRunner } from "./stackRunner";
import { withDependents } from "./withDependents";

/** The engine of this package: endpoints on this machine only. */
export function localRunner(projectDirectory: string, stack: string): StackRunner {
  const place = { projectDirectory, stack };
  const exported = (): string => {
    // Without this, a typing mistake in the stack's name would look like a stack in which nothing is due.
    if (!existsSync(stackFiles(join(projectDirectory, defaultStateFolder), stack).state)) {
      throw new ConfigurationError({
        what: `The local engine has no state of a stack ${stack} in this folder.`,
        todo: "Name the folder of Pulumi.yaml with --cwd and the stack with --stack. A stack of Pulumi needs the Pulumi CLI, on PATH or in PULUMI_HOME.",
        facts: { file: projectDirectory },
      });
    }
    return JSON.stringify(exportStack(place));
  };
  const run =
    (start: (options: LocalOptions) => Promise<LocalResult>) =>
    async ({ targets, targetDependents, continueOnError, signal, say }: RunOptions): Promise<RunResult> =>
      resultOf(
        await start({
          ...place,
          targets: targetDependents ? withDependents(targets ?? [], exported()) : targets,
          continueOnError,
          signal,
          onEvent: (event) => {
            if (event.kind === "stepEnded" && event.result !== "same") {
              say(stepLine(event.result, event.step.urn, event.outcome === "failed"));
            }
          },
        }),
      );
  return {
    name: "the local engine",
    stack,
    export: async () => exported(),
    preview: run(preview),
    up: run(up),
    destroy: run(destroy),
  };
}

function resultOf(result: LocalResult): RunResult {
  const record = new RunRecord();
  for (const { op, urn, type } of result.steps) {
    record.step(op, urn, type);
  }
  for (const { urn } of result.failedSteps) {
    record.fail(urn);
  }
  for (const { severity, message, urn } of result.diagnostics) {
    record.say({ severity: severityOf(severity), text: message, urn });
  }
  if (result.outcome === "cancelled") {
    record.say({ severity: "error", text: "Cancelled: what was done is kept, and nothing new was begun." });
  }
  return record.result(result.succeeded);
}

function severityOf(severity: Severity): Said["severity"] {
  return severity === "error" || severity === "warning" ? severity : "info";
}
