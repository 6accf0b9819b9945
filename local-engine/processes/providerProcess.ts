import { createRequire } from "node:module";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { LocalEngineError } from "../errors";
import { channelOptions } from "../services/channelOptions";
import { type Child, type OutputStream, startProcess } from "./childProcess";

const startTimeoutMs = 60_000;
const stopGraceMs = 5_000;

export interface ProviderProcess {
  /** Once it listens. */
  readonly client: Promise<ResourceProviderClient>;
  stop(): Promise<void>;
  kill(): void;
}

/** Finds a module of the Pulumi SDK as the program would: from the program's folder. */
export function resolveSdk(programDirectory: string, module: string): string {
  try {
    return createRequire(join(programDirectory, "index.js")).resolve(`@pulumi/pulumi/${module}`);
  } catch (error) {
    throw new LocalEngineError(
      `The program in ${programDirectory} can't load @pulumi/pulumi. Run npm install there first.`,
      { cause: error },
    );
  }
}

const keptLines = 100;

interface ProviderProcessOptions {
  readonly programDirectory: string;
  readonly engineAddress: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string, stream: OutputStream) => void;
}

/** Starts the process that serves all dynamic resources of a program. */
export function startDynamicProvider(
  options: ProviderProcessOptions & { readonly projectName: string },
): ProviderProcess {
  return startProvider(options, {
    command: process.execPath,
    arguments: [resolveSdk(options.programDirectory, "cmd/dynamic-provider")],
    variables: { PULUMI_NODEJS_PROJECT: options.projectName },
  });
}

/**
 * Starts a plugin, which serves one provider resource: `pulumi-resource-<package>` in the folder that the project names. As
 * with Pulumi, a plugin talks to people through the engine: its lines are given out only where it ends by itself.
 */
export function startPlugin(
  given: ProviderProcessOptions & { readonly folder: string; readonly packageName: string },
): ProviderProcess {
  const lines: string[] = [];
  const options = {
    ...given,
    onLine: (line: string) => {
      lines.push(line);
      lines.splice(0, lines.length - keptLines);
    },
    onUnexpectedEnd: () => {
      given.onLine(`The plugin of ${given.packageName} ended by itself.`, "stderr");
      for (const line of lines) {
        given.onLine(line, "stderr");
      }
    },
  };
  return startProvider(options, {
    command: join(given.folder, `pulumi-resource-${given.packageName}`),
    arguments: [],
  });
}

/** A provider is told the address of its engine, and prints its own port as its first line. */
function startProvider(
  options: ProviderProcessOptions & { readonly onUnexpectedEnd?: () => void },
  program: {
    readonly command: string;
    readonly arguments: readonly string[];
    readonly variables?: Readonly<Record<string, string>>;
  },
): ProviderProcess {
  let port: string | undefined;
  let announce: (port: string) => void = () => {};
  const announced = new Promise<string>((resolve) => {
    announce = resolve;
  });
  const child = startProcess({
    command: program.command,
    arguments: [...program.arguments, options.engineAddress],
    directory: options.programDirectory,
    environment: { ...options.environment, ...program.variables },
    onLine: (line, stream) => {
      if (port === undefined && stream === "stdout") {
        port = line.trim();
        announce(port);
        return;
      }
      options.onLine(line, stream);
    },
  });
  let isStopping = false;
  child.ended.then(() => isStopping || options.onUnexpectedEnd?.()).catch(() => {});
  const client = connect(child, announced);
  // Whoever needs it will see the failure; a run that never does must not die of it.
  client.catch(() => {});
  return {
    client,
    stop: async () => {
      isStopping = true;
      await child.stop(stopGraceMs);
      await client.then((each) => each.close()).catch(() => undefined);
    },
    kill: () => {
      isStopping = true;
      child.kill();
    },
  };
}

async function connect(child: Child, announced: Promise<string>): Promise<ResourceProviderClient> {
  const timer = setTimeout(() => child.kill(), startTimeoutMs);
  const port = await Promise.race([announced, child.ended.then(() => "")]);
  clearTimeout(timer);
  if (!/^\d+$/.test(port)) {
    child.kill();
    throw new LocalEngineError("The process ended before it told its port.");
  }
  return new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions);
}
