import type { Project } from "../project/project";
import { type Child, type OutputStream, startProcess } from "./childProcess";
import { resolveSdk } from "./providerProcess";

/** The runtime exits with this when it has already told its error through the engine: nothing is to be added. */
export const exitCodeAlreadyReported = 32;

/** What the DIY backends of Pulumi call their only organization. */
const organization = "organization";

/** Starts the Pulumi program under Pulumi's own Node runtime, as the language host does. */
export function startProgram(options: {
  readonly project: Project;
  readonly address: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string, stream: OutputStream) => void;
}): Child {
  const { project } = options;
  return startProcess({
    command: process.execPath,
    arguments: [
      ...project.nodeArguments,
      resolveSdk(project.programDirectory, "cmd/run"),
      ...["--monitor", options.address, "--engine", options.address, "--organization", organization],
      ...["--project", project.name, "--root-directory", project.rootDirectory, "--stack", project.stack],
      ...["--pwd", project.programDirectory, "--parallel", String(options.parallel)],
      ...(options.dryRun ? ["--dry-run"] : []),
      project.entryPoint,
    ],
    directory: project.programDirectory,
    environment: { ...options.environment, ...programEnvironment(project) },
    onLine: options.onLine,
  });
}

function programEnvironment(project: Project): Record<string, string> {
  const entries = [...project.config];
  return {
    PULUMI_CONFIG: JSON.stringify(
      Object.fromEntries(
        entries.map(([key, { text }]) => {
          const [namespace, ...name] = key.split(":");
          return [`${namespace}:config:${name.join(":")}`, text];
        }),
      ),
    ),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(entries.filter(([, { secret }]) => secret).map(([key]) => key)),
    ...(project.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
  };
}
