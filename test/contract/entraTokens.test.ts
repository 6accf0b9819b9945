import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../emulator/emulator";
import { makeCertificate } from "./clientCertificates";
import { startExactly } from "./emulatorFixture";
import { type AssertionParts, administratorKey, assertionOf, type ClientKey, call, signIn } from "./entraFixture";

let emulator: Emulator;
let key: ClientKey;
let appId: string;
beforeEach(async () => {
  emulator = await startExactly({});
  key = administratorKey(emulator);
  appId = emulator.directory.administrator.appId;
});

const refused = (code: number, status = 401) => ({
  status,
  body: { error_codes: [code], error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: .*Trace ID: `)) },
});

describe("an assertion", () => {
  it.each<[string, AssertionParts]>([
    ["as Python's msal signs it: RS256, x5t with padding, fractions of seconds, no nbf", {}],
    ["signed with PS256", { header: { alg: "PS256" } }],
    ["that is for the issuer, not the token endpoint", { claims: { aud: "issuer" } }],
  ])("is taken: %s", async (_, parts) => {
    const aud = `${emulator.endpoint}/${emulator.directory.tenantId}/v2.0`;
    const claims = parts.claims?.["aud"] === "issuer" ? { aud } : {};
    const answer = await signIn(emulator, appId, await assertionOf(emulator, appId, key, { ...parts, claims }));
    expect(answer).toMatchObject({ status: 200, body: { token_type: "Bearer", expires_in: 3599 } });
    expect(emulator.journal().at(-1)).toMatchObject({ status: 200, thumbprint: emulator.credentialThumbprint });
  });

  const past = Math.floor(Date.now() / 1_000) - 3_600;
  it.each<[string, number, AssertionParts]>([
    ["that names no key", 50027, { header: { x5t: undefined } }],
    ["that names a key that the application does not have", 700027, { header: { x5t: "A".repeat(27) } }],
    ["for somebody else's endpoint", 700023, { claims: { aud: "https://login.microsoftonline.com/common" } }],
    ["issued by another application", 700021, { claims: { iss: "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10" } }],
    ["about another application", 700021, { claims: { sub: "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10" } }],
    ["whose time has passed", 700024, { claims: { exp: past } }],
    ["whose time has not come", 700024, { claims: { nbf: past + 7_200 } }],
  ])("is refused: %s", async (_, code, parts) => {
    const answer = await signIn(emulator, appId, await assertionOf(emulator, appId, key, parts));
    expect(answer).toMatchObject(refused(code));
  });

  it("is refused where another key signed than the one it names", async () => {
    const { key: privateKeyPem } = await makeCertificate();
    const answer = await signIn(emulator, appId, await assertionOf(emulator, appId, { ...key, privateKeyPem }));
    expect(answer).toMatchObject(refused(700027));
    expect(JSON.stringify(answer.body)).toContain("signature is invalid");
  });

  it("is refused once the key has expired by the emulator's clock", async () => {
    emulator.clock.set(new Date("2100-01-01"));
    const answer = await signIn(emulator, appId, await assertionOf(emulator, appId, key));
    expect(answer).toMatchObject(refused(700027));
    expect(JSON.stringify(answer.body)).toContain("expired");
  });

  it.each([
    ["none", "", 7000218],
    ["no token at all", "nonsense", 50027],
    ["a token without a signature", "eyJhbGciOiJub25lIn0.e30.", 50027],
  ])("is refused: %s", async (_, text, code) => {
    const fields = text === "" ? { client_assertion_type: "" } : {};
    expect(await signIn(emulator, appId, text, fields)).toMatchObject(refused(code));
  });
});

it("any text in place of an assertion is refused, not a fault of the emulator", async () => {
  const base64url = fc.string({ unit: fc.constantFrom(..."AZaz09-_=."), maxLength: 200 });
  const json = fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text).toString("base64url"));
  const token = fc.array(fc.oneof(base64url, json), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
  await fc.assert(
    fc.asyncProperty(fc.oneof(token, fc.string()), async (text) => {
      const { status } = await signIn(emulator, appId, text);
      expect(status).toBe(401);
    }),
    { numRuns: 100 },
  );
});

describe("a request for a token", () => {
  it.each<[string, Record<string, string>, number]>([
    ["of an unknown application", { client_id: "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10" }, 700016],
    ["with another grant", { grant_type: "password" }, 70003],
    ["with a scope that names single permissions", { scope: "User.Read" }, 1002012],
  ])("is refused: %s", async (_, fields, code) => {
    const assertion = await assertionOf(emulator, appId, key);
    expect(await signIn(emulator, appId, assertion, fields)).toMatchObject(refused(code, 400));
  });

  it("of another tenant is refused, and its discovery too", async () => {
    const path = "/8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10/v2.0/.well-known/openid-configuration";
    expect(await call(emulator, { method: "GET", path })).toMatchObject(refused(90002, 400));
  });

  it("meets the same script of faults as any other", async () => {
    emulator.misbehave([
      { match: { pathContains: "oauth2" }, do: { kind: "throttle", retryAfter: "7" } },
      { match: { pathContains: "oauth2" }, do: { kind: "disabled" } },
      { match: { pathContains: "oauth2" }, do: { kind: "status", status: 503, code: "AADSTS90033", message: "Busy." } },
    ]);
    const ask = async () => signIn(emulator, appId, await assertionOf(emulator, appId, key));
    const throttled = await ask();
    expect([throttled.status, throttled.headers["retry-after"]]).toEqual([429, "7"]);
    expect(await ask()).toMatchObject(refused(7000112, 400));
    expect(await ask()).toMatchObject(refused(90033, 503));
    expect((await ask()).status).toBe(200);
  });
});
