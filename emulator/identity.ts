import { createPrivateKey, randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { drawSerialNumber, issueManagementCertificate, issueServerIdentity } from "../provider/certificate/issue";
import { generateRsaKeyPair } from "../provider/certificate/keyPair";
import { writePfx } from "../provider/certificate/pfx";
import { readDataFile } from "./dataFolder";
import { makePrivateFolder, writePrivateFile } from "./privateFiles";
import type { Subscription } from "./store";

/** The provider takes a server whose authority has exactly this name for the emulator. */
const authorityCommonName = "pulumi-azure-certificates emulator";

const identitySchema = z.object({
  caCertificatePem: z.string(),
  serverCertificatePem: z.string(),
  serverKeyPem: z.string(),
  credentialCertificatePem: z.string(),
  credentialKeyPem: z.string(),
});

/** The emulator's TLS identity, and the first certificate that its subscriptions accept. */
export type Identity = z.infer<typeof identitySchema>;

const yearMs = 365 * 24 * 3_600_000;

/** Makes a new identity. @param now the emulator's time, that the credential is to be valid at. */
export async function makeIdentity(now: Date): Promise<Identity> {
  const machineMs = Date.now();
  const [server, { privateKeyPem }] = await Promise.all([
    // Clients check it with the machine's clock, whatever the emulator's shows.
    issueServerIdentity({
      authorityCommonName,
      notBefore: new Date(machineMs - yearMs),
      notAfter: new Date(machineMs + 10 * yearMs),
      randomBytes,
    }),
    generateRsaKeyPair(2048),
  ]);
  const credential = issueManagementCertificate({
    privateKeyPem,
    subject: { commonName: "emulator administrator" },
    lineage: randomUUID(),
    serialNumber: drawSerialNumber(randomBytes),
    notBefore: new Date(now.getTime() - 2 * yearMs),
    notAfter: new Date(now.getTime() + 10 * yearMs),
  });
  return {
    caCertificatePem: server.caCertificatePem,
    serverCertificatePem: server.certificatePem,
    serverKeyPem: server.privateKeyPem,
    credentialCertificatePem: credential.pem,
    credentialKeyPem: privateKeyPem,
  };
}

/** The identity of a data folder: the one it has, so that clients go on trusting it, or a new one. @throws {DataFolderError} */
export async function openIdentity(folder: string, now: Date): Promise<Identity> {
  const path = join(folder, "identity.json");
  if (existsSync(path)) {
    return readDataFile(
      path,
      identitySchema.refine(isUsable, "holds keys and certificates that don't belong together"),
    );
  }
  const identity = await makeIdentity(now);
  makePrivateFolder(folder);
  writePrivateFile(path, JSON.stringify(identity));
  return identity;
}

function isUsable(identity: Identity): boolean {
  const { caCertificatePem, serverCertificatePem, serverKeyPem, credentialCertificatePem, credentialKeyPem } = identity;
  const pairs = [
    [serverCertificatePem, serverKeyPem],
    [credentialCertificatePem, credentialKeyPem],
  ] as const;
  try {
    const authority = new X509Certificate(caCertificatePem);
    return (
      new X509Certificate(serverCertificatePem).verify(authority.publicKey) &&
      pairs.every(([certificate, key]) => new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
    );
  } catch {
    return false;
  }
}

/** Where a client finds what it needs. */
export interface PublishedFiles {
  readonly caCertificatePath: string;
  readonly credentialPath: string;
  readonly publishSettingsPath: string;
}

/** Writes what clients need: the authority, the credential as PEM, and a publish-settings file with it. */
export function publish(
  folder: string,
  identity: Identity,
  endpoint: string,
  subscriptions: readonly Subscription[],
): PublishedFiles {
  makePrivateFolder(folder);
  const files = {
    caCertificatePath: join(folder, "ca.pem"),
    credentialPath: join(folder, "credential.pem"),
    publishSettingsPath: join(folder, "emulator.publishsettings"),
  };
  writePrivateFile(files.caCertificatePath, identity.caCertificatePem);
  writePrivateFile(files.credentialPath, identity.credentialKeyPem + identity.credentialCertificatePem);
  writePrivateFile(files.publishSettingsPath, publishSettings(identity, endpoint, subscriptions));
  return files;
}

/** Schema 2.0: a PFX with an empty password per subscription. */
function publishSettings(identity: Identity, endpoint: string, subscriptions: readonly Subscription[]): string {
  const pfx = writePfx({
    privateKeyPem: identity.credentialKeyPem,
    certificatePem: identity.credentialCertificatePem,
    password: "",
    randomBytes,
  }).toString("base64");
  const lines = subscriptions.map(
    ({ id, name }) =>
      `    <Subscription ServiceManagementUrl="${endpoint}" Id="${id}" Name="${name}" ManagementCertificate="${pfx}" />\n`,
  );
  return (
    '<?xml version="1.0" encoding="utf-8"?>\n<PublishData>\n' +
    '  <PublishProfile SchemaVersion="2.0" PublishMethod="AzureServiceManagementAPI">\n' +
    `${lines.join("")}  </PublishProfile>\n</PublishData>\n`
  );
}
