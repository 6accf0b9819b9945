import type { Environment } from "./configuration";

/** The engine hands a plugin its whole configuration in plain text this way too, and its own passphrase and token. */
const neverNeeded = ["PULUMI_CONFIG", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"];
const readOnce = ["AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PASSWORD"];

/** Takes what configures the provider out of the process environment, and deletes from it what is secret: every child would inherit that. */
export function takeEnvironment(processEnvironment: NodeJS.ProcessEnv): Environment {
  const taken = Object.entries(processEnvironment).filter(
    ([name]) => name.startsWith("AZURE_CERTIFICATES_") || name === "NODE_TLS_REJECT_UNAUTHORIZED",
  );
  for (const name of [...neverNeeded, ...readOnce]) {
    delete processEnvironment[name];
  }
  return Object.fromEntries(taken);
}
