import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ProviderClient } from "../local-engine/processes/providerClient";
import { type ProviderProcess, startDynamicProvider, startPlugin } from "../local-engine/processes/providerProcess";
import { Progress } from "../local-engine/progress";
import { engineService } from "../local-engine/services/engineService";
import { startServer } from "../local-engine/services/server";
import type { Properties } from "../local-engine/values";
import { localEngine } from "../test/support/localEngine";
import { repositoryRoot } from "../test/support/project";
import type { Figure } from "./figure";
import { accessStack, emptyStack, type ScaleStack } from "./scaleStacks";
import { median, timed } from "./statistics";

const rounds = 9;
const command = join(repositoryRoot, "dist/cli/main.js");

/** From nothing to the first answer: of the provider process, of the plugin, and of the command. */
export async function measureStart(): Promise<readonly Figure[]> {
  const [ours, plugin, empty] = [await accessStack(), await accessStack("plugin"), await emptyStack()];
  const progress = new Progress({ onEvent: () => {}, now: () => new Date(), continueOnError: false });
  const engine = await startServer([{ definition: EngineService, handlers: engineService(progress) }]);
  try {
    const [ourFirst, pluginFirst, emptyFirst] = [await firstOf(ours), await firstOf(plugin), await firstOf(empty)];
    const statePath = join(ours.project.directory, "export.json");
    writeFileSync(statePath, JSON.stringify(await localEngine().export(ours.project)), { mode: 0o600 });
    const times: Record<"ours" | "plugin" | "empty" | "node" | "help" | "due", number[]> = {
      ours: [],
      plugin: [],
      empty: [],
      node: [],
      help: [],
      due: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      times.ours.push(await timed(() => firstAnswer(dynamicProvider(ours, engine.address), ourFirst, engine.address)));
      times.plugin.push(await timed(() => firstAnswer(pluginOf(plugin, engine.address), pluginFirst, engine.address)));
      times.empty.push(
        await timed(() => firstAnswer(dynamicProvider(empty, engine.address), emptyFirst, engine.address)),
      );
      times.node.push(await timed(() => runNode(["-e", "0"])));
      times.help.push(await timed(() => runNode([command, "--help"])));
      times.due.push(await timed(() => runNode([command, "due", "--state", statePath])));
    }
    const byTurns = `Medians of ${rounds}, by turns.`;
    return [
      {
        name: "Provider process until its first answer, against an empty dynamic resource",
        value: median(times.ours) / median(times.empty),
        unit: "times",
        how: `From starting the process of Pulumi's dynamic provider until it has answered one \`check\` of a certificate. ${byTurns}`,
      },
      {
        name: "Native plugin until its first answer",
        value: median(times.plugin),
        unit: "ms",
        goal: { atMost: 400 },
        how: `From starting the process until it has answered one \`check\` of a certificate. ${byTurns}`,
      },
      {
        name: "azure-certificates --help, against node -e 0",
        value: median(times.help) / median(times.node),
        unit: "times",
        how: `Whole processes, from start to end. ${byTurns}`,
      },
      {
        name: "azure-certificates due, against node -e 0",
        value: median(times.due) / median(times.node),
        unit: "times",
        how: `With the export of a stack of a certificate and nine links. ${byTurns}`,
      },
    ];
  } finally {
    engine.close();
    ours.remove();
    plugin.remove();
    empty.remove();
  }
}

/** The first resource that the stack made. */
async function firstOf({ project }: ScaleStack): Promise<{ type: string; inputs: Properties }> {
  const { deployment } = await localEngine().export(project);
  const resource = deployment.resources.find(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"));
  if (resource?.inputs === undefined) {
    throw new Error("the stack made no resource");
  }
  return { type: resource.type, inputs: resource.inputs };
}

function dynamicProvider({ project }: ScaleStack, engineAddress: string): ProviderProcess {
  return startDynamicProvider({
    programDirectory: project.directory,
    projectName: project.name,
    engineAddress,
    environment: { ...process.env, ...project.environment },
    onLine: () => {},
  });
}

function pluginOf({ project }: ScaleStack, engineAddress: string): ProviderProcess {
  return startPlugin({
    programDirectory: project.directory,
    folder: join(project.directory, "node_modules/.bin"),
    packageName: "azure-certificates",
    engineAddress,
    environment: { ...process.env, ...project.environment },
    onLine: () => {},
  });
}

async function firstAnswer(
  provider: ProviderProcess,
  { type, inputs }: { type: string; inputs: Properties },
  engineAddress: string,
): Promise<void> {
  try {
    const client = await ProviderClient.greet(await provider.client, engineAddress);
    await client.configure({});
    await client.check({ urn: `urn:pulumi:prod::access::${type}::first`, name: "first", type }, {}, inputs);
  } finally {
    provider.kill();
  }
}

function runNode(words: readonly string[]): void {
  // 2 is what `due` says when something is due.
  const { status, error } = spawnSync(process.execPath, words, { stdio: "ignore" });
  if (error !== undefined || (status !== 0 && status !== 2)) {
    throw error ?? new Error(`node ${words.join(" ")} ended with exit code ${status}`);
  }
}
