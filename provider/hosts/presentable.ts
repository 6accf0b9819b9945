import { isAzureCertificatesError } from "../errors";
import { PartialChangeError } from "../resources/lifecycle";

/**
 * What the engine gets to print. It shows an error's text and its stack; for an error that we raised on purpose a
 * stack says nothing to whoever reads the deployment's log, and the causes below it may carry TLS contexts.
 */
export function presentable(error: unknown): Error {
  if (isAzureCertificatesError(error) || error instanceof PartialChangeError) {
    const shown = new Error(error.message);
    shown.name = error instanceof PartialChangeError ? codeOf(error.cause) : error.code;
    shown.stack = "";
    return shown;
  }
  return error instanceof Error ? error : new Error(String(error));
}

function codeOf(cause: unknown): string {
  return isAzureCertificatesError(cause) ? cause.code : "Error";
}
