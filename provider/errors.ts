/**
 * Every error this package raises on purpose, each with one code that never changes meaning.
 *
 * A message reads: what happened, then what to do, then labelled lines (subscription, thumbprint, request id).
 * No message, and no property that printing an error would show, ever carries key material.
 */

/** The labelled lines under an error's message. Only facts that may be shown to anybody who may read a log. */
export interface ErrorFacts {
  readonly subscription?: string | undefined;
  /** Object id or client id of an app registration. */
  readonly application?: string | undefined;
  readonly thumbprint?: string | undefined;
  /** HTTP status of the service's answer. */
  readonly status?: number | undefined;
  /** The service's own error code, as `ForbiddenError`. */
  readonly serviceCode?: string | undefined;
  /** `x-ms-request-id` of the service's answer: what Microsoft support asks for. */
  readonly requestId?: string | undefined;
  readonly endpoint?: string | undefined;
  /** Path of a file on this machine. */
  readonly file?: string | undefined;
}

export interface ErrorParts {
  /** What happened, as a sentence. */
  readonly what: string;
  /** What the reader should do about it, as a sentence. */
  readonly todo?: string | undefined;
  readonly facts?: ErrorFacts | undefined;
  readonly cause?: unknown;
}

const labels: readonly [keyof ErrorFacts, string][] = [
  ["subscription", "subscription"],
  ["application", "application"],
  ["thumbprint", "thumbprint"],
  ["endpoint", "endpoint"],
  ["status", "status"],
  ["serviceCode", "service code"],
  ["requestId", "request id"],
  ["file", "file"],
];

function messageOf({ what, todo, facts }: ErrorParts): string {
  const lines = [todo === undefined ? what : `${what} ${todo}`];
  for (const [key, label] of labels) {
    const value = facts?.[key];
    if (value !== undefined) {
      lines.push(`  ${label}: ${value}`);
    }
  }
  return lines.join("\n");
}

abstract class CodedError extends Error {
  abstract readonly code: string;
  /** The labelled facts of the message, for programs. */
  readonly facts: ErrorFacts;

  constructor(parts: ErrorParts) {
    super(messageOf(parts), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = new.target.name;
    this.facts = parts.facts ?? {};
    // A cause may be a socket error that carries the whole TLS context, private key included.
    if (parts.cause !== undefined) {
      Object.defineProperty(this, "cause", { value: parts.cause, enumerable: false });
    }
  }
}

/** A bad input. `property` is the path of the input at fault, as `holders[2]`. Becomes a `check` failure on that property. */
export class InvalidInputError extends CodedError {
  readonly code = "ERR_INPUT_INVALID";
  readonly property: string;
  constructor(property: string, parts: ErrorParts) {
    super(parts);
    this.property = property;
  }
}

/** The provider's configuration or a credential file is missing, contradictory, readable by others, or not to be trusted. */
export class ConfigurationError extends CodedError {
  readonly code = "ERR_CONFIGURATION";
}

/** A certificate, key, PFX or publish-settings file that can't be read, doesn't match, or is outside its validity. */
export class CertificateError extends CodedError {
  readonly code = "ERR_CERTIFICATE_INVALID";
}

/** 401, 403, or a client certificate that the service refused. */
export class AuthenticationError extends CodedError {
  readonly code = "ERR_AUTHENTICATION";
}

/** The subscription answers that it does not exist or is disabled. State is kept: this proves nothing about certificates. */
export class SubscriptionUnavailableError extends CodedError {
  readonly code = "ERR_SUBSCRIPTION_UNAVAILABLE";
}

/** The directory answers that the app registration does not exist. State is kept: this proves nothing about certificates. */
export class ApplicationUnavailableError extends CodedError {
  readonly code = "ERR_APPLICATION_UNAVAILABLE";
}

/** Entra does not take this certificate for an application: its dates, its bytes, or a policy of the tenant. */
export class CredentialPolicyError extends CodedError {
  readonly code = "ERR_CREDENTIAL_POLICY";
}

/** The subscription's limit of certificates leaves no room for the one to be added. */
export class QuotaExceededError extends CodedError {
  readonly code = "ERR_QUOTA_EXCEEDED";
}

/** 429, `TooManyRequests`, or 503 with `Retry-After`. Seen by users only as the cause of {@link RetriesExhaustedError}. */
export class ThrottledError extends CodedError {
  readonly code = "ERR_THROTTLED";
  /** How long the service asks everybody to wait; null where it did not say. */
  readonly retryAfterMs: number | null;
  constructor(parts: ErrorParts & { readonly retryAfterMs: number | null }) {
    super(parts);
    this.retryAfterMs = parts.retryAfterMs;
  }
}

/** Any other answer of the service that is no success. 5xx and 408 are tried again, 4xx are not. */
export class ServiceError extends CodedError {
  readonly code = "ERR_SERVICE";
}

/** The service's answer can't be understood: not XML, cut off, or not of the documented shape. */
export class UnreadableAnswerError extends CodedError {
  readonly code = "ERR_ANSWER_UNREADABLE";
}

/** Socket, DNS or TLS failure: no answer arrived. */
export class TransportError extends CodedError {
  readonly code = "ERR_TRANSPORT";
}

/** One request took longer than its time limit. */
export class TimeoutError extends CodedError {
  readonly code = "ERR_TIMEOUT";
}

/** Gave up: the total time budget is spent. Says how often and how long it tried; the last failure is the `cause`. */
export class RetriesExhaustedError extends CodedError {
  readonly code = "ERR_RETRIES_EXHAUSTED";
  readonly attempts: number;
  readonly elapsedMs: number;
  constructor(parts: ErrorParts & { readonly attempts: number; readonly elapsedMs: number }) {
    super(parts);
    this.attempts = parts.attempts;
    this.elapsedMs = parts.elapsedMs;
  }
}

/** Removing this certificate would lock somebody out: it is the last valid one, or the one this run signs in with. */
export class LockOutError extends CodedError {
  readonly code = "ERR_LOCK_OUT";
}

/** A revoked certificate could not be taken off a subscription: whoever has its key can still sign in. The message begins STILL OPEN. */
export class StillOpenError extends CodedError {
  readonly code = "ERR_STILL_OPEN";
  constructor(parts: ErrorParts) {
    super({ ...parts, what: `STILL OPEN: ${parts.what}` });
  }
}

/** With `verify: used`, the current certificate did not sign in, so its predecessor was not retired. */
export class NotUsableError extends CodedError {
  readonly code = "ERR_NOT_USABLE";
}

/** Somebody else removed the current certificate. It is not put back silently: we never open a door that someone else closed. */
export class RemovedElsewhereError extends CodedError {
  readonly code = "ERR_REMOVED_ELSEWHERE";
}

/** The subscription holds a certificate of this lineage that is newer than the newest one in the state: the state was rolled back. */
export class StateRolledBackError extends CodedError {
  readonly code = "ERR_STATE_ROLLED_BACK";
}

/** The server's clock and ours differ by more than is allowed before a removal because of time. */
export class ClockSkewError extends CodedError {
  readonly code = "ERR_CLOCK_SKEW";
}

/** A change was asked for while `AZURE_CERTIFICATES_AS_OF` is set and the endpoint is not the emulator. */
export class AsOfError extends CodedError {
  readonly code = "ERR_AS_OF";
}

/** A file that holds a key can't be written, read or removed as it has to be: its folder is open to others, a symbolic link is in the way, something else is there, or the system refuses. */
export class KeyFileError extends CodedError {
  readonly code = "ERR_FILE";
}

/** What was to be done, or was done, could not be written to `evidencePath` or handed to `evidenceCommand`. Nothing is opened or retired without it; what closes a door for somebody who left is done all the same. */
export class EvidenceError extends CodedError {
  readonly code = "ERR_EVIDENCE";
}

/** The engine that started this process is gone, so nothing more is changed. */
export class EngineGoneError extends CodedError {
  readonly code = "ERR_ENGINE_GONE";
}

/** The run was cancelled while this was under way. What was done is kept. */
export class CancelledError extends CodedError {
  readonly code = "ERR_CANCELLED";
}

/** Every error of this package: switch on `code`. */
export type AzureCertificatesError =
  | InvalidInputError
  | ConfigurationError
  | CertificateError
  | AuthenticationError
  | SubscriptionUnavailableError
  | ApplicationUnavailableError
  | CredentialPolicyError
  | QuotaExceededError
  | ThrottledError
  | ServiceError
  | UnreadableAnswerError
  | TransportError
  | TimeoutError
  | RetriesExhaustedError
  | LockOutError
  | StillOpenError
  | NotUsableError
  | RemovedElsewhereError
  | StateRolledBackError
  | ClockSkewError
  | AsOfError
  | KeyFileError
  | EvidenceError
  | EngineGoneError
  | CancelledError;

/** Whether this package raised it on purpose. Anything else is a bug, or comes from a library. */
export function isAzureCertificatesError(error: unknown): error is AzureCertificatesError {
  return error instanceof CodedError;
}
