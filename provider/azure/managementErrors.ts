import {
  AuthenticationError,
  type AzureCertificatesError,
  QuotaExceededError,
  ServiceError,
  SubscriptionUnavailableError,
} from "../errors";
import { environmentVariableOf } from "./configuration";
import { describeCredential } from "./credential";
import type { Failure } from "./failure";
import type { RequestContext } from "./service";
import { type AnswerParts, errorFor } from "./serviceErrors";
import type { SubscriptionAddress } from "./subscriptionAddress";

type Context = RequestContext<SubscriptionAddress>;

/** The error that a person reads for a failure of the classic API. */
export function managementError(failure: Failure, context: Context): AzureCertificatesError {
  return errorFor(failure, context, {
    facts: managementFacts(context.at),
    endpointSetting: "azure-certificates:managementEndpoint",
    forAnswer: errorForAnswer,
    refused,
  });
}

export function managementFacts({ subscriptionId, endpoint }: SubscriptionAddress) {
  return { subscription: subscriptionId, endpoint };
}

function errorForAnswer(
  failure: Extract<Failure, { kind: "answer" }>,
  context: Context,
  { facts, service, said }: AnswerParts,
): AzureCertificatesError {
  const { status, serviceCode } = failure;
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
  return new ServiceError({ what: `The service did not ${context.purpose}: it answered ${status}.${said}`, facts });
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

function refused({ at, shown, purpose }: Context, service: AnswerParts["service"], cause?: Error): AuthenticationError {
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
