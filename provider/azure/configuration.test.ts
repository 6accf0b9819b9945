import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../errors";
import { canonicalEndpoint, parseConfiguration } from "./configuration";

type Values = Readonly<Record<string, string>>;
const parse = (config: Values, environment: Values = {}) => parseConfiguration((key) => config[key], environment);
const settings = (config: Values, environment: Values = {}) =>
  parse(config, environment).credentials.map(({ setting }) => setting);

describe("parseConfiguration", () => {
  it("needs nothing: a preview has no credential", () => {
    expect(parse({})).toEqual({
      credentials: [],
      managementEndpoint: "https://management.core.windows.net",
      entra: {
        graphEndpoint: "https://graph.microsoft.com",
        authorityHost: "https://login.microsoftonline.com",
        tenantId: null,
        certificate: null,
      },
      caCertificatePath: null,
      certificateLimit: 100,
      allow: [],
      evidence: { path: null, command: null },
      asOf: null,
    });
  });

  it("takes a file and a command for evidence, the command as a list", () => {
    const evidenceCommand = '["logger", "-t", "azure"]';
    expect(parse({ evidencePath: "evidence.jsonl", evidenceCommand }).evidence).toEqual({
      path: "evidence.jsonl",
      command: ["logger", "-t", "azure"],
    });
    const variables = { AZURE_CERTIFICATES_EVIDENCE_COMMAND: '["other"]', AZURE_CERTIFICATES_EVIDENCE_PATH: " " };
    expect(parse({ evidenceCommand }, variables).evidence).toEqual({ path: null, command: ["other"] });
    for (const wrong of ["logger -t azure", "[]", "[1]", '"logger"']) {
      expect(() => parse({ evidenceCommand: wrong })).toThrow(/^azure-certificates:evidenceCommand.* can't be used/);
    }
  });

  it("takes an emulator on this machine for all of Azure, unless something else is said", () => {
    const managementEndpoint = "https://127.0.0.1:8443";
    expect(parse({ managementEndpoint }).entra).toMatchObject({
      graphEndpoint: managementEndpoint,
      authorityHost: managementEndpoint,
    });
    const graphEndpoint = "https://graph.microsoft.us/";
    expect(parse({ managementEndpoint, graphEndpoint }).entra.graphEndpoint).toBe("https://graph.microsoft.us");
  });

  it("signs in to Entra with a certificate where tenant, application and path are given, and with nothing less", () => {
    const given = { tenantId: "contoso.com", clientId: "me", entraCertificatePath: "me.pem" };
    expect(parse(given).entra.certificate).toMatchObject({ tenantId: "contoso.com", clientId: "me", path: "me.pem" });
    const { tenantId: _, ...without } = given;
    expect(() => parse(without)).toThrow(
      "azure-certificates:entraCertificatePath is given without azure-certificates:tenantId",
    );
    expect(() => parse({ ...given, entraCertificatePath: "-----BEGIN PRIVATE KEY-----" })).toThrow(
      "should be the path",
    );
    expect(parse({ tenantId: "contoso.com" }).entra.certificate).toBeNull();
  });

  it("tries the environment before paths of the stack, and those before its contents", () => {
    const config = {
      publishSettings: "<xml/>",
      clientCertificatePem: "c",
      clientKeyPem: "k",
      clientCertificatePath: "stack.pem",
      publishSettingsPath: "stack.publishsettings",
    };
    const environment = {
      AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH: "env.pem",
      AZURE_CERTIFICATES_PUBLISH_SETTINGS_PATH: "env.publishsettings",
    };
    expect(settings(config, environment)).toEqual([
      "AZURE_CERTIFICATES_PUBLISH_SETTINGS_PATH",
      "AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH",
      "azure-certificates:publishSettingsPath",
      "azure-certificates:clientCertificatePath",
      "azure-certificates:publishSettings",
      "azure-certificates:clientCertificatePem",
    ]);
    expect(parse(config, environment).credentials.map(({ stored }) => stored)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  it("authentication says which kinds are tried, in which order, and alone brings the token in", () => {
    const config = { clientCertificatePath: "a", publishSettingsPath: "b" };
    expect(settings({ ...config, authentication: "clientCertificate, publishSettings" })).toEqual([
      "azure-certificates:clientCertificatePath",
      "azure-certificates:publishSettingsPath",
    ]);
    expect(parse({ ...config, authentication: "token" }).credentials).toEqual([
      { authentication: "token", setting: "azure-certificates:authentication", stored: true },
    ]);
    expect(settings({ ...config, authentication: "token,publishSettings" })).toEqual([
      "azure-certificates:authentication",
      "azure-certificates:publishSettingsPath",
    ]);
  });

  it("the environment wins for every other setting, too; blank is not given", () => {
    const parsed = parse(
      { managementEndpoint: "https://one.example", certificateLimit: "25", caCertificatePath: "one" },
      {
        AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT: "https://TWO.example:443/",
        AZURE_CERTIFICATES_CERTIFICATE_LIMIT: "10",
        AZURE_CERTIFICATES_CA_CERTIFICATE_PATH: " ",
        AZURE_CERTIFICATES_AS_OF: "2027-03-01T01:00:00.900+01:00",
      },
    );
    expect(parsed).toMatchObject({
      managementEndpoint: "https://two.example",
      certificateLimit: 10,
      caCertificatePath: "one",
      asOf: new Date("2027-03-01T00:00:00Z"),
    });
  });

  it("reads overrides with thumbprints as people copy them", () => {
    const thumbprint = "ab:".repeat(20).slice(0, -1);
    const subscriptionId = "AAAAAAAA-1111-4111-8111-111111111111";
    expect(parse({ allow: JSON.stringify([{ subscriptionId, thumbprint }]) }).allow).toEqual([
      { subscriptionId: subscriptionId.toLowerCase(), thumbprint: "AB".repeat(20) },
    ]);
  });

  it.each<[string, Values, Values, RegExp]>([
    ["http", { managementEndpoint: "http://x" }, {}, /azure-certificates:managementEndpoint.*https/],
    ["no address", { managementEndpoint: "x" }, {}, /azure-certificates:managementEndpoint.*no address/],
    ["an address with a path", { managementEndpoint: "https://x/y" }, {}, /origin alone: https:\/\/x/],
    ["switched-off verification", {}, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }, /NODE_TLS_REJECT_UNAUTHORIZED/],
    ["a key in the environment", {}, { AZURE_CERTIFICATES_CLIENT_KEY_PEM: "k" }, /CLIENT_KEY_PEM.*private key/],
    ["publish settings in the environment", {}, { AZURE_CERTIFICATES_PUBLISH_SETTINGS: "x" }, /PUBLISH_SETTINGS /],
    ["a certificate without its key", { clientCertificatePem: "c" }, {}, /without azure-certificates:clientKeyPem/],
    ["a key without its certificate", { clientKeyPem: "k" }, {}, /without azure-certificates:clientCertificatePem/],
    [
      "a limit that is no number",
      { certificateLimit: "many" },
      {},
      /azure-certificates:certificateLimit.*whole number/,
    ],
    ["a limit of none", { certificateLimit: "0" }, {}, /certificateLimit/],
    ["a date without a zone", {}, { AZURE_CERTIFICATES_AS_OF: "2027-03-01" }, /AZURE_CERTIFICATES_AS_OF.*zone/],
    ["overrides that are no JSON", { allow: "x" }, {}, /azure-certificates:allow.*JSON/],
    ["an override without a thumbprint", { allow: '[{"subscriptionId":"x"}]' }, {}, /azure-certificates:allow\[0\]/],
    ["an unknown kind", { authentication: "password" }, {}, /azure-certificates:authentication/],
    ["a kind twice", { authentication: "token,token" }, {}, /twice/],
    ["a kind that is not given", { authentication: "publishSettings" }, {}, /publishSettingsPath/],
  ])("refuses %s and names the setting", (_name, config, environment, words) => {
    expect(() => parse(config, environment)).toThrow(ConfigurationError);
    expect(() => parse(config, environment)).toThrow(words);
  });

  it.each([
    ["a PEM text", "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n"],
    ["its first line", "-----BEGIN PRIVATE KEY----- hush"],
    ["a PEM text in Base64", Buffer.from("-----BEGIN RSA PRIVATE KEY-----\nhush").toString("base64")],
    ["a PFX in Base64", `MIIhush${"A/b+".repeat(400)}`],
    ["a publish-settings file", '<?xml version="1.0"?><PublishData>hush</PublishData>'],
    ["the same without its declaration", "<PublishData>hush</PublishData>"],
    ["several lines", "hush\nhush"],
  ])("does not repeat %s that was given as a path", (_what, content) => {
    for (const key of ["publishSettingsPath", "clientCertificatePath", "caCertificatePath"]) {
      const variable = `AZURE_CERTIFICATES_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
      for (const given of [() => parse({ [key]: content }), () => parse({}, { [variable]: content })]) {
        expect(given).toThrow(ConfigurationError);
        expect(given).toThrow(/should be the path of a file.*not shown here/);
        expect(given).not.toThrow(/hush|LS0t|aHVz/);
      }
    }
  });

  it("takes a path of any usual form", () => {
    for (const path of [
      "a.pem",
      "C:\\keys\\a b.pfx",
      `/${"long-name/".repeat(40)}key.pem`,
      "../ключ.pem",
      "/run/secrets/key\n",
    ]) {
      expect(settings({ clientCertificatePath: path })).toEqual(["azure-certificates:clientCertificatePath"]);
    }
  });

  it("shows no secret when it is printed", () => {
    const secrets = {
      publishSettings: "SECRET1",
      clientCertificatePem: "public",
      clientKeyPem: "SECRET2",
      clientCertificatePath: "a.pfx",
      clientCertificatePassword: "SECRET3",
    };
    const configuration = parse(secrets);
    expect(inspect(configuration, { depth: 10 }) + JSON.stringify(configuration)).not.toContain("SECRET");
  });
});

describe("canonicalEndpoint", () => {
  it.each([
    ["https://Management.Core.Windows.Net/", "https://management.core.windows.net"],
    ["https://127.0.0.1:8443", "https://127.0.0.1:8443"],
    ["https://[::1]:443", "https://[::1]"],
  ])("writes %s as %s", (url, canonical) => {
    expect(canonicalEndpoint(url)).toBe(canonical);
  });

  it.each(["http://x", "https://user:secret@x", "https://x/?a", "https://x/#a", "ftp://x", ""])("refuses %s", (url) => {
    expect(() => canonicalEndpoint(url)).toThrow(ConfigurationError);
  });
});
