import type { Behaviour } from "./behaviour";

/** An answer of the service that is no success: thrown by the rules, written by the server. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "ServiceError";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/**
 * Every error of the classic API with its exact status, code and text.
 *
 * @see Service Management error codes, ee460801; where a recording differs, the recording.
 */
export const serviceErrors = {
  versionHeader: () =>
    new ServiceError(
      400,
      "MissingOrIncorrectVersionHeader",
      "The versioning header is not specified or was specified incorrectly.",
    ),
  invalidXml: () =>
    new ServiceError(400, "InvalidXmlRequest", "The request body's XML was invalid or not correctly specified."),
  queryParameter: () =>
    new ServiceError(
      400,
      "MissingOrInvalidRequiredQueryParameter",
      "A required query parameter was not specified for this request or was specified incorrectly.",
    ),
  invalidVerb: () =>
    new ServiceError(
      400,
      "InvalidHttpVerb",
      "The HTTP verb specified was not recognized by the server or isn't valid for this resource.",
    ),
  badRequest: (message = "A parameter was incorrect.") => new ServiceError(400, "BadRequest", message),
  forbidden: ({ refusalCode }: Pick<Behaviour, "refusalCode">) =>
    new ServiceError(
      403,
      refusalCode,
      "The server failed to authenticate the request. Verify that the certificate is valid and is associated with this subscription.",
    ),
  subscriptionDisabled: () => new ServiceError(403, "SubscriptionDisabled", "The subscription is in a disabled state."),
  certificateNotFound: () => new ServiceError(404, "ResourceNotFound", "The certificate was not found."),
  resourceNotFound: () => new ServiceError(404, "ResourceNotFound", "The specified resource does not exist."),
  conflict: () =>
    new ServiceError(409, "ConflictError", "A conflict occurred to prevent the operation from completing."),
  // What the service says here was never recorded, so the text is ours.
  overLimit: ({ overLimit }: Pick<Behaviour, "overLimit">, limit: number) => {
    const message = `The subscription already has the maximum of ${limit} management certificates.`;
    return overLimit === "conflict"
      ? new ServiceError(409, "ConflictError", message)
      : new ServiceError(403, "ForbiddenError", message);
  },
  tooManyRequests: (status: 429 | 503, retryAfter: string | null) =>
    new ServiceError(
      status,
      "TooManyRequests",
      "Too many requests received. Retry after some time.",
      retryAfter === null ? {} : { "Retry-After": retryAfter },
    ),
  internal: () =>
    new ServiceError(500, "InternalError", "The server encountered an internal error. Please retry the request."),
  redirect: (location: string) =>
    new ServiceError(307, "TemporaryRedirect", "The resource is temporarily at another address.", {
      Location: location,
    }),
} as const;
