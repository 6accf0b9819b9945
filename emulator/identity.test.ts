import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createSecureContext } from "node:tls";
import { XMLParser } from "fast-xml-parser";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { DataFolderError } from "./dataFolder";
import { type Identity, makeIdentity, openIdentity, publish } from "./identity";

const now = new Date("2031-05-01T00:00:00Z");
const subscription = {
  id: "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10",
  name: "subscription 1",
  createdTime: "2031-05-01T00:00:00Z",
  status: "active",
  certificates: [],
} as const;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "emulator-identity-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("the emulator's identity", () => {
  let identity: Identity;
  beforeAll(async () => {
    identity = await makeIdentity(now);
  });

  it("has the name by which the provider recognises it, and serves loopback addresses by the machine's clock", () => {
    const authority = new X509Certificate(identity.caCertificatePem);
    const server = new X509Certificate(identity.serverCertificatePem);
    expect(authority.subject).toBe("CN=pulumi-azure-certificates emulator");
    expect(server.checkIssued(authority) && server.verify(authority.publicKey)).toBe(true);
    expect([server.checkIP("127.0.0.1"), server.checkHost("localhost")]).toEqual(["127.0.0.1", "localhost"]);
    expect(server.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(server.validToDate.getTime()).toBeGreaterThan(Date.now() + 9 * 365 * 86_400_000);
  });

  it("has a credential that is valid from two years before the emulator's date to ten years after it", () => {
    const { validFromDate, validToDate } = new X509Certificate(identity.credentialCertificatePem);
    expect(validFromDate).toEqual(new Date("2029-05-01T00:00:00Z"));
    expect(validToDate.getTime()).toBe(now.getTime() + 10 * 365 * 86_400_000);
  });

  it("is handed out as files for its owner only: PEM, and publish settings with a PFX without a password", () => {
    const files = publish(join(temporaryFolder(), "new"), identity, "https://127.0.0.1:1", [subscription]);
    for (const path of Object.values(files)) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    const pem = readFileSync(files.credentialPath, "utf8");
    expect(() => createSecureContext({ key: pem, cert: pem })).not.toThrow();
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" });
    const { PublishProfile: profile } = parser.parse(readFileSync(files.publishSettingsPath, "utf8")).PublishData;
    expect(profile).toMatchObject({
      SchemaVersion: "2.0",
      PublishMethod: "AzureServiceManagementAPI",
      Subscription: { ServiceManagementUrl: "https://127.0.0.1:1", Id: subscription.id, Name: "subscription 1" },
    });
    const pfx = Buffer.from(profile.Subscription.ManagementCertificate, "base64");
    expect(() => createSecureContext({ pfx, passphrase: "" })).not.toThrow();
  });

  it("is kept in a data folder, 0600", async () => {
    const folder = join(temporaryFolder(), "data");
    const made = await openIdentity(folder, now);
    expect(await openIdentity(folder, new Date())).toEqual(made);
    expect(statSync(join(folder, "identity.json")).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (good: Identity) => string, string]>([
    ["no JSON", () => "hush", "is cut off or damaged: it is no JSON"],
    ["cut off", (good) => JSON.stringify(good).slice(0, -200), "is cut off or damaged: it is no JSON"],
    ["empty", () => "", "is empty"],
    ["incomplete", (good) => JSON.stringify({ ...good, serverKeyPem: 1 }), "is damaged: serverKeyPem is wrong"],
    [
      "with keys that were swapped",
      (good) => JSON.stringify({ ...good, serverKeyPem: good.credentialKeyPem }),
      "holds keys and certificates that don't belong together",
    ],
    [
      "with a certificate of another authority",
      (good) => JSON.stringify({ ...good, caCertificatePem: good.credentialCertificatePem }),
      "holds keys and certificates that don't belong together",
    ],
    [
      "with a certificate that is none",
      (good) => JSON.stringify({ ...good, credentialCertificatePem: "hush" }),
      "holds keys and certificates that don't belong together",
    ],
  ])("that is %s is refused by its file's name, without showing what stands there", async (_what, content, problem) => {
    const path = join(temporaryFolder(), "identity.json");
    writeFileSync(path, content(identity));
    await expect(openIdentity(dirname(path), now)).rejects.toThrow(new DataFolderError(path, problem));
  });
});
