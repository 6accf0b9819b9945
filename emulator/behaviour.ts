/**
 * What nobody knows for certain about the services, or what varies: each is a setting, and its default is what was
 * recorded from the real service, else what is documented, else a free choice ("proposed").
 */
export interface Behaviour {
  /** Status of a successful Add. Default 201 (recorded); 200 is what the documentation prints and what old clients need. */
  readonly addStatus: 200 | 201;
  /** Add of a thumbprint that is there already. Default `conflict`, 409 ConflictError (proposed); `created` answers as if it were new. */
  readonly duplicateAdd: "conflict" | "created";
  /** Add whose thumbprint is not the SHA-1 of its data. Default `refused`, 400 BadRequest (proposed). */
  readonly thumbprintMismatch: "refused" | "accepted";
  /** Add whose public key is not the PKCS#1 form of the certificate's key. Default `refused`, 400 BadRequest (proposed). */
  readonly publicKeyMismatch: "refused" | "accepted";
  /** Add of data that is no X.509 certificate, such as the PKCS#12 blobs of old entries. Default `refused`, 400 BadRequest (proposed). */
  readonly unreadableData: "refused" | "accepted";
  /** Elements of an Add in another order than PublicKey, Thumbprint, Data. Default `significant`: 400 InvalidXmlRequest, as in the sibling Windows Azure Pack API. */
  readonly elementOrder: "significant" | "any";
  /** Answer to an Add over the limit. Default `forbidden`, 403 ForbiddenError (proposed); `conflict` is 409 ConflictError. */
  readonly overLimit: "forbidden" | "conflict";
  /** Smallest RSA key that Add takes, in bits. Default 0, any: the documentation asks for 2048, but entries with 1024 exist. */
  readonly minimumRsaBits: number;
  /** Upper and lower case in the thumbprint of an address. Default `ignored` (proposed). Answers are upper-case either way. */
  readonly thumbprintCase: "ignored" | "significant";
  /** Code of the 403 for a caller who is not registered. Default `ForbiddenError` (seen); `AuthenticationFailed` is documented. */
  readonly refusalCode: "ForbiddenError" | "AuthenticationFailed";
  /** Answer for a subscription that was set to "gone". Default `notFound`, 404 ResourceNotFound with the generic text (proposed); `forbidden` is the 403 of a stranger. */
  readonly goneSubscription: "notFound" | "forbidden";
  /** Requests with `Authorization: Bearer` or `x-ms-aad-authorization: Bearer` and no registered certificate. Default `accepted`, whatever the token says. */
  readonly bearerTokens: "accepted" | "refused";
  /** Content-Type of Add. Default `any`: the service takes what clients send, `application/atom+xml` among it. `strict` wants `application/xml`. */
  readonly contentType: "any" | "strict";
  /** The only values of `x-ms-version` that are taken. Default null: any date not before the operation's first version. */
  readonly versions: readonly string[] | null;
  /** Status of `TooManyRequests`. Default 429 (proposed). */
  readonly throttlingStatus: 429 | 503;
  /** `Retry-After` of `TooManyRequests`, as sent: seconds or an HTTP date. Default null, none: no one has seen it on this API. */
  readonly throttlingRetryAfter: string | null;
  /** Origin that every request is sent to with 307 and `Location`. Default null: served here. */
  readonly redirectTo: string | null;
  /** `GET /subscriptions` with a management certificate. Default `accepted` (proposed); `refused` is a 403. */
  readonly subscriptionsList: "accepted" | "refused";
  /** Most operations in one answer of the list of operations; the next answer takes its ContinuationToken. Default null: all in one. */
  readonly operationsPerAnswer: number | null;
  /** After each change of an application, so many reads and sign-ins see in turn the state before it and after it. Default 0. */
  readonly replicationReads: number;
  /** Most certificates of an application. Default null: none is documented. */
  readonly keyCredentialLimit: number | null;
  /** Longest life of an application's certificate by policy of the tenant, in days. Default null: no policy. */
  readonly keyCredentialLifetimeDays: number | null;
}

export const defaultBehaviour: Behaviour = {
  addStatus: 201,
  duplicateAdd: "conflict",
  thumbprintMismatch: "refused",
  publicKeyMismatch: "refused",
  unreadableData: "refused",
  elementOrder: "significant",
  overLimit: "forbidden",
  minimumRsaBits: 0,
  thumbprintCase: "ignored",
  refusalCode: "ForbiddenError",
  goneSubscription: "notFound",
  bearerTokens: "accepted",
  contentType: "any",
  versions: null,
  throttlingStatus: 429,
  throttlingRetryAfter: null,
  redirectTo: null,
  subscriptionsList: "accepted",
  operationsPerAnswer: null,
  replicationReads: 0,
  keyCredentialLimit: null,
  keyCredentialLifetimeDays: null,
};
