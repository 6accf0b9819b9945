import { ServiceError } from "../errors";

/** Errors of Microsoft Graph, with the codes and texts that were seen. @see learn.microsoft.com/graph/errors */
export const graphErrors = {
  noToken: () => new ServiceError(401, "InvalidAuthenticationToken", "Access token is empty."),
  badToken: () => new ServiceError(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
  /** One answer for every fault of a proof of possession. @see microsoft-graph-docs#10686 */
  badProof: () => new ServiceError(401, "Authentication_MissingOrMalformed", "Access Token missing or malformed."),
  denied: () =>
    new ServiceError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
  notFound: (id: string) =>
    new ServiceError(
      404,
      "Request_ResourceNotFound",
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  noSuchAddress: () => new ServiceError(400, "BadRequest", "Resource not found for the segment."),
  badVerb: () =>
    new ServiceError(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
  badBody: (message: string) => new ServiceError(400, "Request_BadRequest", message),
  /** @see azure-powershell#6784 */
  keyNotUpdatable: (keyId: string) =>
    new ServiceError(400, "Request_BadRequest", `Update to existing credential with KeyId '${keyId}' is not allowed.`),
  invalidKey: () => new ServiceError(400, "KeyCredentialsInvalidValue", "Key credential value is invalid or missing."),
  invalidEndDate: () => new ServiceError(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid."),
  invalidUsage: () =>
    new ServiceError(
      400,
      "Request_BadRequest",
      'The value for the property "usage" in one of your credentials is invalid. Acceptable values are Sign, Verify.',
    ),
  /** An app management policy of the tenant. @see azure-cli#28522 */
  lifetimePolicy: () =>
    new ServiceError(
      400,
      "CredentialInvalidLifetimeAsPerAppPolicy",
      "Credential lifetime exceeds the max value allowed as per assigned policy 'emulator'.",
    ),
  tooManyKeys: (limit: number) =>
    new ServiceError(
      400,
      "Directory_QuotaExceeded",
      `The application already has the maximum of ${limit} credentials.`,
    ),
  tooManyRequests: (status: 429 | 503, retryAfter: string | null) =>
    new ServiceError(
      status,
      status === 429 ? "TooManyRequests" : "serviceNotAvailable",
      "Too many requests.",
      retryAfter === null ? {} : { "Retry-After": retryAfter },
    ),
  internal: () => new ServiceError(500, "InternalServerError", "An internal server error occurred."),
} as const;

/** Errors of the token endpoint: the code is its number. @see learn.microsoft.com/entra/identity-platform/reference-error-codes */
export const tokenErrors = {
  tenantNotFound: (tenant: string) =>
    new ServiceError(
      400,
      "AADSTS90002",
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
    ),
  badGrant: () =>
    new ServiceError(
      400,
      "AADSTS70003",
      "The app requested an unsupported grant type: only client_credentials is served.",
    ),
  badScope: (scope: string) =>
    new ServiceError(
      400,
      "AADSTS1002012",
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
    ),
  unknownApplication: (appId: string, tenantId: string) =>
    new ServiceError(
      400,
      "AADSTS700016",
      `Application with identifier '${appId}' was not found in the directory '${tenantId}'.`,
    ),
  disabledApplication: (appId: string) => new ServiceError(400, "AADSTS7000112", `Application '${appId}' is disabled.`),
  noAssertion: () =>
    new ServiceError(
      401,
      "AADSTS7000218",
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
  malformedAssertion: () => new ServiceError(401, "AADSTS50027", "JWT token is invalid or malformed."),
  unknownKey: (thumbprint: string) =>
    new ServiceError(
      401,
      "AADSTS700027",
      `Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprint}']`,
    ),
  expiredKey: (thumbprint: string) =>
    new ServiceError(
      401,
      "AADSTS700027",
      `Client assertion contains an invalid signature. [Reason - The key used is expired., Thumbprint of key used by client: '${thumbprint}']`,
    ),
  badSignature: (thumbprint: string) =>
    new ServiceError(
      401,
      "AADSTS700027",
      `Client assertion contains an invalid signature. [Reason - The signature is invalid., Thumbprint of key used by client: '${thumbprint}']`,
    ),
  badAudience: (audience: string) =>
    new ServiceError(
      401,
      "AADSTS700023",
      `Client assertion audience claim does not match Realm issuer: '${audience}'.`,
    ),
  badIssuer: () =>
    new ServiceError(
      401,
      "AADSTS700021",
      "Client assertion application identifier doesn't match 'client_id' parameter.",
    ),
  badTime: () => new ServiceError(401, "AADSTS700024", "Client assertion is not within its valid time range."),
} as const;
