import { isAzureCertificatesError } from "../errors";
import { PartialChangeError } from "../resources/lifecycle";

/**
 * An error as the engine gets to print it. Of one that we raised on purpose only the message is left: its stack says
 * nothing to whoever reads the deployment's log, and what hangs on its causes may carry TLS contexts.
 *
 * @param resource the name of the resource at work; undefined where nobody knows it
 */
export function presentable(error: unknown, resource: string | undefined): Error {
  const known = isAzureCertificatesError(error) || error instanceof PartialChangeError;
  if (known) {
    return new PresentableError(error.message, resource, codeOf(error));
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  return new PresentableError(bug.message, resource, bug.stack ?? bug.message);
}

/**
 * The dynamic provider hands the message of a failed check, diff, read and delete to the engine, which shows it with the
 * resource, and also prints `${error}: ${error.stack}` itself. So that the same text is not there twice, these two say
 * what the message does not: whose error it is, and its code.
 */
export class PresentableError extends Error {
  readonly #resource: string;

  constructor(message: string, resource: string | undefined, detail: string) {
    super(message);
    this.name = "Error";
    this.#resource = resource ?? "azure-certificates";
    this.stack = detail;
  }

  override toString(): string {
    return this.#resource;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof PartialChangeError) {
    return codeOf(error.cause);
  }
  return isAzureCertificatesError(error) ? error.code : "Error";
}
