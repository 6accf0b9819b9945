import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { LocalEngineError, UnsupportedError } from "../errors";
import { dynamicPackage, requireServed } from "../providers";
import { isProviderType, packageOf, providedPackage, providerType, stackType } from "../urn";
import { findOtherSignature, fromStruct, type Properties } from "../values";

/** What a program asks for in one registration. */
export interface Goal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  /** The provider that the program chose, as `<urn>::<id>`; empty for the default one. */
  readonly provider: string;
  /** Of the package; empty where the program names none. */
  readonly version: string;
  /** What exists already under this id is taken over; empty for a resource that is to be made. */
  readonly importId: string;
  readonly properties: Properties;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly aliases: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly customTimeouts: Readonly<Record<string, number>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deletedWith: string;
  /** Whether the old resource goes first; undefined where the program leaves it to the provider. */
  readonly deleteBeforeReplace: boolean | undefined;
}

/** @throws UnsupportedError where the registration uses what this engine can't do */
export function goalOf(request: RegisterResourceRequest): Goal {
  const type = request.getType();
  const custom = request.getCustom();
  requireSupported(request);
  const properties = fromStruct(request.getObject());
  requireSupportedValues(`${type} ${request.getName()}`, properties);
  const timeouts = request.getCustomtimeouts();
  return {
    type,
    name: request.getName(),
    custom,
    parent: request.getParent(),
    provider: request.getProvider(),
    version: request.getVersion(),
    importId: request.getImportid(),
    properties,
    dependencies: request.getDependenciesList(),
    propertyDependencies: {
      ...Object.fromEntries(Object.keys(properties).map((key) => [key, []])),
      ...declaredDependencies(request),
    },
    aliases: request.getAliasurnsList(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: {
      create: timeoutSeconds(timeouts?.getCreate()),
      update: timeoutSeconds(timeouts?.getUpdate()),
      delete: timeoutSeconds(timeouts?.getDelete()),
      read: timeoutSeconds(timeouts?.getRead()),
    },
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
  };
}

function declaredDependencies(request: RegisterResourceRequest): Record<string, readonly string[]> {
  const declared: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, key) => {
    declared[key] = dependencies.getUrnsList();
  });
  return declared;
}

function requireSupported(request: RegisterResourceRequest): void {
  const type = request.getType();
  const hooks = request.getHooks()?.toObject();
  const features: readonly [boolean, string][] = [
    [request.getRemote(), `components of other languages and packages (${type})`],
    [type === providerType(dynamicPackage), `explicit providers of dynamic resources (${type})`],
    // Pulumi can't do it either: it does not know the provider's code.
    [request.getImportid() !== "" && packageOf(type) === dynamicPackage, "importing dynamic resources"],
    [request.getTransformsList().length > 0, "transforms"],
    [hooks !== undefined && Object.values(hooks).some((names) => names.length > 0), "resource hooks"],
    [request.getReplaceWithList().length > 0, "replaceWith"],
    [request.getReplacementTrigger() !== undefined, "replacementTrigger"],
    // Never sent, because the engine says that it does not know them.
    [request.getAliasesList().length > 0, "alias specifications"],
    [request.getStateMigrationsList().length > 0, "state migrations"],
  ];
  for (const [used, feature] of features) {
    if (used) {
      throw new UnsupportedError(feature);
    }
  }
  if (request.getCustom() && type !== stackType) {
    requireServed(isProviderType(type) ? providedPackage(type) : packageOf(type));
  }
}

/** @throws UnsupportedError where a value is an asset, an archive, or something else that is no plain data */
function requireSupportedValues(resource: string, properties: Properties): void {
  const signature = findOtherSignature(properties);
  if (signature !== undefined) {
    throw new UnsupportedError(`assets, archives and resource references as inputs (${resource})`);
  }
}

const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Go's way to write a duration, as `1h30m`. */
function timeoutSeconds(duration: string | undefined): number {
  if (duration === undefined || duration === "") {
    return 0;
  }
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([text]) => text).join("") !== duration) {
    throw new LocalEngineError(`customTimeouts: "${duration}" is no duration. Write it as 90s, 5m or 1h30m.`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitSeconds[unit ?? ""] ?? 0), 0);
}
