import {
  AuthenticationError,
  type AzureCertificatesError,
  QuotaExceededError,
  ServiceError,
  SubscriptionUnavailableError,
  ThrottledError,
  TimeoutError,
  TransportError,
  UnreadableAnswerError,
} from "../errors";
import { environmentVariableOf } from "./configuration";
import { type Credential, describeCredential } from "./credential";
import type { Failure, TransportProblem } from "./failure";
import { isThrottling } from "./retry";
import type { SubscriptionAddress } from "./subscriptionAddress";

/** What a failed request was about, for the words of its error. */
export interface RequestContext {
  readonly at: SubscriptionAddress;
  readonly thumbprint: string | null;
  /** What was to be done, as an infinitive: "list the certificates". */
  readonly purpose: string;
  /** The credentials that the service was shown, in that order. */
  readonly shown: readonly Credential[];
}

/** The error that a person reads for a failure. */
export function errorFor(failure: Failure, context: RequestContext): AzureCertificatesError {
  const { at, thumbprint, purpose } = context;
  const facts = {
    subscription: at.subscriptionId,
    thumbprint: thumbprint ?? undefined,
    endpoint: at.endpoint,
  };
  switch (failure.kind) {
    case "answer":
      return errorForAnswer(failure, context);
    case "clientCertificateRefused":
      return refused(context, {}, failure.cause);
    case "timeout":
      return new TimeoutError({ what: `The service did not answer in time when asked to ${purpose}.`, facts });
    case "unreadable":
      return new UnreadableAnswerError({
        what: `The answer to the request to ${purpose} can't be understood: ${failure.detail}.`,
        todo: "Check that the endpoint is Azure's, and that nothing in between rewrites answers.",
        facts: {
          ...facts,
          requestId: failure.requestId === null ? undefined : harmless(failure.requestId, longestNameCharacters),
        },
      });
    case "transport": {
      const host = new URL(at.endpoint).host;
      const { what, todo } = transportWords[failure.problem](host);
      return new TransportError({ what, todo, facts, cause: failure.cause });
    }
  }
}

function errorForAnswer(
  failure: Extract<Failure, { kind: "answer" }>,
  context: RequestContext,
): AzureCertificatesError {
  const { at, thumbprint, purpose } = context;
  const { status, serviceCode } = failure;
  const message = harmless(failure.message ?? "", longestMessageCharacters);
  const service = {
    status,
    serviceCode: serviceCode === null ? undefined : harmless(serviceCode, longestNameCharacters),
    requestId: failure.requestId === null ? undefined : harmless(failure.requestId, longestNameCharacters),
  };
  const facts = {
    subscription: at.subscriptionId,
    thumbprint: thumbprint ?? undefined,
    endpoint: at.endpoint,
    ...service,
  };
  const said = message === "" ? "" : ` The service says: "${message}"`;
  if (isThrottling(failure)) {
    return new ThrottledError({
      what: `The service refuses to ${purpose}, because it gets too many requests.${said}`,
      facts,
      retryAfterMs: failure.retryAfterMs,
    });
  }
  if (serviceCode === "SubscriptionDisabled") {
    return new SubscriptionUnavailableError({
      what: `The subscription is disabled, so nothing can be read or changed there.${said}`,
      todo: "Enable it again; until then its links are kept as they are. If it will not come back, take them out of the program, and out of the state with `pulumi state delete <urn>`.",
      facts,
    });
  }
  if (isLimitReached(failure)) {
    return new QuotaExceededError({
      what: `The subscription takes no further management certificate.${said}`,
      todo: "Remove certificates that nobody needs. If the limit is lower than azure-certificates:certificateLimit says, set that to it, so that a preview warns in time and a rotation makes room before it adds.",
      facts,
    });
  }
  if (isAuthenticationRefusal(failure)) {
    return refused(context, service);
  }
  if (status === 404) {
    return new SubscriptionUnavailableError({
      what: `The service knows no such subscription.${said}`,
      todo: "Check its id and the endpoint. Until it answers, its links are kept as they are. If it was deleted, take them out of the program, and out of the state with `pulumi state delete <urn>`.",
      facts,
    });
  }
  return new ServiceError({ what: `The service did not ${purpose}: it answered ${status}.${said}`, facts });
}

/** The service's sentences are short, its codes and request ids shorter. */
const longestMessageCharacters = 500;
const longestNameCharacters = 100;

/** What a server says ends up on a terminal and in logs: in one line, without what a terminal obeys, and not eight megabytes of it. */
function harmless(text: string, longest: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** A 403 with one of these codes means: this credential does not open this subscription. The second is documented, the first is what is sent. */
export function isAuthenticationRefusal(failure: Failure): boolean {
  if (failure.kind === "clientCertificateRefused") {
    return true;
  }
  return (
    failure.kind === "answer" &&
    (failure.status === 401 ||
      (failure.status === 403 && failure.serviceCode !== "SubscriptionDisabled" && !isLimitReached(failure)))
  );
}

/** What the service says at its limit was never recorded, so its words are all there is to go by. */
function isLimitReached({ status, serviceCode, message }: Extract<Failure, { kind: "answer" }>): boolean {
  return [400, 403, 409].includes(status) && /\b(quota|limit|maximum)/i.test(`${serviceCode} ${message}`);
}

function refused(
  { at, shown, purpose }: RequestContext,
  service: {
    readonly status?: number;
    readonly serviceCode?: string | undefined;
    readonly requestId?: string | undefined;
  },
  cause?: Error,
): AuthenticationError {
  const names = shown.map(describeCredential);
  const todo = ["Check that it is registered on this subscription and still valid there."];
  if (shown.some((credential) => credential.kind === "token")) {
    todo[0] =
      "Check that it is registered on this subscription, or that whoever the token is for is a co-administrator of it.";
  }
  if (shown.some((credential) => credential.stored)) {
    const variable = environmentVariableOf(
      shown.some((credential) => credential.setting.includes("ublishSettings"))
        ? "publishSettingsPath"
        : "clientCertificatePath",
    );
    todo.push(
      `\`pulumi refresh\` and \`pulumi destroy\` use the configuration of the last \`up\`: if it has changed since, run them with --run-program, or set ${variable}.`,
    );
  }
  return new AuthenticationError({
    what: `The service refused ${names.join(" and ")} when asked to ${purpose}.`,
    todo: todo.join(" "),
    facts: { subscription: at.subscriptionId, endpoint: at.endpoint, ...service },
    cause,
  });
}

type Words = (host: string) => { readonly what: string; readonly todo: string };

const transportWords: Readonly<Record<TransportProblem, Words>> = {
  unknownName: (host) => ({
    what: `The name in ${host} is not known.`,
    todo: "Check azure-certificates:managementEndpoint for a typing mistake, and this machine's name server.",
  }),
  connectionRefused: (host) => ({
    what: `Nothing listens at ${host}: the connection was refused.`,
    todo: "Check azure-certificates:managementEndpoint, and that the service is running.",
  }),
  unreachable: (host) => ({
    what: `No connection to ${host} could be made.`,
    todo: "Check azure-certificates:managementEndpoint, this machine's network and what it has to go through.",
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
  otherName: (host) => ({
    what: `The server at ${host} presents a certificate for another name.`,
    todo: "Use the name that the certificate is for as azure-certificates:managementEndpoint. Otherwise somebody may be in between.",
  }),
  notTls: (host) => ({
    what: `What listens at ${host} does not speak TLS.`,
    todo: "Check the port of azure-certificates:managementEndpoint.",
  }),
  other: (host) => ({
    what: `The connection to ${host} failed.`,
    todo: "The cause says how. Check azure-certificates:managementEndpoint and the network in between.",
  }),
};
