import { createRequire } from "node:module";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { LocalEngineError } from "../errors";
import { channelOptions } from "../services/channelOptions";
import { type OutputStream, startNode } from "./childProcess";

const startTimeoutMs = 60_000;
const stopGraceMs = 5_000;

export interface ProviderProcess {
  readonly client: ResourceProviderClient;
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

/** Starts the process that serves all dynamic resources of a program, and waits until it listens. */
export async function startDynamicProvider(options: {
  readonly programDirectory: string;
  readonly projectName: string;
  readonly engineAddress: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string, stream: OutputStream) => void;
}): Promise<ProviderProcess> {
  let port: string | undefined;
  let listening: (port: string) => void = () => {};
  const firstLine = new Promise<string>((resolve) => {
    listening = resolve;
  });
  const child = startNode({
    arguments: [resolveSdk(options.programDirectory, "cmd/dynamic-provider"), options.engineAddress],
    directory: options.programDirectory,
    environment: { ...options.environment, PULUMI_NODEJS_PROJECT: options.projectName },
    onLine: (line, stream) => {
      if (port === undefined && stream === "stdout") {
        port = line.trim();
        listening(port);
        return;
      }
      options.onLine(line, stream);
    },
  });
  const timer = setTimeout(() => child.kill(), startTimeoutMs);
  const announced = await Promise.race([firstLine, child.ended.then((code) => ({ code }))]);
  clearTimeout(timer);
  if (typeof announced !== "string" || !/^\d+$/.test(announced)) {
    child.kill();
    throw new LocalEngineError("The process of the dynamic provider ended before it told its port.");
  }
  const client = new ResourceProviderClient(`127.0.0.1:${announced}`, credentials.createInsecure(), channelOptions);
  return {
    client,
    stop: async () => {
      client.close();
      await child.stop(stopGraceMs);
    },
    kill: () => child.kill(),
  };
}
