import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPemBundle } from "../../provider/certificate/pemBundle";
import { writePfx } from "../../provider/certificate/pfx";
import { makeCertificate } from "./clientCertificates";
import { ClientFixture, failureOf, first, second } from "./clientFixture";

let fixture: ClientFixture;
beforeEach(async () => {
  fixture = await ClientFixture.start();
});
afterEach(() => fixture.stop());

describe("credentials", () => {
  it("publish settings give each subscription its certificate", async () => {
    const client = fixture.client({
      clientCertificatePath: undefined,
      publishSettingsPath: fixture.emulator.publishSettingsPath,
    });
    expect((await client.list(fixture.at())).authenticatedWith).toBe(fixture.emulator.credentialThumbprint);
    await client.list(fixture.at(second));
  });

  it("an expired client certificate is refused before anything is sent", async () => {
    const expired = await makeCertificate({ notBefore: new Date("2020-01-01"), notAfter: new Date("2021-01-01") });
    fixture.emulator.plant(first, expired.der);
    const clientCertificatePath = fixture.write("expired.pem", expired.key + expired.cert);
    const error = await failureOf(fixture.client({ clientCertificatePath }).list(fixture.at()));
    expect(error.code).toBe("ERR_CERTIFICATE_INVALID");
    expect(error.message).toContain("has expired: it was valid until 2021-01-01");
    expect(fixture.requests()).toEqual([]);
  });

  it("a file that others can read is refused, with the command that closes it", async () => {
    chmodSync(fixture.emulator.credentialPath, 0o640);
    const error = await failureOf(fixture.client().list(fixture.at()));
    expect(error.code).toBe("ERR_CONFIGURATION");
    expect(error.message).toContain(`chmod 600 ${fixture.emulator.credentialPath}`);
  });

  it("a credential is read at the first request, and again if it could not be read", async () => {
    const path = fixture.path("later.pem");
    const client = fixture.client({ clientCertificatePath: path });
    expect((await failureOf(client.list(fixture.at()))).message).toContain("does not exist");
    fixture.write("later.pem", readFileSync(fixture.emulator.credentialPath));
    await client.list(fixture.at());
  });

  it("no credential at all is an error that says which to set", async () => {
    const error = await failureOf(fixture.client({ clientCertificatePath: undefined }).list(fixture.at()));
    expect(error.code).toBe("ERR_CONFIGURATION");
    expect(error.message).toContain("AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH");
  });

  it("publish settings of version 1.0 hold one certificate for all", async () => {
    const version2 = readFileSync(fixture.emulator.publishSettingsPath, "utf8");
    const pfx = /ManagementCertificate="([^"]+)"/.exec(version2)?.[1];
    const version1 = `<PublishData><PublishProfile PublishMethod="AzureServiceManagementAPI" Url="${fixture.emulator.endpoint}/" ManagementCertificate="${pfx}"><Subscription Id="${first}" Name="one" /><Subscription Id="${second.toUpperCase()}" Name="two" /></PublishProfile></PublishData>`;
    const client = fixture.client({
      clientCertificatePath: undefined,
      publishSettingsPath: fixture.write("old.publishsettings", version1),
    });
    await client.list(fixture.at());
    await client.list(fixture.at(second));
  });

  it.each([
    ["https://evil.example", "neither a known Azure cloud nor the configured endpoint"],
    ["http://127.0.0.1", "neither"],
  ])("publish settings that lead to %s are refused", async (address, words) => {
    const settings = readFileSync(fixture.emulator.publishSettingsPath, "utf8").replaceAll(
      fixture.emulator.endpoint,
      address,
    );
    const client = fixture.client({
      clientCertificatePath: undefined,
      publishSettings: settings,
    });
    const error = await failureOf(client.list(fixture.at()));
    expect(error.code).toMatch(/ERR_CONFIGURATION|ERR_CERTIFICATE_INVALID/);
    if (address.startsWith("https")) {
      expect(error.message).toContain(words);
    }
    expect(fixture.requests()).toEqual([]);
  });

  it("publish settings of one cloud are not shown to another", async () => {
    const china = "https://management.core.chinacloudapi.cn";
    const publishSettings = readFileSync(fixture.emulator.publishSettingsPath, "utf8").replaceAll(
      fixture.emulator.endpoint,
      china,
    );
    const endpoint = "https://management.core.windows.net";
    const client = fixture.client({ clientCertificatePath: undefined, publishSettings });
    const error = await failureOf(client.list({ endpoint, subscriptionId: first }));
    expect(error.code).toBe("ERR_CONFIGURATION");
    expect(error.message).toContain(`AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT to ${china}`);
  });

  it("certificate and key as content do as well", async () => {
    const { certificatePem: clientCertificatePem, privateKeyPem: clientKeyPem } = readPemBundle(
      readFileSync(fixture.emulator.credentialPath, "utf8"),
    );
    await fixture.client({ clientCertificatePath: undefined, clientCertificatePem, clientKeyPem }).list(fixture.at());
  });

  it("a PFX with its password does as well; with another it is an error that names the setting", async () => {
    const credential = readPemBundle(readFileSync(fixture.emulator.credentialPath, "utf8"));
    const clientCertificatePath = fixture.write(
      "client.pfx",
      writePfx({ ...credential, password: "open sesame", randomBytes }),
    );
    await fixture.client({ clientCertificatePath, clientCertificatePassword: "open sesame" }).list(fixture.at());
    const wrong = fixture.client({ clientCertificatePath, clientCertificatePassword: "close sesame" });
    const error = await failureOf(wrong.list(fixture.at()));
    expect(error.code).toBe("ERR_CERTIFICATE_INVALID");
    expect(error.message).toContain("azure-certificates:clientCertificatePath");
    expect(error.message).not.toContain("sesame");
  });

  it("publish settings without the subscription are an error that names it", async () => {
    const client = fixture.client({
      clientCertificatePath: undefined,
      publishSettingsPath: fixture.emulator.publishSettingsPath,
    });
    const unknown = "33333333-3333-4333-8333-333333333333";
    const error = await failureOf(client.list(fixture.at(unknown)));
    expect(error).toMatchObject({ code: "ERR_CONFIGURATION", facts: { subscription: unknown } });
  });
});
