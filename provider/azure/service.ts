import type { AzureCertificatesError, ErrorFacts } from "../errors";
import type { Credential } from "./credential";
import type { Failure } from "./failure";

/** Whatever a service's requests are addressed to. */
export interface ServiceAddress {
  /** An https origin, as `canonicalEndpoint` writes it. */
  readonly endpoint: string;
}

/** What of HTTP differs between the services. */
export interface Protocol {
  /** Of every request, beside the credential's. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of what is sent and what is wanted. */
  readonly mediaType: string;
  /** The header of an answer that Microsoft support asks for, in lower case. */
  readonly requestIdHeader: string;
  /** What the body of an answer that is no success says; null if it says nothing. */
  readonly readError: (body: string) => { readonly code: string; readonly message: string } | null;
}

/** What a failed request was about, for the words of its error. */
export interface RequestContext<At extends ServiceAddress> {
  readonly at: At;
  readonly thumbprint: string | null;
  /** What was to be done, as an infinitive: "list the certificates". */
  readonly purpose: string;
  /** The credentials that the service was shown, in that order. */
  readonly shown: readonly Credential[];
}

/** One of Azure's services, as the transport needs to know it. */
export interface Service<At extends ServiceAddress> {
  readonly protocol: Protocol;
  /** One spelling of an address, to keep throttles and credentials apart by. */
  readonly keyOf: (at: At) => string;
  readonly factsOf: (at: At) => ErrorFacts;
  /** What to try, in order. */
  readonly candidates: (at: At) => AsyncGenerator<Credential, void>;
  /** Whether a failure means: not with this credential. Then the next one is tried. */
  readonly isRefusal: (failure: Failure) => boolean;
  readonly errorFor: (failure: Failure, context: RequestContext<At>) => AzureCertificatesError;
}
