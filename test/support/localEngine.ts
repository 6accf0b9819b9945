import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runLines } from "../../cli/localDisplay";
import { destroy, exportStack, preview, type RunOptions, refresh, up } from "../../local-engine/engine";
import type { RunResult } from "../../local-engine/events";
import { defaultStateFolder, stackFiles } from "../../local-engine/state/stackState";
import type { Engine, Outcome, RunSettings } from "./engine";
import { runEnvironment } from "./engine";
import type { Project } from "./project";

/** The engine of this repository, in this process. */
export function localEngine(): Engine {
  const run =
    (verb: "preview" | "up" | "refresh" | "destroy", start: (options: RunOptions) => Promise<RunResult>) =>
    async (project: Project, settings: RunSettings = {}): Promise<Outcome> => {
      const result = await start({
        projectDirectory: project.directory,
        stack: project.stack,
        environment: runEnvironment(project, settings),
        targets: settings.targets,
        refresh: settings.refresh,
        continueOnError: settings.continueOnError,
      });
      return {
        succeeded: result.succeeded,
        changes: result.changes as Record<string, number>,
        steps: result.steps.map(({ op, urn, type, name }) => ({ op, urn, type, name })),
        text: runLines(verb, result).join("\n"),
        outputs: result.outputs,
      };
    };
  return {
    name: "local engine",
    host: "dynamic",
    preview: run("preview", preview),
    up: run("up", up),
    refresh: run("refresh", refresh),
    destroy: run("destroy", destroy),
    export: async ({ directory, stack, environment }) =>
      exportStack({ projectDirectory: directory, stack, environment }),
    import: async (project, deployment) => {
      const folder = join(project.directory, defaultStateFolder);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(stackFiles(folder, project.stack).state, JSON.stringify(deployment), { mode: 0o600 });
    },
  };
}
