import { z } from "zod";
import { ConfigurationError } from "../provider/errors";

/**
 * The moment that is asked about in place of now.
 *
 * @param text `AZURE_CERTIFICATES_AS_OF`
 * @throws ConfigurationError ERR_CONFIGURATION
 */
export function asOf(text: string | undefined): Date | undefined {
  if (text === undefined || text === "") {
    return undefined;
  }
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) {
    throw new ConfigurationError({
      what: "AZURE_CERTIFICATES_AS_OF must be a date and time with its zone, as 2027-03-01T00:00:00Z.",
      todo: "Correct or unset it.",
    });
  }
  return new Date(text);
}
