import type { Emulator } from "../../emulator/emulator";

/** What a provider is told so that it reaches the emulator and may upload there; keys without their namespace. */
export function emulatorConfig({ endpoint, caCertificatePath, credentialPath }: Emulator) {
  return { managementEndpoint: endpoint, caCertificatePath, clientCertificatePath: credentialPath };
}
