import { ConfigurationError } from "../errors";

/** Classic Service Management of the public cloud, China, US Government and Germany. */
const knownClouds = [
  "management.core.windows.net",
  "management.core.chinacloudapi.cn",
  "management.core.usgovcloudapi.net",
  "management.core.cloudapi.de",
] as const;

/** Whether a host is Azure's own. Only whole labels below these names count: anybody can rent a name below `core.windows.net`. */
export function isKnownCloud(host: string): boolean {
  return knownClouds.some((known) => host === known || host.endsWith(`.${known}`));
}

/** Whether a host is this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * The one spelling of an endpoint: an https origin in lower case, without a trailing slash.
 *
 * @param source what the address comes from, for the error, as `azure-certificates:managementEndpoint`
 * @throws ConfigurationError ERR_CONFIGURATION for anything else: http, a path, a user name, no address at all
 */
export function canonicalAddress(address: string, source: string): string {
  const url = URL.parse(address.trim());
  if (url === null) {
    throw new ConfigurationError({
      what: `${source} is "${address}", which is no address.`,
      todo: `Give an https address such as https://${knownClouds[0]}.`,
    });
  }
  if (url.protocol !== "https:") {
    throw new ConfigurationError({
      what: `${source} is "${url.protocol}//${url.host}", but certificates are only ever sent over https.`,
      todo: "Give the https address of the service.",
    });
  }
  if (url.username !== "" || url.password !== "" || url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new ConfigurationError({
      what: `${source} has more than a host and a port.`,
      todo: `Give the origin alone: ${url.origin}`,
    });
  }
  return url.origin;
}

/**
 * An address that somebody else named (a redirect, a publish-settings file) is followed only to Azure itself
 * or to a host that the user named: otherwise whoever wrote it chooses who sees the token.
 *
 * @throws ConfigurationError ERR_CONFIGURATION
 */
export function assertTrustedAddress(address: URL, source: string, configured: readonly string[]): void {
  const trusted =
    isKnownCloud(address.hostname) || configured.some((own) => new URL(own).hostname === address.hostname);
  if (address.protocol !== "https:" || !trusted) {
    throw new ConfigurationError({
      what: `${source} points to ${address.protocol}//${address.host}, which is neither a known Azure cloud nor the configured endpoint. Nothing was sent there.`,
      todo: "If that host is meant, set azure-certificates:managementEndpoint to it.",
    });
  }
}
