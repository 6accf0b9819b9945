import { randomBytes } from "node:crypto";
import type { EmulatorClock } from "../clock";
import type { ServiceError } from "../errors";
import { serviceErrors } from "../errors";
import type { Answer, Plane, PlaneRequest, Served } from "../plane";
import type { RateLimit } from "../rateLimit";
import type { Application, Directory } from "./directory";
import { tokenErrors } from "./entraErrors";
import { dashed, jsonAnswer } from "./json";
import { isInTime, readAssertion } from "./signedAssertion";

const lifetimeSeconds = 3_599;
const rememberedTokens = 10_000;
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * Bearer tokens that were handed out. In memory only: after a restart every client has to sign in again. They expire by the
 * machine's clock, because it is by that one that clients keep them.
 */
export class Tokens {
  readonly #issued = new Map<string, { readonly appId: string; readonly expiresAtMs: number }>();

  issue(appId: string): string {
    const token = randomBytes(48).toString("base64url");
    this.#issued.set(token, { appId, expiresAtMs: performance.now() + lifetimeSeconds * 1_000 });
    if (this.#issued.size > rememberedTokens) {
      const [oldest = ""] = this.#issued.keys();
      this.#issued.delete(oldest);
    }
    return token;
  }

  /** The application that a token was issued to; null once it has expired. */
  appIdOf(token: string): string | null {
    const issued = this.#issued.get(token);
    return issued === undefined || issued.expiresAtMs <= performance.now() ? null : issued.appId;
  }
}

interface TokenPlaneSettings {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly clock: EmulatorClock;
  readonly rateLimit: RateLimit;
  /** As `https://127.0.0.1:PORT`. */
  readonly endpoint: () => string;
}

const addresses = /^\/(?<tenant>[^/]+)\/(?<what>v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)$/;

export function isTokenAddress(path: string): boolean {
  return addresses.test(path);
}

/** Entra's discovery document and token endpoint, for applications that sign in with a certificate. */
export function tokenPlane(settings: TokenPlaneSettings): Plane {
  return {
    serve: async (request) => {
      const { tenant = "", what = "" } = addresses.exec(request.path)?.groups ?? {};
      const { directory, rateLimit } = settings;
      if (tenant.toLowerCase() !== directory.tenantId) {
        throw tokenErrors.tenantNotFound(tenant);
      }
      if (!rateLimit.admits("entra")) {
        throw serviceErrors.tooManyRequests(429, null);
      }
      return what === "oauth2/v2.0/token"
        ? signIn(settings, request)
        : { answer: jsonAnswer(200, discovery(settings)), thumbprint: null };
    },
    errorAnswer,
    headers: (requestId) => ({
      contentType: "application/json; charset=utf-8",
      others: { "x-ms-request-id": dashed(requestId), "x-ms-ests-server": "2.1.19568.4 - EMULATOR" },
    }),
    tooManyRequests: serviceErrors.tooManyRequests,
    internal: serviceErrors.internal,
  };
}

function discovery({ directory, endpoint }: TokenPlaneSettings): Record<string, unknown> {
  const authority = `${endpoint()}/${directory.tenantId}`;
  return {
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_types_supported: ["token"],
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
  };
}

async function signIn(settings: TokenPlaneSettings, request: PlaneRequest): Promise<Served> {
  const { directory, tokens } = settings;
  const form = new URLSearchParams((await request.body()).toString("utf8"));
  if (request.method !== "POST" || form.get("grant_type") !== "client_credentials") {
    throw tokenErrors.badGrant();
  }
  const scope = form.get("scope") ?? "";
  if (!/\/\.default$/.test(scope)) {
    throw tokenErrors.badScope(scope.slice(0, 200));
  }
  const appId = (form.get("client_id") ?? "").toLowerCase();
  const primary = directory.findByAppId(appId);
  if (primary === null) {
    throw tokenErrors.unknownApplication(appId.slice(0, 100), directory.tenantId);
  }
  if (request.isDisabled) {
    throw tokenErrors.disabledApplication(appId);
  }
  const application = directory.read(primary.id, request.staleChanges) ?? primary;
  const thumbprint = await verify(settings, application, form);
  const answer = jsonAnswer(200, {
    token_type: "Bearer",
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: tokens.issue(appId),
  });
  return { answer, thumbprint };
}

/** @returns the thumbprint of the certificate whose key signed. @throws {ServiceError} */
async function verify(
  { clock, directory, endpoint }: TokenPlaneSettings,
  application: Application,
  form: URLSearchParams,
): Promise<string> {
  const text = form.get("client_assertion");
  if (text === null || form.get("client_assertion_type") !== assertionType) {
    throw tokenErrors.noAssertion();
  }
  const assertion = readAssertion(text);
  if (assertion === null) {
    throw tokenErrors.malformedAssertion();
  }
  const { claims, thumbprint } = assertion;
  const credential = assertion.credentialAmong(application.keyCredentials);
  if (credential === null) {
    throw tokenErrors.unknownKey(thumbprint);
  }
  const now = clock.now();
  if (now < new Date(credential.startDateTime) || now >= new Date(credential.endDateTime)) {
    throw tokenErrors.expiredKey(credential.thumbprint);
  }
  if (!(await assertion.isSignedBy(credential))) {
    throw tokenErrors.badSignature(credential.thumbprint);
  }
  const authority = `${endpoint()}/${directory.tenantId}`;
  if (![`${authority}/oauth2/v2.0/token`, `${authority}/v2.0`].includes(claims.aud)) {
    throw tokenErrors.badAudience(claims.aud.slice(0, 200));
  }
  if (claims.iss.toLowerCase() !== application.appId || claims.sub?.toLowerCase() !== application.appId) {
    throw tokenErrors.badIssuer();
  }
  if (!isInTime(claims, [now, new Date()])) {
    throw tokenErrors.badTime();
  }
  return credential.thumbprint;
}

/** @see learn.microsoft.com/entra/identity-platform/reference-error-codes for the frame */
function errorAnswer({ status, code, message, headers }: ServiceError, requestId: string): Answer {
  const number = Number(/^AADSTS(\d+)$/.exec(code)?.[1] ?? "0");
  const kind = { 400: "invalid_request", 401: "invalid_client" }[status] ?? "temporarily_unavailable";
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  const id = dashed(requestId);
  return jsonAnswer(
    status,
    {
      error: kind,
      error_description: `${code}: ${message} Trace ID: ${id} Correlation ID: ${id} Timestamp: ${timestamp}`,
      error_codes: number === 0 ? [] : [number],
      timestamp,
      trace_id: id,
      correlation_id: id,
    },
    headers,
  );
}
