import { execFile } from "node:child_process";
import { join } from "node:path";
import { findPulumi } from "../../cli/stackRunner/findPulumi";
import { type Engine, type RunSettings, runEnvironment } from "./engine";
import { type Project, repositoryRoot } from "./project";
import { pulumiEnvironment } from "./pulumiEngine";

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `azure-certificates` as it is built, in a project's folder, where it finds the engine that runs the project. */
export function commandInProject(
  project: Project,
  engine: Engine,
  args: readonly string[],
  settings: RunSettings & { readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<CommandOutcome> {
  const { promise, resolve } = Promise.withResolvers<CommandOutcome>();
  const pulumi = engine.name === "pulumi" ? findPulumi() : undefined;
  const environment =
    pulumi === undefined
      ? { ...process.env, ...runEnvironment(project, settings) }
      : pulumiEnvironment(pulumi, project, settings);
  execFile(
    process.execPath,
    [join(repositoryRoot, "dist/cli/main.js"), ...args],
    { cwd: project.directory, env: { ...environment, ...settings.environment } },
    (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
  );
  return promise;
}
