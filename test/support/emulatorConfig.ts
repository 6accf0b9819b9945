import type { Emulator } from "../../emulator/emulator";

/** What a provider is told so that it reaches the emulator and may change everything there; keys without their namespace. */
export function emulatorConfig({ endpoint, caCertificatePath, credentialPath, directory }: Emulator) {
  return {
    managementEndpoint: endpoint,
    caCertificatePath,
    clientCertificatePath: credentialPath,
    tenantId: directory.tenantId,
    clientId: directory.administrator.appId,
    entraCertificatePath: credentialPath,
  };
}
