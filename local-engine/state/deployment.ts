import { z } from "zod";
import { LocalEngineError } from "../errors";
import {
  isList,
  isProperties,
  isSecret,
  mapValues,
  type Properties,
  secret,
  signatureKey,
  type Value,
} from "../values";

/** One resource of a stack's state, with the field names of Pulumi's deployment format (apitype.ResourceV3). */
export interface ResourceState {
  readonly urn: string;
  readonly custom: boolean;
  readonly delete?: boolean;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly external?: boolean;
  readonly dependencies?: readonly string[];
  readonly initErrors?: readonly string[];
  readonly provider?: string;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly pendingReplacement?: boolean;
  readonly additionalSecretOutputs?: readonly string[];
  readonly aliases?: readonly string[];
  readonly customTimeouts?: Readonly<Record<string, number>>;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly created?: string;
  readonly modified?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
}

export type OperationType = "creating" | "updating" | "deleting" | "reading";

/** An operation that had begun when the engine stopped: nobody knows whether it happened. */
export interface PendingOperation {
  readonly resource: ResourceState;
  readonly type: OperationType;
}

/** What `pulumi stack export --show-secrets` writes. */
export interface Deployment {
  readonly version: 3;
  readonly deployment: {
    readonly manifest: { readonly time: string; readonly magic: string; readonly version: string };
    /** With which passphrase `pulumi stack import` is to encrypt the secrets. */
    readonly secrets_providers?: { readonly type: "passphrase"; readonly state: { readonly salt: string } };
    readonly resources: readonly ResourceState[];
    readonly pending_operations?: readonly PendingOperation[];
    readonly metadata: Readonly<Record<string, unknown>>;
  };
}

const urns = z.array(z.string());
const properties = z.record(z.string(), z.unknown()).transform((stored) => mapValues(stored as Properties, fromStored));

// Loose: a field that a newer engine wrote is kept as it is for as long as its resource is not changed.
export const resourceSchema = z.looseObject({
  urn: z.string(),
  custom: z.boolean(),
  delete: z.boolean().optional(),
  id: z.string().optional(),
  type: z.string(),
  inputs: properties.optional(),
  outputs: properties.optional(),
  parent: z.string().optional(),
  protect: z.boolean().optional(),
  external: z.boolean().optional(),
  dependencies: urns.optional(),
  initErrors: urns.optional(),
  provider: z.string().optional(),
  propertyDependencies: z
    .record(
      z.string(),
      urns.nullable().transform((list) => list ?? []),
    )
    .optional(),
  pendingReplacement: z.boolean().optional(),
  additionalSecretOutputs: urns.optional(),
  aliases: urns.optional(),
  customTimeouts: z.record(z.string(), z.number()).optional(),
  retainOnDelete: z.boolean().optional(),
  deletedWith: z.string().optional(),
  created: z.string().optional(),
  modified: z.string().optional(),
  ignoreChanges: urns.optional(),
  replaceOnChanges: urns.optional(),
});

export const operationTypeSchema = z.enum(["creating", "updating", "deleting", "reading"]);

const deploymentSchema = z.looseObject({
  version: z.number(),
  deployment: z.looseObject({
    resources: z.array(resourceSchema).nullish(),
    pending_operations: z.array(z.looseObject({ resource: resourceSchema, type: operationTypeSchema })).nullish(),
  }),
});

export interface DeploymentContent {
  readonly resources: readonly ResourceState[];
  readonly pendingOperations: readonly PendingOperation[];
}

/** @throws LocalEngineError where the text is no deployment, is encrypted, or is of a version with features unknown here. */
export function parseDeployment(text: string, path: string): DeploymentContent {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new LocalEngineError(`${path} is no JSON. Restore it from a copy, or remove it to start anew.`);
  }
  const result = deploymentSchema.safeParse(json);
  if (!result.success) {
    throw new LocalEngineError(`${path} is no stack export: ${z.prettifyError(result.error)}`);
  }
  if (result.data.version !== 3) {
    throw new LocalEngineError(
      `${path} is a deployment of version ${result.data.version}; the local engine knows version 3 only.`,
    );
  }
  const { resources, pending_operations: pending } = result.data.deployment;
  return {
    resources: (resources ?? []) as ResourceState[],
    pendingOperations: (pending ?? []) as PendingOperation[],
  };
}

export function toDeployment(content: DeploymentContent, now: Date): Deployment {
  return {
    version: 3,
    deployment: {
      manifest: { time: now.toISOString(), magic: "", version: "" },
      resources: content.resources.map(toStoredResource),
      ...(content.pendingOperations.length > 0 && {
        pending_operations: content.pendingOperations.map(({ resource, type }) => ({
          resource: toStoredResource(resource),
          type,
        })),
      }),
      metadata: {},
    },
  };
}

/** The resource as it is written: false and empty fields left out, except `custom`; secrets as `--show-secrets` shows them. */
export function toStoredResource(resource: ResourceState): ResourceState {
  const stored = Object.entries(resource).filter(([key, value]) => key === "custom" || !isEmpty(value));
  return Object.fromEntries(
    stored.map(([key, value]) =>
      key === "inputs" || key === "outputs" ? [key, mapValues(value as Properties, toStored)] : [key, value],
    ),
  ) as unknown as ResourceState;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") {
    return true;
  }
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A secret is stored as the JSON of its value: a string keeps its quotes. */
function toStored(value: Value): Value {
  if (isSecret(value)) {
    const { [signatureKey]: mark } = value;
    return { [signatureKey]: mark ?? null, plaintext: JSON.stringify(toStored(value.value)) };
  }
  if (isList(value)) {
    return value.map(toStored);
  }
  return isProperties(value) ? mapValues(value, toStored) : value;
}

function fromStored(value: Value): Value {
  if (isProperties(value) && signatureKey in value) {
    if (typeof value["plaintext"] === "string") {
      return secret(fromStored(plaintextOf(value["plaintext"])));
    }
    if ("ciphertext" in value) {
      throw new LocalEngineError("The state has encrypted values. Export it again with --show-secrets.");
    }
  }
  if (isList(value)) {
    return value.map(fromStored);
  }
  return isProperties(value) ? mapValues(value, fromStored) : value;
}

function plaintextOf(json: string): Value {
  try {
    return JSON.parse(json);
  } catch {
    // Not with the parser's own words: they quote what it stumbled over, and that is the secret.
    throw new LocalEngineError(
      'The state has a secret whose plaintext is no JSON. A text stands there with its quotes: "plaintext": "\\"…\\"".',
    );
  }
}
