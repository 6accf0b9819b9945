import { randomUUID } from "node:crypto";
import { LocalEngineError } from "../errors";
import type { ProviderClient } from "../processes/providerClient";
import type { StackConfig } from "../project/config";
import { dynamicPackage } from "../providers";
import type { Run } from "../run";
import type { ResourceState } from "../state/deployment";
import { defaultProviderUrn, providedPackage, providerType } from "../urn";
import { type Properties, sameProperties, secret, unknown, type Value } from "../values";
import type { Lifecycle } from "./plan";
import type { Entry } from "./resources";

export interface RegisteredProvider {
  /** As resources name it in the state: `<urn>::<id>`. */
  readonly reference: string;
  readonly client: ProviderClient;
}

/** Which provider the engine makes for resources that name none. */
export interface DefaultProvider {
  readonly packageName: string;
  /** That the program asks for; may be empty. */
  readonly version: string;
}

/** The provider of the dynamic resources gets all of the stack's configuration; a plugin, what carries its name. */
function defaultInputs(config: StackConfig, { packageName, version }: DefaultProvider): Properties {
  const values = [...config].map(([key, { text, secret: isSecret }]): [string, Value] => [
    key,
    isSecret ? secret(text) : text,
  ]);
  if (packageName === dynamicPackage) {
    return Object.fromEntries(values);
  }
  const namespace = `${packageName}:`;
  const own = values.filter(([key]) => key.startsWith(namespace));
  return {
    ...Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length), value])),
    ...(version !== "" && { version }),
  };
}

/** Puts a default provider into the state, as a resource like any other, and starts its process. */
export async function registerDefaultProvider(
  run: Run,
  wanted: DefaultProvider,
  old: Entry | undefined,
): Promise<RegisteredProvider> {
  const { project, state, providers } = run;
  const urn = defaultProviderUrn(project.stack, project.name, wanted.packageName, wanted.version);
  const now = run.now().toISOString();
  const given = defaultInputs(project.config, wanted);
  const { inputs, failures } = await providers.checkConfig(wanted.packageName, urn, old?.resource.inputs ?? {}, given);
  if (failures.length > 0) {
    throw new LocalEngineError(failures.map(({ reason }) => reason).join("\n"));
  }
  const unchanged = old !== undefined && sameProperties(old.resource.inputs ?? {}, inputs);
  const resource: ResourceState = {
    urn,
    custom: true,
    id: old?.resource.id ?? (run.dryRun ? unknown : randomUUID()),
    type: providerType(wanted.packageName),
    inputs,
    outputs: inputs,
    created: old?.resource.created ?? now,
    modified: unchanged ? (old.resource.modified ?? now) : now,
  };
  const reference = `${urn}::${resource.id}`;
  if (!unchanged) {
    providers.forget(reference);
  }
  const client = await providers.get(reference, () => inputs);
  state.record([
    { kind: "put", entry: state.nextNumber(), resource },
    ...(old === undefined ? [] : [{ kind: "remove", entry: old.entry } as const]),
  ]);
  return { reference, client };
}

/** The provider that a resource names, configured as the state has it. */
export function providerOf({ state, providers }: Run, reference: string): Promise<ProviderClient> {
  return providers.get(reference, () => {
    const found = state.entries().find(({ resource }) => `${resource.urn}::${resource.id}` === reference);
    return found?.resource.inputs ?? {};
  });
}

/** Provider resources that a program makes are the engine's own. Each gets its process with the first resource that it serves. */
export function providerLifecycle({ providers }: Run): Lifecycle {
  const outcome = (id: string, inputs: Properties) => ({ id, outputs: inputs, inputs: undefined, initErrors: [] });
  return {
    previews: true,
    check: ({ urn, type }, olds, news) => providers.checkConfig(providedPackage(type), urn, olds, news),
    // Nobody is asked whether it has to be replaced: that would replace everything that it serves.
    diff: async () => ({ changes: null, replaces: [], diffs: [], details: [], deleteBeforeReplace: false }),
    create: async (_, inputs, { preview }) => outcome(preview ? unknown : randomUUID(), inputs),
    update: async ({ urn }, { id, news }) => {
      providers.forget(`${urn}::${id}`);
      return outcome(id, news);
    },
  };
}
