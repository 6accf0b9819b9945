import { createRequire } from "node:module";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { LocalEngineError } from "../errors";
import { channelOptions } from "../services/channelOptions";
import { type Child, type OutputStream, startNode } from "./childProcess";

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

/** Starts the process that serves all dynamic resources of a program. */
export function startDynamicProvider(options: {
  readonly programDirectory: string;
  readonly projectName: string;
  readonly engineAddress: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string, stream: OutputStream) => void;
}): ProviderProcess {
  let port: string | undefined;
  let announce: (port: string) => void = () => {};
  const announced = new Promise<string>((resolve) => {
    announce = resolve;
  });
  const child = startNode({
    arguments: [resolveSdk(options.programDirectory, "cmd/dynamic-provider"), options.engineAddress],
    directory: options.programDirectory,
    environment: { ...options.environment, PULUMI_NODEJS_PROJECT: options.projectName },
    onLine: (line, stream) => {
      if (port === undefined && stream === "stdout") {
        port = line.trim();
        announce(port);
        return;
      }
      options.onLine(line, stream);
    },
  });
  const client = connect(child, announced);
  // Whoever needs it will see the failure; a run that never does must not die of it.
  client.catch(() => {});
  return {
    client,
    stop: async () => {
      await child.stop(stopGraceMs);
      await client.then((each) => each.close()).catch(() => undefined);
    },
    kill: () => child.kill(),
  };
}

async function connect(child: Child, announced: Promise<string>): Promise<ResourceProviderClient> {
  const timer = setTimeout(() => child.kill(), startTimeoutMs);
  const port = await Promise.race([announced, child.ended.then(() => "")]);
  clearTimeout(timer);
  if (!/^\d+$/.test(port)) {
    child.kill();
    throw new LocalEngineError("The process of the dynamic provider ended before it told its port.");
  }
  return new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions);
}
