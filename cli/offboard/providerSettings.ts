import { isAbsolute, join } from "node:path";
import { type ProviderConfiguration, parseConfiguration } from "../../provider/azure/configuration";
import type { ConfigurationKey } from "../../provider/azure/configurationDefinition";
import type { Values } from "../../provider/resources/lifecycle";

/** Settings of a provider resource that hold no key, so that they can be kept for a second run. */
export const keptSettings: readonly ConfigurationKey[] = [
  "publishSettingsPath",
  "clientCertificatePath",
  "authentication",
  "managementEndpoint",
  "caCertificatePath",
  "tenantId",
  "clientId",
  "entraCertificatePath",
  "graphEndpoint",
  "authorityHost",
  "certificateLimit",
  "allow",
  "evidencePath",
];

const paths: readonly ConfigurationKey[] = [
  "publishSettingsPath",
  "clientCertificatePath",
  "caCertificatePath",
  "entraCertificatePath",
  "evidencePath",
];

/**
 * The configuration of a provider as the last update had it; the environment wins.
 *
 * @param settings inputs of the provider resource; that of all dynamic resources holds everybody's, with their namespace
 * @param folder that relative paths begin at: where the provider's process runs
 * @throws ConfigurationError ERR_CONFIGURATION
 */
export function configurationFrom(
  settings: Values,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): ProviderConfiguration {
  const text = (key: ConfigurationKey) => {
    const value = settings[`azure-certificates:${key}`] ?? settings[key];
    if (value === undefined || value === null) {
      return undefined;
    }
    const found = typeof value === "string" ? value : JSON.stringify(value);
    return paths.includes(key) && found !== "" && !isAbsolute(found) ? join(folder, found) : found;
  };
  return parseConfiguration(text, environment);
}
