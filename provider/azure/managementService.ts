import { serviceManagementVersion } from "../defaults";
import type { ProviderConfiguration } from "./configuration";
import { credentials } from "./credentialSources";
import { isAuthenticationRefusal, managementError, managementFacts } from "./managementErrors";
import type { Protocol, Service } from "./service";
import { type SubscriptionAddress, subscriptionKey } from "./subscriptionAddress";
import { decodeError } from "./xml";

export const managementProtocol: Protocol = {
  headers: { "x-ms-version": serviceManagementVersion },
  mediaType: "application/xml",
  requestIdHeader: "x-ms-request-id",
  readError: decodeError,
};

/** The classic Service Management API, over mutual TLS or with a token. */
export function managementService(configuration: ProviderConfiguration, now: () => Date): Service<SubscriptionAddress> {
  const { candidates } = credentials(configuration, now);
  return {
    protocol: managementProtocol,
    keyOf: subscriptionKey,
    factsOf: managementFacts,
    candidates,
    isRefusal: isAuthenticationRefusal,
    errorFor: managementError,
  };
}
