import { defaultAuthorityHost } from "../defaults";
import type { ProviderConfiguration } from "./configuration";
import { readPublicFile } from "./protectedFile";

export type EntraSettings = Pick<ProviderConfiguration, "entra" | "caCertificatePath">;

/** How `@azure/identity` reaches the authority that the configuration names. @throws ConfigurationError */
export async function authorityOptions({ entra, caCertificatePath }: EntraSettings): Promise<object> {
  return {
    authorityHost: entra.authorityHost,
    // Known to be Microsoft's own or chosen by the user: nobody else has to be asked.
    disableInstanceDiscovery: entra.authorityHost !== defaultAuthorityHost,
    ...(caCertificatePath !== null && {
      tlsOptions: {
        ca: (await readPublicFile(caCertificatePath, "azure-certificates:caCertificatePath")).toString("utf8"),
      },
    }),
  };
}

/** Of whatever the application may do at an endpoint. */
export function defaultScope(endpoint: string): string {
  return `${endpoint}/.default`;
}
