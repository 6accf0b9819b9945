import { type ApplicationAddress, applicationKey } from "./applicationAddress";
import type { TokenCredential } from "./credential";
import { graphError, graphFacts, readGraphError } from "./graphErrors";
import type { Service } from "./service";

/** The app registrations of Microsoft Graph, with a token of Entra. */
export function graphService(credential: () => Promise<TokenCredential>): Service<ApplicationAddress> {
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
