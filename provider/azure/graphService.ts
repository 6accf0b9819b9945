import { type ApplicationAddress, applicationKey } from "./applicationAddress";
import type { ProviderConfiguration } from "./configuration";
import { entraCredential } from "./entraCredential";
import { graphError, graphFacts, readGraphError } from "./graphErrors";
import type { Service } from "./service";

/** The app registrations of Microsoft Graph, with a token of Entra. */
export function graphService(configuration: ProviderConfiguration): Service<ApplicationAddress> {
  const credential = entraCredential(configuration);
  return {
    protocol: {
      headers: {},
      mediaType: "application/json",
      requestIdHeader: "request-id",
      readError: readGraphError,
    },
    keyOf: applicationKey,
    factsOf: graphFacts,
    candidates: async function* () {
      yield await credential();
    },
    isRefusal: (failure) => failure.kind === "answer" && failure.status === 401,
    errorFor: graphError,
  };
}
