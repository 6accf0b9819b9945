import { isIPv4 } from "node:net";
import { LocalEngineError } from "../errors";
import { type Properties, reveal, unknown } from "../values";

/** What a provider may be sent to with; the first has to be given, and the others follow it to this machine. */
const addresses = ["managementEndpoint", "graphEndpoint", "authorityHost"] as const;
type Address = (typeof addresses)[number];

const variables: Readonly<Record<Address, string>> = {
  managementEndpoint: "AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT",
  graphEndpoint: "AZURE_CERTIFICATES_GRAPH_ENDPOINT",
  authorityHost: "AZURE_CERTIFICATES_AUTHORITY_HOST",
};
const configKeyOf = (address: Address): string => `azure-certificates:${address}`;

const why =
  "The local engine runs programs against the emulator only: its state is one file on this machine, without history, " +
  "encryption or sharing. For real subscriptions use the Pulumi CLI; for a trial start `azure-certificates emulator` " +
  `and set ${configKeyOf("managementEndpoint")} to the endpoint that it prints.`;

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
 * @param configOf looks up the stack's configuration by its whole key
 * @param environment wins over the configuration
 * @throws LocalEngineError unless a management endpoint is given, and all addresses that are given stay on this machine
 */
export function requireLoopback(
  configOf: (key: string) => string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const given = addresses.flatMap((address) => [
    { address, source: configKeyOf(address), endpoint: configOf(configKeyOf(address)) },
    { address, source: variables[address], endpoint: environment[variables[address]] },
  ]);
  for (const { source, endpoint } of given) {
    if (endpoint !== undefined && !isLoopback(endpoint)) {
      throw new LocalEngineError(`${source} is ${endpoint}, which is not on this machine. ${why}`);
    }
  }
  if (given.every(({ address, endpoint }) => address !== "managementEndpoint" || endpoint === undefined)) {
    throw new LocalEngineError(`No management endpoint is set, so Azure itself would be meant. ${why}`);
  }
}

/**
 * @param about the resource, provider or function that these are properties of
 * @throws LocalEngineError where they name an address that is not on this machine, as a secret or not
 */
export function requireLoopbackIn(about: string, properties: Properties): void {
  for (const address of addresses) {
    const endpoint = reveal(properties[address] ?? properties[configKeyOf(address)] ?? null);
    if (typeof endpoint === "string" && endpoint !== unknown && !isLoopback(endpoint)) {
      throw new LocalEngineError(`${address} of ${about} is ${endpoint}, which is not on this machine. ${why}`);
    }
  }
}
