import { parseCertificate } from "../certificate/parse";
import { CancelledError, CertificateError } from "../errors";
import { type Failure, RequestFailed } from "./failure";
import { mayHaveTakenEffect } from "./retry";
import type { SubscriptionAddress } from "./subscriptionAddress";
import type { CallOptions, Send, Transport } from "./transport";
import { decodeCertificate, decodeList, encodeSubscriptionCertificate, type ListedCertificate } from "./xml";

export type { CallOptions } from "./transport";
export type { ListedCertificate } from "./xml";

export interface Listing {
  readonly certificates: readonly ListedCertificate[];
  /** The server's clock when it answered; null where it did not say. */
  readonly serverDate: Date | null;
  readonly requestId: string | null;
  /** Thumbprint of the client certificate that the request was authenticated with; null for a token. */
  readonly authenticatedWith: string | null;
  /** Who signed in, for records: that thumbprint, or the application of a token. */
  readonly signedInAs: string;
}

/** The answer to a change; each is null where none was seen. */
export interface Confirmation {
  readonly requestId: string | null;
  readonly signedInAs: string | null;
}

export interface AddOptions extends CallOptions {
  /** Called as soon as the certificate may be registered although no success was seen. */
  readonly onAnswerLost?: () => void;
}

/**
 * The management certificates of classic subscriptions. Every method may throw AuthenticationError,
 * SubscriptionUnavailableError, ServiceError, UnreadableAnswerError, TransportError, RetriesExhaustedError,
 * ConfigurationError or CertificateError (a credential that can't be used), or the reason of an abort.
 *
 * @see https://learn.microsoft.com/previous-versions/azure/reference/jj154124(v=azure.100)
 */
export interface ManagementCertificates {
  /** All of them: the service does not page. */
  list(at: SubscriptionAddress, options?: CallOptions): Promise<Listing>;
  /** Null only if the service says that the certificate, not the subscription, is not there. */
  get(at: SubscriptionAddress, thumbprint: string, options?: CallOptions): Promise<ListedCertificate | null>;
  /**
   * Registers a certificate. A conflict, and an answer that was lost, are resolved by reading back and comparing the bytes.
   *
   * @throws CertificateError ERR_CERTIFICATE_INVALID if other bytes are there under its thumbprint, or it is no RSA certificate
   * @throws QuotaExceededError ERR_QUOTA_EXCEEDED
   */
  add(
    at: SubscriptionAddress,
    der: Buffer,
    options?: AddOptions,
  ): Promise<Confirmation & { readonly outcome: "created" | "alreadyThere" }>;
  remove(
    at: SubscriptionAddress,
    thumbprint: string,
    options?: CallOptions,
  ): Promise<Confirmation & { readonly outcome: "removed" | "alreadyGone" }>;
}

export function managementCertificates(
  transport: Pick<Transport<SubscriptionAddress>, "call">,
): ManagementCertificates {
  return {
    list: (at, options = {}) =>
      transport.call(
        { at, purpose: "list the subscription's management certificates", thumbprint: null },
        options,
        async (send) => {
          const answer = await send({ method: "GET", path: listPath(at) });
          const { serverDate, requestId, authenticatedWith, signedInAs } = answer;
          const certificates = decodeList(answer.body, requestId);
          return { certificates, serverDate, requestId, authenticatedWith, signedInAs };
        },
      ),

    get: (at, thumbprint, options = {}) =>
      transport.call({ at, purpose: "read a management certificate", thumbprint }, options, (send) =>
        read(send, at, thumbprint),
      ),

    add: (at, der, options = {}) => {
      const { publicKeyPkcs1, thumbprint } = parseCertificate(der);
      if (publicKeyPkcs1 === null) {
        throw new CertificateError({
          what: "Azure takes RSA certificates only, and the key of this one is not RSA.",
          facts: { thumbprint },
        });
      }
      const body = encodeSubscriptionCertificate({ publicKeyPkcs1, thumbprint, der });
      let answerLost = false;
      return transport.call({ at, purpose: "register a management certificate", thumbprint }, options, async (send) => {
        if (answerLost && (await isThere(send, at, thumbprint, der))) {
          return { requestId: null, signedInAs: null, outcome: "created" };
        }
        try {
          const { requestId, signedInAs } = await send({ method: "POST", path: listPath(at), body });
          return { requestId, signedInAs, outcome: "created" };
        } catch (error) {
          const failure = failureIn(error);
          if (error instanceof CancelledError || (failure !== null && mayHaveTakenEffect(failure))) {
            answerLost = true;
            options.onAnswerLost?.();
          }
          if (failure?.kind === "answer" && failure.status === 409 && (await isThere(send, at, thumbprint, der))) {
            return {
              requestId: failure.requestId,
              signedInAs: null,
              outcome: answerLost ? "created" : "alreadyThere",
            };
          }
          throw error;
        }
      });
    },

    remove: (at, thumbprint, options = {}) => {
      let answerLost = false;
      return transport.call({ at, purpose: "remove a management certificate", thumbprint }, options, async (send) => {
        try {
          const { requestId, signedInAs } = await send({ method: "DELETE", path: certificatePath(at, thumbprint) });
          return { requestId, signedInAs, outcome: "removed" };
        } catch (error) {
          const failure = failureIn(error);
          if (failure !== null && (await provesAbsence(failure, send, at))) {
            const requestId = failure.kind === "answer" ? failure.requestId : null;
            return { requestId, signedInAs: null, outcome: answerLost ? "removed" : "alreadyGone" };
          }
          answerLost ||= failure !== null && mayHaveTakenEffect(failure);
          throw error;
        }
      });
    },
  };
}

async function read(send: Send, at: SubscriptionAddress, thumbprint: string): Promise<ListedCertificate | null> {
  try {
    const answer = await send({ method: "GET", path: certificatePath(at, thumbprint) });
    return decodeCertificate(answer.body, answer.requestId);
  } catch (error) {
    const failure = failureIn(error);
    if (failure !== null && (await provesAbsence(failure, send, at))) {
      return null;
    }
    throw error;
  }
}

/** Whether exactly these bytes are registered. @throws CertificateError if others are, under the same thumbprint */
async function isThere(send: Send, at: SubscriptionAddress, thumbprint: string, der: Buffer): Promise<boolean> {
  const found = await read(send, at, thumbprint);
  if (found !== null && !found.data.equals(der)) {
    throw new CertificateError({
      what: "The subscription holds other bytes under the thumbprint of this certificate.",
      todo: "Somebody registered something else under that name. Look at it in the list, and remove it there if it is not meant.",
      facts: { subscription: at.subscriptionId, thumbprint, endpoint: at.endpoint },
    });
  }
  return found !== null;
}

/**
 * Only ResourceNotFound for the certificate proves that it is not there. The service uses the same code for other things,
 * so unless it names the certificate, the list decides: a subscription that lists anything is there.
 */
async function provesAbsence(failure: Failure, send: Send, at: SubscriptionAddress): Promise<boolean> {
  if (failure.kind !== "answer" || failure.status !== 404 || failure.serviceCode !== "ResourceNotFound") {
    return false;
  }
  if (!/\bcertificate\b/i.test(failure.message ?? "")) {
    await send({ method: "GET", path: listPath(at) });
  }
  return true;
}

function failureIn(error: unknown): Failure | null {
  return error instanceof RequestFailed ? error.failure : null;
}

function listPath({ subscriptionId }: SubscriptionAddress): string {
  return `/${encodeURIComponent(subscriptionId)}/certificates`;
}

function certificatePath(at: SubscriptionAddress, thumbprint: string): string {
  return `${listPath(at)}/${encodeURIComponent(thumbprint.toUpperCase())}`;
}
