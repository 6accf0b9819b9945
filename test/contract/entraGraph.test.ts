import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Emulator, EmulatorSettings } from "../../emulator/emulator";
import { makeCertificate } from "./clientCertificates";
import { startExactly } from "./emulatorFixture";
import { administratorKey, assertionOf, graph, proofOf, signIn, tokenOf } from "./entraFixture";

let emulator: Emulator;
let administrator: string;
/** The application that the emulator begins with, without a certificate. */
let app: { readonly objectId: string; readonly appId: string };

async function begin(settings: EmulatorSettings = {}): Promise<void> {
  emulator = await startExactly(settings);
  administrator = await tokenOf(emulator, emulator.directory.administrator.appId, administratorKey(emulator));
  app = emulator.directory.applications[0] ?? { objectId: "", appId: "" };
}
beforeEach(() => begin());

type Made = Awaited<ReturnType<typeof makeCertificate>>;
const keyOf = ({ key, der }: Made) => ({ privateKeyPem: key, der });
const sent = ({ der }: Made, more: Readonly<Record<string, unknown>> = {}) => ({
  type: "AsymmetricX509Cert",
  usage: "Verify",
  key: der.toString("base64"),
  ...more,
});
const patch = (keyCredentials: readonly unknown[]) =>
  graph(emulator, administrator, "PATCH", `/applications/${app.objectId}`, { keyCredentials });
const read = () =>
  graph(emulator, administrator, "GET", `/applications/${app.objectId}?$select=id,keyCredentials`).then(
    ({ body }) => (body as { keyCredentials: Record<string, unknown>[] }).keyCredentials,
  );
const held = () => emulator.directory.keyCredentials(app.objectId).map(({ thumbprint }) => thumbprint);
const refused = (status: number, code: string) => ({ status, body: { error: { code, innerError: {} } } });

describe("keyCredentials", () => {
  it("are replaced as a whole: what is not sent back is gone", async () => {
    const [one, two] = [await makeCertificate(), await makeCertificate()];
    expect((await patch([sent(one, { displayName: "one" })])).status).toBe(204);
    expect(held()).toEqual([one.thumbprint]);
    const [there] = await read();
    expect(there).toMatchObject({ displayName: "one", key: one.der.toString("base64"), usage: "Verify" });
    await patch([{ keyId: there?.["keyId"], key: null }, sent(two)]);
    expect(held()).toEqual([one.thumbprint, two.thumbprint]);
    await patch([sent(two, { keyId: "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10" })]);
    expect(held()).toEqual([two.thumbprint]);
    expect((await read())[0]?.["keyId"]).toBe("8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10");
  });

  it("show the certificate only where keyCredentials are selected, of one application by either id", async () => {
    await patch([sent(await makeCertificate())]);
    const { body } = await graph(emulator, administrator, "GET", `/applications(appId='${app.appId}')`);
    expect(body).toMatchObject({ id: app.objectId, appId: app.appId, keyCredentials: [{ key: null }] });
    expect((await read())[0]?.["key"]).not.toBeNull();
  });

  it("have the dates of the certificate, or shorter ones", async () => {
    const certificate = await makeCertificate({ notBefore: new Date("2026-01-01"), notAfter: new Date("2040-01-01") });
    await patch([sent(certificate)]);
    expect((await read())[0]).toMatchObject({
      startDateTime: "2026-01-01T00:00:00Z",
      endDateTime: "2040-01-01T00:00:00Z",
    });
    await patch([sent(certificate, { endDateTime: "2039-01-01T00:00:00Z" })]);
    expect((await read())[0]).toMatchObject({ endDateTime: "2039-01-01T00:00:00Z" });
  });

  it.each<[string, number, string, (certificate: Made) => unknown]>([
    [
      "ends after its certificate",
      400,
      "KeyCredentialsInvalidEndDate",
      (one) => sent(one, { endDateTime: "2100-01-01T00:00:00Z" }),
    ],
    [
      "is no certificate",
      400,
      "KeyCredentialsInvalidValue",
      () => ({ ...{ type: "AsymmetricX509Cert", usage: "Verify" }, key: "bm8=" }),
    ],
    ["has no key and is not there", 400, "KeyCredentialsInvalidValue", (one) => sent(one, { key: null })],
    ["is to sign", 400, "Request_BadRequest", (one) => sent(one, { usage: "Encrypt" })],
    ["is no object", 400, "Request_BadRequest", () => 7],
  ])("are refused where one %s", async (_, status, code, credential) => {
    expect(await patch([credential(await makeCertificate())])).toMatchObject(refused(status, code));
    expect(held()).toEqual([]);
  });

  it("are refused where one that is there is sent back changed", async () => {
    const one = await makeCertificate();
    await patch([sent(one)]);
    const keyId = String((await read())[0]?.["keyId"]);
    const answer = await patch([{ keyId, endDateTime: "2027-01-01T00:00:00Z" }]);
    expect(answer).toMatchObject(refused(400, "Request_BadRequest"));
    expect(JSON.stringify(answer.body)).toContain(
      `Update to existing credential with KeyId '${keyId}' is not allowed.`,
    );
    expect((await patch([...(await read())])).status).toBe(204);
    expect(held()).toEqual([one.thumbprint]);
  });

  it("obey the tenant's policy and the limit, where there are any", async () => {
    await begin({ behaviour: { keyCredentialLifetimeDays: 90, keyCredentialLimit: 1 } });
    const short = () => makeCertificate({ notBefore: new Date(), notAfter: new Date(Date.now() + 80 * 86_400_000) });
    expect(await patch([sent(await makeCertificate())])).toMatchObject(
      refused(400, "CredentialInvalidLifetimeAsPerAppPolicy"),
    );
    expect((await patch([sent(await short())])).status).toBe(204);
    expect(await patch([sent(await short()), sent(await short())])).toMatchObject(
      refused(400, "Directory_QuotaExceeded"),
    );
  });

  it("are for those who may read and write applications", async () => {
    await begin({ applications: [{ displayName: "app" }, { displayName: "reader", permission: "read" }] });
    const own = await makeCertificate();
    for (const { objectId } of emulator.directory.applications) {
      emulator.directory.plant(objectId, own.der);
    }
    const [none = "", reader = ""] = await Promise.all(
      emulator.directory.applications.map(({ appId }) => tokenOf(emulator, appId, keyOf(own))),
    );
    const statusOf = async (token: string, method: string) =>
      (
        await graph(
          emulator,
          token,
          method,
          `/applications/${app.objectId}`,
          method === "GET" ? undefined : { keyCredentials: [] },
        )
      ).status;
    expect([await statusOf(none, "GET"), await statusOf(reader, "GET")]).toEqual([403, 200]);
    expect([await statusOf(none, "PATCH"), await statusOf(reader, "PATCH")]).toEqual([403, 403]);
    expect((await graph(emulator, "nobody's", "GET", `/applications/${app.objectId}`)).status).toBe(401);
  });
});

describe("an application without any permission", () => {
  it("adds and removes its own keys with a proof by one that it has", async () => {
    const [one, two] = [await makeCertificate(), await makeCertificate()];
    emulator.directory.plant(app.objectId, one.der);
    const token = await tokenOf(emulator, app.appId, keyOf(one));
    const added = await graph(emulator, token, "POST", `/applications/${app.objectId}/addKey`, {
      keyCredential: sent(two),
      passwordCredential: null,
      proof: await proofOf(app.objectId, keyOf(one)),
    });
    expect(added).toMatchObject({ status: 200, body: { usage: "Verify", key: null } });
    expect(held()).toEqual([one.thumbprint, two.thumbprint]);
    const [{ keyId = "" } = {}] = emulator.directory.keyCredentials(app.objectId);
    const proof = await proofOf(app.objectId, keyOf(two));
    const removed = await graph(emulator, token, "POST", `/applications/${app.objectId}/removeKey`, { keyId, proof });
    expect(removed.status).toBe(204);
    expect(held()).toEqual([two.thumbprint]);
    expect(await signIn(emulator, app.appId, await assertionOf(emulator, app.appId, keyOf(one)))).toMatchObject({
      status: 401,
    });
  });

  const seconds = Math.floor(Date.now() / 1_000);
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["is for another audience", { aud: "https://graph.microsoft.com" }],
    ["names another application", { iss: "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10" }],
    ["lives longer than ten minutes", { nbf: seconds - 60, exp: seconds + 600 }],
    ["has expired", { nbf: seconds - 7_800, exp: seconds - 7_200 }],
    ["does not say since when", { nbf: undefined }],
  ])("is refused with a proof that %s", async (_, claims) => {
    const one = await makeCertificate();
    emulator.directory.plant(app.objectId, one.der);
    const answer = await graph(emulator, administrator, "POST", `/applications/${app.objectId}/addKey`, {
      keyCredential: sent(await makeCertificate()),
      proof: await proofOf(app.objectId, keyOf(one), claims),
    });
    expect(answer).toMatchObject(refused(401, "Authentication_MissingOrMalformed"));
    expect(held()).toEqual([one.thumbprint]);
  });

  it("is refused with a proof by a key that it does not have, and with one that is padded", async () => {
    const [one, two] = [await makeCertificate(), await makeCertificate()];
    emulator.directory.plant(app.objectId, one.der);
    for (const proof of [await proofOf(app.objectId, keyOf(two)), `${await proofOf(app.objectId, keyOf(one))}=`]) {
      const answer = await graph(emulator, administrator, "POST", `/applications/${app.objectId}/addKey`, {
        keyCredential: sent(two),
        proof,
      });
      expect(answer).toMatchObject(refused(401, "Authentication_MissingOrMalformed"));
    }
  });
});

describe("replicas that lag behind", () => {
  it("show in turn what was and what is, to readers and to those who sign in", async () => {
    await begin({ behaviour: { replicationReads: 4 } });
    const one = await makeCertificate();
    await patch([sent(one)]);
    const seen = [];
    for (let reads = 0; reads < 3; reads++) {
      seen.push((await read()).length);
    }
    expect(seen).toEqual([0, 1, 0]);
    const ask = async () =>
      (await signIn(emulator, app.appId, await assertionOf(emulator, app.appId, keyOf(one)))).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
    await patch([]);
    expect([await ask(), await ask()]).toEqual([200, 401]);
  });

  it("are also a fault of the script, for a single request", async () => {
    const one = await makeCertificate();
    await patch([sent(one)]);
    emulator.misbehave([{ match: { method: "GET" }, do: { kind: "staleList" } }]);
    expect([(await read()).length, (await read()).length]).toEqual([0, 1]);
  });
});

it("what does not exist, and what can't be done, is said in Graph's frame", async () => {
  const ask = (method: string, path: string, content?: unknown) =>
    graph(emulator, administrator, method, path, content);
  expect(await ask("GET", "/users")).toMatchObject(refused(400, "BadRequest"));
  expect(await ask("DELETE", `/applications/${app.objectId}`)).toMatchObject(refused(405, "Request_BadRequest"));
  expect(await ask("PATCH", `/applications/${app.objectId}`, { displayName: "x" })).toMatchObject(
    refused(400, "Request_BadRequest"),
  );
  emulator.misbehave([{ do: { kind: "throttle", retryAfter: "3" } }, { do: { kind: "reset", when: "after" } }]);
  const throttled = await ask("GET", `/applications/${app.objectId}`);
  expect([throttled.status, throttled.headers["retry-after"]]).toEqual([429, "3"]);
  await expect(ask("GET", `/applications/${app.objectId}`)).rejects.toThrow(/socket hang up|ECONNRESET/);
});

it("with a data folder, an emulator that was killed has its tenant, its applications and their certificates again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "azure-certificates-directory-"));
  try {
    await begin({ dataDirectory: folder });
    const one = await makeCertificate();
    await patch([sent(one)]);
    const before = { ...app, tenantId: emulator.directory.tenantId };
    await begin({ dataDirectory: folder });
    expect({ ...app, tenantId: emulator.directory.tenantId }).toEqual(before);
    expect(held()).toEqual([one.thumbprint]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
