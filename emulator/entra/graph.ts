import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { EmulatorClock } from "../clock";
import type { ServiceError } from "../errors";
import type { Answer, Plane, PlaneRequest, Served } from "../plane";
import type { RateLimit } from "../rateLimit";
import type { Application, Directory, KeyCredential } from "./directory";
import { graphErrors } from "./entraErrors";
import { dashed, jsonAnswer } from "./json";
import {
  assertUnchanged,
  type KeyCredentialRules,
  keyCredentialSchema,
  newKeyCredential,
  shown,
} from "./keyCredentials";
import { isInTime, readAssertion } from "./signedAssertion";
import type { Tokens } from "./tokens";

interface GraphSettings {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly clock: EmulatorClock;
  readonly rateLimit: RateLimit;
  readonly rules: KeyCredentialRules;
  /** As `https://127.0.0.1:PORT`. */
  readonly endpoint: () => string;
}

/** The audience of a proof of possession. @see application-rollkey-prooftoken */
const proofAudience = "00000002-0000-0000-c000-000000000000";
const longestProofSeconds = 600;

const address =
  /^\/v1\.0\/applications(?:\/(?<id>[^/()]+)|\(appId='(?<appId>[^']+)'\))(?:\/(?:microsoft\.graph\.)?(?<action>addKey|removeKey))?$/i;

const patchSchema = z.strictObject({ keyCredentials: z.array(keyCredentialSchema) });
const addKeySchema = z.strictObject({
  keyCredential: keyCredentialSchema,
  passwordCredential: z.null().optional(),
  proof: z.string(),
});
const removeKeySchema = z.strictObject({ keyId: z.guid().toLowerCase(), proof: z.string() });

export function isGraphAddress(path: string): boolean {
  return path.startsWith("/v1.0/");
}

/** The applications of Microsoft Graph: what they sign in with, as a whole and key by key. */
export function graphPlane(settings: GraphSettings): Plane {
  return {
    serve: (request) => serve(settings, request),
    errorAnswer,
    headers: (requestId) => ({
      contentType: "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
      others: { "request-id": dashed(requestId), "client-request-id": dashed(requestId), "OData-Version": "4.0" },
    }),
    tooManyRequests: graphErrors.tooManyRequests,
    internal: graphErrors.internal,
  };
}

async function serve(settings: GraphSettings, request: PlaneRequest): Promise<Served> {
  const caller = callerOf(settings, request);
  if (!settings.rateLimit.admits("graph")) {
    throw graphErrors.tooManyRequests(429, null);
  }
  const groups = address.exec(decoded(request.path))?.groups;
  if (groups === undefined) {
    throw graphErrors.noSuchAddress();
  }
  const { id, appId, action } = groups;
  const wanted = (id ?? appId ?? "").toLowerCase();
  const application = id === undefined ? settings.directory.findByAppId(wanted) : settings.directory.find(wanted);
  if (application === null) {
    throw caller.permission === "none" ? graphErrors.denied() : graphErrors.notFound(wanted.slice(0, 100));
  }
  if (request.isDisabled) {
    throw graphErrors.denied();
  }
  switch (`${request.method} ${action?.toLowerCase() ?? ""}`.trim()) {
    case "GET":
      return getApplication(settings, request, application, caller);
    case "PATCH":
      return replaceKeys(settings, request, application, caller);
    case "POST addkey":
      return addKey(settings, request, application, caller);
    case "POST removekey":
      return removeKey(settings, request, application, caller);
    default:
      throw graphErrors.badVerb();
  }
}

/** @throws {ServiceError} InvalidAuthenticationToken */
function callerOf({ directory, tokens }: GraphSettings, { headers }: PlaneRequest): Application {
  const token = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (token === undefined) {
    throw graphErrors.noToken();
  }
  const appId = tokens.appIdOf(token);
  const caller = appId === null ? null : directory.findByAppId(appId);
  if (caller === null) {
    throw graphErrors.badToken();
  }
  return caller;
}

function getApplication(
  { directory, endpoint }: GraphSettings,
  { query, staleChanges }: PlaneRequest,
  { id }: Application,
  caller: Application,
): Served {
  if (caller.permission === "none") {
    throw graphErrors.denied();
  }
  const seen = directory.read(id, staleChanges);
  if (seen === null) {
    throw graphErrors.notFound(id);
  }
  const selected = query
    .get("$select")
    ?.split(",")
    .map((name) => name.trim());
  const withKeys = selected?.includes("keyCredentials") === true;
  const properties = {
    id: seen.id,
    appId: seen.appId,
    displayName: seen.displayName,
    keyCredentials: seen.keyCredentials.map((credential) => shown(credential, withKeys)),
    passwordCredentials: [],
  };
  const content = Object.entries(properties).filter(([name]) => selected === undefined || selected.includes(name));
  const suffix = selected === undefined ? "" : `(${selected.join(",")})`;
  const context = `${endpoint()}/v1.0/$metadata#applications${suffix}/$entity`;
  return {
    answer: jsonAnswer(200, { "@odata.context": context, ...Object.fromEntries(content) }),
    thumbprint: null,
  };
}

/** Replaces the whole collection. What is there already is named by its keyId and sent back unchanged, its key or null. */
async function replaceKeys(
  settings: GraphSettings,
  request: PlaneRequest,
  { id }: Application,
  caller: Application,
): Promise<Served> {
  if (caller.permission !== "write") {
    throw graphErrors.denied();
  }
  const { keyCredentials: sent } = await bodyOf(request, patchSchema);
  // Another request may have changed it while the body was read.
  const there = keysOf(settings, id);
  const next = sent.map((one): KeyCredential => {
    const known = there.find(({ keyId }) => keyId === one.keyId);
    if (known === undefined) {
      return newKeyCredential(one, randomUUID, settings.clock, settings.rules);
    }
    assertUnchanged(one, known);
    return known;
  });
  replace(settings, id, next);
  const added = next.find(({ keyId }) => there.every((known) => known.keyId !== keyId));
  const removed = there.find(({ keyId }) => next.every((kept) => kept.keyId !== keyId));
  return { answer: { status: 204, headers: {}, body: "" }, thumbprint: (added ?? removed)?.thumbprint ?? null };
}

async function addKey(
  settings: GraphSettings,
  request: PlaneRequest,
  { id }: Application,
  caller: Application,
): Promise<Served> {
  const { keyCredential, proof } = await bodyOf(request, addKeySchema);
  await assertProof(settings, id, caller, proof);
  const added = newKeyCredential({ ...keyCredential, keyId: null }, randomUUID, settings.clock, settings.rules);
  replace(settings, id, [...keysOf(settings, id), added]);
  const context = `${settings.endpoint()}/v1.0/$metadata#microsoft.graph.keyCredential`;
  return {
    answer: jsonAnswer(200, { "@odata.context": context, ...shown(added, false) }),
    thumbprint: added.thumbprint,
  };
}

async function removeKey(
  settings: GraphSettings,
  request: PlaneRequest,
  { id }: Application,
  caller: Application,
): Promise<Served> {
  const { keyId, proof } = await bodyOf(request, removeKeySchema);
  await assertProof(settings, id, caller, proof);
  const there = keysOf(settings, id);
  const removed = there.find((known) => known.keyId === keyId);
  if (removed === undefined) {
    throw graphErrors.badBody(`No credentials found to be removed.`);
  }
  replace(
    settings,
    id,
    there.filter((known) => known !== removed),
  );
  return { answer: { status: 204, headers: {}, body: "" }, thumbprint: removed.thumbprint };
}

/**
 * Only the application itself, or who may write applications, and only with a token signed by a key that the application
 * has and that is valid. @throws {ServiceError}
 */
async function assertProof(
  { clock, directory }: GraphSettings,
  id: string,
  caller: Application,
  proof: string,
): Promise<void> {
  if (caller.id !== id && caller.permission !== "write") {
    throw graphErrors.denied();
  }
  const application = directory.find(id);
  const assertion = proof.includes("=") ? null : readAssertion(proof);
  const credential = assertion?.credentialAmong(application?.keyCredentials ?? []) ?? null;
  const now = clock.now();
  if (
    assertion === null ||
    credential === null ||
    assertion.claims.aud !== proofAudience ||
    assertion.claims.iss.toLowerCase() !== id ||
    assertion.claims.nbf === undefined ||
    assertion.claims.exp - assertion.claims.nbf > longestProofSeconds ||
    !isInTime(assertion.claims, [now, new Date()]) ||
    now < new Date(credential.startDateTime) ||
    now >= new Date(credential.endDateTime) ||
    !(await assertion.isSignedBy(credential))
  ) {
    throw graphErrors.badProof();
  }
}

function keysOf({ directory }: GraphSettings, id: string): readonly KeyCredential[] {
  return directory.find(id)?.keyCredentials ?? [];
}

/** @throws {ServiceError} over the limit, or for a key that comes twice */
function replace({ directory, rules }: GraphSettings, id: string, next: KeyCredential[]): void {
  if (rules.keyCredentialLimit !== null && next.length > rules.keyCredentialLimit) {
    throw graphErrors.tooManyKeys(rules.keyCredentialLimit);
  }
  if (new Set(next.map(({ keyId }) => keyId)).size < next.length) {
    throw graphErrors.badBody("The keyId of a credential occurs twice.");
  }
  directory.replaceKeys(id, next);
}

async function bodyOf<T>(request: PlaneRequest, schema: z.ZodType<T>): Promise<T> {
  let content: unknown;
  try {
    content = JSON.parse((await request.body()).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw graphErrors.badBody("Unable to read JSON request payload.");
    }
    throw error;
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw graphErrors.badBody(`Invalid value for '${issue?.path.join(".")}': ${issue?.message}`.slice(0, 300));
  }
  return parsed.data;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function errorAnswer({ status, code, message, headers }: ServiceError, requestId: string): Answer {
  const id = dashed(requestId);
  const innerError = { date: new Date().toISOString().slice(0, 19), "request-id": id, "client-request-id": id };
  return jsonAnswer(status, { error: { code, message, innerError } }, headers);
}
