import { createPrivateKey, randomUUID, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Agent, request } from "node:https";
import { SignJWT } from "jose";
import type { Emulator } from "../../emulator/emulator";

/** A certificate with its key, as a client has it. */
export interface ClientKey {
  readonly privateKeyPem: string;
  readonly der: Buffer;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** One request as it is, with whatever body. */
export function call(
  emulator: Emulator,
  {
    method,
    path,
    headers = {},
    body,
    agent = false,
  }: { method: string; path: string; headers?: Record<string, string>; body?: string; agent?: Agent | false },
): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${emulator.endpoint}${path}`,
      { method, headers, ca: readFileSync(emulator.caCertificatePath), agent },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: text === "" ? null : JSON.parse(text),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** What a PEM text with a key and its certificate holds. */
export function keyIn(pem: string): ClientKey {
  return {
    privateKeyPem: pem.slice(pem.indexOf("-----BEGIN PRIVATE KEY")),
    der: new X509Certificate(pem.slice(pem.indexOf("-----BEGIN CERTIFICATE"))).raw,
  };
}

/** The key that the emulator's administrator signs in with. */
export function administratorKey(emulator: Emulator): ClientKey {
  return keyIn(readFileSync(emulator.credentialPath, "utf8"));
}

export interface AssertionParts {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** As Python's msal makes it, apart from what is given: RS256, `x5t` with padding, seconds with a fraction, no `nbf`. */
export function assertionOf(
  emulator: Emulator,
  appId: string,
  key: ClientKey,
  { header = {}, claims = {} }: AssertionParts = {},
): Promise<string> {
  const seconds = Date.now() / 1_000;
  const fingerprint = Buffer.from(new X509Certificate(key.der).fingerprint.replaceAll(":", ""), "hex");
  const x5t = fingerprint.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  const aud = `${emulator.endpoint}/${emulator.directory.tenantId}/oauth2/v2.0/token`;
  return new SignJWT({
    iss: appId,
    sub: appId,
    aud,
    jti: randomUUID(),
    exp: seconds + 600.5,
    iat: seconds,
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256", typ: "JWT", x5t, ...header })
    .sign(createPrivateKey(key.privateKeyPem));
}

/** A proof of possession, as `addKey` and `removeKey` want it. */
export function proofOf(
  objectId: string,
  key: ClientKey,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const seconds = Math.floor(Date.now() / 1_000);
  const thumbprint = new X509Certificate(key.der).fingerprint.replaceAll(":", "");
  return new SignJWT({
    aud: "00000002-0000-0000-c000-000000000000",
    iss: objectId,
    nbf: seconds,
    exp: seconds + 600,
    ...claims,
  })
    .setProtectedHeader({
      alg: "RS256",
      typ: "JWT",
      kid: thumbprint,
      x5t: Buffer.from(thumbprint, "hex").toString("base64url"),
    })
    .sign(createPrivateKey(key.privateKeyPem));
}

export function signIn(
  emulator: Emulator,
  appId: string,
  assertion: string,
  fields: Readonly<Record<string, string>> = {},
  agent: Agent | false = false,
): Promise<JsonAnswer> {
  const form = new URLSearchParams({
    client_id: appId,
    scope: "https://graph.microsoft.com/.default",
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
    ...fields,
  });
  return call(emulator, {
    method: "POST",
    path: `/${emulator.directory.tenantId}/oauth2/v2.0/token`,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: form.toString(),
    agent,
  });
}

/** Signs in, and gives what a request to Graph carries. */
export async function tokenOf(emulator: Emulator, appId: string, key: ClientKey): Promise<string> {
  const { status, body } = await signIn(emulator, appId, await assertionOf(emulator, appId, key));
  if (status !== 200) {
    throw new Error(JSON.stringify(body));
  }
  return (body as { access_token: string }).access_token;
}

/** One request to Graph. */
export function graph(
  emulator: Emulator,
  token: string,
  method: string,
  path: string,
  content?: unknown,
): Promise<JsonAnswer> {
  return call(emulator, {
    method,
    path: `/v1.0${path}`,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(content !== undefined && { body: JSON.stringify(content) }),
  });
}
