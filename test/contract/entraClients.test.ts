import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Emulator } from "../../emulator/emulator";
import { foreignCertificate } from "../support/foreignCertificate";
import { repositoryRoot } from "../support/project";
import { startExactly } from "./emulatorFixture";

/** Runs a program that uses clients which are not ours, unchanged but for the addresses they are given. */
async function run(emulator: Emulator, body: string): Promise<unknown> {
  const { tenantId, administrator } = emulator.directory;
  const text = `
const { ClientCertificateCredential, EnvironmentCredential } = require("@azure/identity");
const { Client } = require("@microsoft/microsoft-graph-client");
const settings = { authorityHost: process.env.AZURE_AUTHORITY_HOST, disableInstanceDiscovery: true };
const scope = "https://graph.microsoft.com/.default";
const graphOf = (credential) => Client.init({
  baseUrl: process.env.AZURE_AUTHORITY_HOST,
  customHosts: new Set(["127.0.0.1"]),
  authProvider: async (done) => done(null, (await credential.getToken(scope)).token),
});
(async () => { ${body} })().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => console.log(JSON.stringify({ error: error.name, code: error.code, status: error.statusCode, message: error.message })),
);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", text], {
    cwd: repositoryRoot,
    env: {
      PATH: process.env["PATH"],
      NODE_EXTRA_CA_CERTS: emulator.caCertificatePath,
      AZURE_AUTHORITY_HOST: emulator.endpoint,
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: administrator.appId,
      AZURE_CLIENT_CERTIFICATE_PATH: emulator.credentialPath,
    },
  });
  return JSON.parse(stdout);
}

const asEnvironment = "const credential = new EnvironmentCredential(settings);";

describe("@azure/identity", () => {
  it("signs in with the certificate that the environment names", async () => {
    const emulator = await startExactly({});
    const answer = await run(emulator, `${asEnvironment} return (await credential.getToken(scope)).token.length;`);
    expect(answer).toBe(64);
    expect(emulator.journal().map(({ path, status }) => [path.split("/").at(-1), status])).toEqual([
      ["openid-configuration", 200],
      ["token", 200],
    ]);
    expect(emulator.journal().at(-1)?.thumbprint).toBe(emulator.credentialThumbprint);
  });

  it("signs in as an application with a certificate that it holds, and is refused with any other", async () => {
    const emulator = await startExactly({});
    const [app] = emulator.directory.applications;
    const signIn = (path: string) =>
      run(
        emulator,
        `const credential = new ClientCertificateCredential(process.env.AZURE_TENANT_ID, ${JSON.stringify(app?.appId)}, ${JSON.stringify({ certificatePath: path })}, settings);
         return (await credential.getToken(scope)).token.length;`,
      );
    expect(await signIn(emulator.credentialPath)).toMatchObject({ message: expect.stringContaining("AADSTS700027") });
    emulator.directory.plant(app?.objectId ?? "", pemToDer(readFileSync(emulator.credentialPath, "utf8")));
    expect(await signIn(emulator.credentialPath)).toBe(64);
  });
});

describe("@microsoft/microsoft-graph-client", () => {
  it("reads an application's certificates, and replaces them", async () => {
    const emulator = await startExactly({});
    const id = emulator.directory.applications[0]?.objectId ?? "";
    const { der } = await foreignCertificate();
    const answer = await run(
      emulator,
      `${asEnvironment}
       const graph = graphOf(credential);
       const address = "/applications/${id}";
       await graph.api(address).patch({ keyCredentials: [
         { type: "AsymmetricX509Cert", usage: "Verify", key: ${JSON.stringify(der.toString("base64"))}, displayName: "one" } ] });
       const { keyCredentials } = await graph.api(address).select("id,keyCredentials").get();
       await graph.api(address).patch({ keyCredentials: keyCredentials.map((one) => ({ ...one, key: null })) });
       return { keyCredentials, again: (await graph.api(address).get()).keyCredentials };`,
    );
    const [held] = emulator.directory.keyCredentials(id);
    expect(held?.der.equals(der)).toBe(true);
    expect(answer).toMatchObject({
      keyCredentials: [{ keyId: held?.keyId, displayName: "one", key: der.toString("base64"), usage: "Verify" }],
      again: [{ keyId: held?.keyId, key: null }],
    });
  });

  it("is told in Graph's words what is wrong", async () => {
    const emulator = await startExactly({});
    const answer = await run(
      emulator,
      `${asEnvironment} return graphOf(credential).api("/applications/8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10").get();`,
    );
    expect(answer).toMatchObject({ error: "Error", code: "Request_ResourceNotFound", status: 404 });
  });
});

function pemToDer(pem: string): Buffer {
  const body = /-----BEGIN CERTIFICATE-----([^-]+)/.exec(pem)?.[1] ?? "";
  return Buffer.from(body, "base64");
}
