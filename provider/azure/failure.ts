/** How one request failed, before anybody decides what to do about it. */
export type Failure =
  /** The service answered, but with no success. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly serviceCode: string | null;
      readonly message: string | null;
      readonly requestId: string | null;
      readonly retryAfterMs: number | null;
    }
  /** The service answered something that can't be understood. */
  | { readonly kind: "unreadable"; readonly detail: string; readonly requestId: string | null }
  /** The TLS handshake ended because the server did not like our certificate. */
  | { readonly kind: "clientCertificateRefused"; readonly cause: Error }
  | { readonly kind: "transport"; readonly problem: TransportProblem; readonly cause: Error }
  | { readonly kind: "timeout" };

export type TransportProblem =
  | "unknownName"
  | "connectionRefused"
  | "unreachable"
  | "connectionLost"
  | "untrustedCertificate"
  | "certificateExpired"
  | "certificateNotYetValid"
  | "otherName"
  | "notTls"
  | "other";

/** Carries a failure through code that can only throw. Never leaves this folder. */
export class RequestFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

const problems: Readonly<Record<string, TransportProblem>> = {
  ENOTFOUND: "unknownName",
  ECONNREFUSED: "connectionRefused",
  EAI_AGAIN: "unreachable",
  ECONNRESET: "connectionLost",
  ECONNABORTED: "connectionLost",
  EPIPE: "connectionLost",
  ETIMEDOUT: "connectionLost",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  UND_ERR_SOCKET: "connectionLost",
  UND_ERR_CONNECT_TIMEOUT: "unreachable",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "connectionLost",
  DEPTH_ZERO_SELF_SIGNED_CERT: "untrustedCertificate",
  SELF_SIGNED_CERT_IN_CHAIN: "untrustedCertificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "untrustedCertificate",
  UNABLE_TO_GET_ISSUER_CERT: "untrustedCertificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "untrustedCertificate",
  CERT_SIGNATURE_FAILURE: "untrustedCertificate",
  CERT_UNTRUSTED: "untrustedCertificate",
  CERT_REJECTED: "untrustedCertificate",
  INVALID_CA: "untrustedCertificate",
  INVALID_PURPOSE: "untrustedCertificate",
  CERT_HAS_EXPIRED: "certificateExpired",
  CERT_NOT_YET_VALID: "certificateNotYetValid",
  ERR_TLS_CERT_ALTNAME_INVALID: "otherName",
  HOSTNAME_MISMATCH: "otherName",
  ERR_SSL_WRONG_VERSION_NUMBER: "notTls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "notTls",
};

/** The server's alerts that mean "not with this certificate". */
const clientCertificateAlert =
  /ALERT_(BAD_CERTIFICATE|CERTIFICATE_REQUIRED|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)$/;

/** The failure that an error of the HTTP client stands for; null for one that nobody has foreseen, which is then a bug and passes as it is. */
export function failureOf(error: unknown): Failure | null {
  if (!(error instanceof Error)) {
    return null;
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT" || error.name === "TimeoutError") {
    return { kind: "timeout" };
  }
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return { kind: "unreadable", detail: "it is larger than 8 MiB", requestId: null };
  }
  if (error.name === "HTTPParserError") {
    return { kind: "unreadable", detail: "it is not HTTP", requestId: null };
  }
  if (clientCertificateAlert.test(code)) {
    return { kind: "clientCertificateRefused", cause: bare(error, code) };
  }
  // The rest of what the system and TLS can say; anything without such a code is a bug of ours and no failure.
  const problem = problems[code] ?? (code.startsWith("ERR_SSL_") || "syscall" in error ? "other" : null);
  return problem === null ? null : { kind: "transport", problem, cause: bare(error, code) };
}

/** The words of a socket error without what hangs on it: some carry the whole TLS context, private key included. */
function bare(error: Error, code: string): Error {
  return Object.assign(new Error(error.message === "" ? code : error.message), { code });
}
