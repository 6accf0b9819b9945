import { randomUUID } from "node:crypto";
import type { ProviderClient } from "../processes/providerClient";
import type { StackConfig } from "../project/config";
import { dynamicPackage } from "../providers";
import type { Run } from "../run";
import type { ResourceState } from "../state/deployment";
import { defaultProviderUrn } from "../urn";
import { type Properties, sameProperties, secret, unknown, type Value } from "../values";
import type { Entry } from "./resources";

export interface RegisteredProvider {
  readonly reference: string;
  readonly client: ProviderClient;
}

/** All of the stack's configuration: what the provider of the dynamic resources is configured with, and remembers. */
function providerInputs(config: StackConfig): Properties {
  return Object.fromEntries(
    [...config].map(([key, { text, secret: isSecret }]): [string, Value] => [key, isSecret ? secret(text) : text]),
  );
}

/** Puts the default provider into the state, as a resource like any other, and starts its process. */
export async function registerDefaultProvider(run: Run, old: Entry | undefined): Promise<RegisteredProvider> {
  const { project, state, providers } = run;
  const inputs = providerInputs(project.config);
  const now = run.now().toISOString();
  const urn = defaultProviderUrn(project.stack, project.name, dynamicPackage);
  const unchanged = old !== undefined && sameProperties(old.resource.inputs ?? {}, inputs);
  const resource: ResourceState = {
    urn,
    custom: true,
    id: old?.resource.id ?? (run.dryRun ? unknown : randomUUID()),
    type: `pulumi:providers:${dynamicPackage}`,
    inputs,
    outputs: inputs,
    created: old?.resource.created ?? now,
    modified: unchanged ? (old.resource.modified ?? now) : now,
  };
  const reference = `${urn}::${resource.id}`;
  const client = await providers.get(reference, inputs);
  state.record([
    { kind: "put", entry: state.nextNumber(), resource },
    ...(old === undefined ? [] : [{ kind: "remove", entry: old.entry } as const]),
  ]);
  return { reference, client };
}
