import {
  type AzureCertificatesError,
  type ErrorFacts,
  ThrottledError,
  TimeoutError,
  TransportError,
  UnreadableAnswerError,
} from "../errors";
import type { Failure, TransportProblem } from "./failure";
import { isThrottling } from "./retry";
import type { RequestContext, ServiceAddress } from "./service";

/** What one service says about an answer, made fit to be shown. */
export interface AnswerParts {
  readonly facts: ErrorFacts;
  readonly service: Pick<ErrorFacts, "status" | "serviceCode" | "requestId">;
  /** A sentence with the service's own words and a blank before it; empty where there are none. */
  readonly said: string;
}

/** What a service adds to the errors that all services have. */
interface Words<At extends ServiceAddress> {
  readonly facts: ErrorFacts;
  /** What a wrong address is corrected with. */
  readonly endpointSetting: string;
  readonly forAnswer: (
    failure: Extract<Failure, { kind: "answer" }>,
    context: RequestContext<At>,
    parts: AnswerParts,
  ) => AzureCertificatesError;
  /** For a client certificate that the server did not take in the handshake. */
  readonly refused: (
    context: RequestContext<At>,
    service: AnswerParts["service"],
    cause: Error,
  ) => AzureCertificatesError;
}

/** The error that a person reads for a failure. */
export function errorFor<At extends ServiceAddress>(
  failure: Failure,
  context: RequestContext<At>,
  words: Words<At>,
): AzureCertificatesError {
  const { at, purpose, thumbprint } = context;
  const facts = { ...words.facts, thumbprint: thumbprint ?? undefined };
  switch (failure.kind) {
    case "answer": {
      const message = harmless(failure.message ?? "", longestMessageCharacters);
      const said = message === "" ? "" : ` The service says: "${message}"`;
      const service = {
        status: failure.status,
        serviceCode: nameOf(failure.serviceCode),
        requestId: nameOf(failure.requestId),
      };
      const parts = { facts: { ...facts, ...service }, service, said };
      return isThrottling(failure)
        ? new ThrottledError({
            what: `The service refuses to ${purpose}, because it gets too many requests.${said}`,
            facts: parts.facts,
            retryAfterMs: failure.retryAfterMs,
          })
        : words.forAnswer(failure, context, parts);
    }
    case "clientCertificateRefused":
      return words.refused(context, {}, failure.cause);
    case "timeout":
      return new TimeoutError({ what: `The service did not answer in time when asked to ${purpose}.`, facts });
    case "unreadable":
      return new UnreadableAnswerError({
        what: `The answer to the request to ${purpose} can't be understood: ${failure.detail}.`,
        todo: "Check that the endpoint is Azure's, and that nothing in between rewrites answers.",
        facts: { ...facts, requestId: nameOf(failure.requestId) },
      });
    case "transport": {
      const { what, todo } = transportWords[failure.problem](new URL(at.endpoint).host, words.endpointSetting);
      return new TransportError({ what, todo, facts, cause: failure.cause });
    }
  }
}

function nameOf(text: string | null): string | undefined {
  return text === null ? undefined : harmless(text, longestNameCharacters);
}

/** The service's sentences are short, its codes and request ids shorter. */
const longestMessageCharacters = 500;
const longestNameCharacters = 100;

/** What a server says ends up on a terminal and in logs: in one line, without what a terminal obeys, and not eight megabytes of it. */
function harmless(text: string, longest: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

type TransportWords = (host: string, setting: string) => { readonly what: string; readonly todo: string };

const transportWords: Readonly<Record<TransportProblem, TransportWords>> = {
  unknownName: (host, setting) => ({
    what: `The name in ${host} is not known.`,
    todo: `Check ${setting} for a typing mistake, and this machine's name server.`,
  }),
  connectionRefused: (host, setting) => ({
    what: `Nothing listens at ${host}: the connection was refused.`,
    todo: `Check ${setting}, and that the service is running.`,
  }),
  unreachable: (host, setting) => ({
    what: `No connection to ${host} could be made.`,
    todo: `Check ${setting}, this machine's network and what it has to go through.`,
  }),
  connectionLost: (host) => ({
    what: `The connection to ${host} was lost before an answer came.`,
    todo: "Check the network between this machine and that host, then run again.",
  }),
  untrustedCertificate: (host) => ({
    what: `The certificate of ${host} is not signed by an authority that this machine trusts.`,
    todo: "If the server has a private authority, set azure-certificates:caCertificatePath to its certificate. Otherwise somebody may be in between.",
  }),
  certificateExpired: (host) => ({
    what: `The certificate of ${host} has expired.`,
    todo: "Check this machine's clock; if it is right, the server needs a new certificate.",
  }),
  certificateNotYetValid: (host) => ({
    what: `The certificate of ${host} is not valid yet.`,
    todo: "Check this machine's clock.",
  }),
  otherName: (host, setting) => ({
    what: `The server at ${host} presents a certificate for another name.`,
    todo: `Use the name that the certificate is for as ${setting}. Otherwise somebody may be in between.`,
  }),
  notTls: (host, setting) => ({
    what: `What listens at ${host} does not speak TLS.`,
    todo: `Check the port of ${setting}.`,
  }),
  other: (host, setting) => ({
    what: `The connection to ${host} failed.`,
    todo: `The cause says how. Check ${setting} and the network in between.`,
  }),
};
