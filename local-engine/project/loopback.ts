import { isIPv4 } from "node:net";
import { LocalEngineError } from "../errors";
import { type Properties, reveal, unknown } from "../values";

const configKey = "azure-certificates:managementEndpoint";
const variable = "AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT";

const why =
  "The local engine runs programs against the emulator only: its state is one file on this machine, without history, " +
  "encryption or sharing. For real subscriptions use the Pulumi CLI; for a trial start `azure-certificates emulator` " +
  `and set ${configKey} to the endpoint that it prints.`;

/** Whether an address stays on this machine. */
export function isLoopback(endpoint: string): boolean {
  let host: string;
  try {
    host = new URL(endpoint).hostname;
  } catch {
    return false;
  }
  return host === "localhost" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
}

/**
 * @param config the management endpoint in the stack's configuration
 * @param environment the management endpoint in the environment, which wins over the configuration
 * @throws LocalEngineError unless at least one is given and all that are given stay on this machine
 */
export function requireLoopback(config: string | undefined, environment: string | undefined): void {
  const given = [
    { source: configKey, endpoint: config },
    { source: variable, endpoint: environment },
  ];
  for (const { source, endpoint } of given) {
    if (endpoint !== undefined && !isLoopback(endpoint)) {
      throw new LocalEngineError(`${source} is ${endpoint}, which is not on this machine. ${why}`);
    }
  }
  if (config === undefined && environment === undefined) {
    throw new LocalEngineError(`No management endpoint is set, so Azure itself would be meant. ${why}`);
  }
}

/**
 * @param about the resource, provider or function that these are properties of
 * @throws LocalEngineError where they name an endpoint that is not on this machine, as a secret or not
 */
export function requireLoopbackIn(about: string, properties: Properties): void {
  const endpoint = reveal(properties[managementEndpoint.input] ?? null);
  if (typeof endpoint === "string" && endpoint !== unknown && !isLoopback(endpoint)) {
    throw new LocalEngineError(`managementEndpoint of ${about} is ${endpoint}, which is not on this machine. ${why}`);
  }
}

/** As `input`, resources and providers may name it themselves. */
export const managementEndpoint = { configKey, variable, input: "managementEndpoint" } as const;
