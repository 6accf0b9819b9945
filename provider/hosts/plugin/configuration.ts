import type { CheckRequest, ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";
import { type ProviderConfiguration, parseConfiguration } from "../../azure/configuration";
import { providerConfiguration, secretConfigurationKeys } from "../../azure/configurationDefinition";
import { ConfigurationError } from "../../errors";
import type { CheckFailure, CheckResult, Values } from "../../resources/lifecycle";
import { containsUnknown } from "../../resources/unknowns";
import { withSecrets } from "../signedValues";
import { packageName } from "./resources";
import { received } from "./wire";

export type Environment = Readonly<Record<string, string | undefined>>;

const configurationKeys: readonly string[] = Object.keys(providerConfiguration.shape);

/** What the engine, not a person, puts among the inputs of every provider. */
const ofTheEngine = ["version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal"];

/**
 * What a provider resource is told, checked. Returned as it came, but for what holds a key: that is secret whether the
 * program says so or not.
 */
export function checkConfiguration(request: CheckRequest, environment: Environment): CheckResult {
  const { values, marked } = received(request.getNews());
  const failures = [...unknownSettings(values, request.getUrn()), ...contradictions(values, environment)];
  return { inputs: withSecrets(marked, secretConfigurationKeys), failures };
}

/** @throws ConfigurationError ERR_CONFIGURATION, naming the setting or the variable at fault */
export function configurationOf(request: ConfigureRequest, environment: Environment): ProviderConfiguration {
  const { values } = received(request.getArgs());
  const variables = request.getVariablesMap();
  return parseConfiguration((key) => textOf(values[key]) ?? variables.get(`${packageName}:config:${key}`), environment);
}

/**
 * A misspelt setting would be a credential that is never read. A default provider gets everything in the stack's
 * configuration that begins with our name, though: in a project of that name, also what is meant for the program.
 */
function unknownSettings(values: Values, urn: string): CheckFailure[] {
  if (/::default(_[^:]*)?$/.test(urn)) {
    return [];
  }
  return Object.keys(values)
    .filter((key) => !configurationKeys.includes(key) && !ofTheEngine.includes(key))
    .map((key) => ({ property: key, reason: `there is no setting of the name ${key}` }));
}

function contradictions(values: Values, environment: Environment): CheckFailure[] {
  // What is unknown may be the other half of what is given: only Configure sees both.
  if (containsUnknown(values)) {
    return [];
  }
  try {
    parseConfiguration((key) => textOf(values[key]), environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return [{ property: settingIn(error.message), reason: error.message }];
    }
    throw error;
  }
}

/** Messages begin with the setting at fault; one from the environment has no property. */
function settingIn(message: string): string {
  const [, setting = ""] = /^azure-certificates:(\w+)/.exec(message) ?? [];
  return configurationKeys.includes(setting) ? setting : "";
}

/** Numbers and lists may come as they are or, from most SDKs, as JSON texts. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
