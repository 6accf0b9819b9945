import { z } from "zod";
import {
  ApplicationUnavailableError,
  AuthenticationError,
  type AzureCertificatesError,
  CredentialPolicyError,
  type ErrorFacts,
  QuotaExceededError,
  ServiceError,
} from "../errors";
import type { ApplicationAddress } from "./applicationAddress";
import { describeCredential } from "./credential";
import type { Failure } from "./failure";
import type { RequestContext } from "./service";
import { type AnswerParts, errorFor } from "./serviceErrors";

type Context = RequestContext<ApplicationAddress>;

const frame = z.object({ error: z.object({ code: z.string(), message: z.string().default("") }) });

/** @see learn.microsoft.com/graph/errors */
export function readGraphError(body: string): { readonly code: string; readonly message: string } | null {
  try {
    const { success, data } = frame.safeParse(JSON.parse(body));
    return success ? data.error : null;
  } catch {
    return null;
  }
}

/** The error that a person reads for a failure of Microsoft Graph. */
export function graphError(failure: Failure, context: Context): AzureCertificatesError {
  return errorFor(failure, context, {
    facts: graphFacts(context.at),
    endpointSetting: "azure-certificates:graphEndpoint",
    forAnswer: errorForAnswer,
    refused: (about, service, cause) => refused(about, service, "", cause),
  });
}

export function graphFacts({ endpoint, id }: ApplicationAddress): ErrorFacts {
  return { application: id, endpoint };
}

/** What stands in the way of this certificate on this application, whoever asks. */
const policies = /^(KeyCredentialsInvalidEndDate|KeyCredentialsInvalidValue|\w+AsPerAppPolicy)$/;

function errorForAnswer(
  failure: Extract<Failure, { kind: "answer" }>,
  context: Context,
  { facts, service, said }: AnswerParts,
): AzureCertificatesError {
  const { status, serviceCode } = failure;
  if (status === 401 || status === 403) {
    return refused(context, service, said);
  }
  if (status === 404) {
    return new ApplicationUnavailableError({
      what: `The directory knows no such app registration.${said}`,
      todo: "Check its id and the tenant. Until it answers, its links are kept as they are. If it was deleted, take them out of the program, and out of the state with `pulumi state delete <urn>`.",
      facts,
    });
  }
  if (serviceCode !== null && policies.test(serviceCode)) {
    return new CredentialPolicyError({
      what: `The directory does not take this certificate for this application.${said}`,
      todo: "A policy of the tenant may limit how long a certificate is valid, or who signs it: set validityPeriodHours of the ManagementCertificate accordingly, which rotates it, or ask for an exception.",
      facts,
    });
  }
  if (serviceCode === "Directory_QuotaExceeded") {
    return new QuotaExceededError({
      what: `The application takes no further certificate.${said}`,
      todo: "Remove certificates that nobody needs.",
      facts,
    });
  }
  return new ServiceError({
    what: `Microsoft Graph did not ${context.purpose}: it answered ${status}.${said}`,
    facts,
  });
}

function refused(
  { at, shown, purpose }: Context,
  service: AnswerParts["service"],
  said: string,
  cause?: Error,
): AuthenticationError {
  const names = shown.map(describeCredential).join(" and ");
  return new AuthenticationError({
    what: `Microsoft Graph refused ${names} when asked to ${purpose}.${said}`,
    todo: "Give who signs in the permission Application.ReadWrite.OwnedBy and make it an owner of the application, or give it Application.ReadWrite.All.",
    facts: { ...graphFacts(at), ...service },
    cause,
  });
}
