import { z } from "zod";
import { wholeSeconds } from "./dates";

/** Building blocks of the resource definitions, each with the sentence that a wrong value is answered with. */

const control = /\p{Cc}/u;

/** An X.520 name: 1 to 64 characters (RFC 5280 appendix A, ub-common-name and its neighbours), none of them a control character. */
export const nameText = (property: string) =>
  z
    .string({ error: `${property} must be a text` })
    .refine((text) => text.trim() !== "", { error: `${property} must not be blank` })
    .refine((text) => [...text].length <= 64, {
      error: `${property} must have at most 64 characters (RFC 5280, upper bound of X.520 names)`,
    })
    .refine((text) => !control.test(text), { error: `${property} must not contain control characters` });

export const wholeNumber = (property: string, unit: string, least: number, most: number) => {
  const error = `${property} must be a whole number of ${unit} from ${least} to ${most}`;
  return z
    .number({ error: `${property} must be a whole number of ${unit}` })
    .int({ error, abort: true })
    .min(least, { error })
    .max(most, { error });
};

/** Hours, fractions allowed: the defaults of a certificate that lives for less than three hours are fractions. */
export const hoursNumber = (property: string, most: number) => {
  const error = `${property} must be from 0 to ${most} hours`;
  return z
    .number({ error: `${property} must be a number of hours` })
    .min(0, { error })
    .max(most, { error });
};

/** SHA-1 of a certificate's DER. Separators are tolerated, as portals and `openssl x509 -fingerprint` print them. */
export const thumbprint = (property: string) =>
  z
    .string({ error: `${property} must be a thumbprint` })
    .transform((text) => text.replaceAll(/[\s:]/g, "").toUpperCase())
    .refine((text) => /^[0-9A-F]{40}$/.test(text), {
      error: `${property} must be a thumbprint: the SHA-1 of a certificate, 40 hexadecimal digits`,
    });

/** A subscription's id, brought to lower case. */
export const subscriptionGuid = z
  .string({ error: "subscriptionId must be the GUID of a subscription" })
  .transform((text) => text.trim().toLowerCase())
  .refine((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text), {
    error:
      "subscriptionId must be the GUID of a subscription, as 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b (not its name): look it up in the portal or with `az account list`",
  });

/** An id of the directory, brought to lower case. */
export const directoryGuid = (property: "appId" | "objectId") =>
  z
    .string({ error: `${property} must be the GUID of an app registration` })
    .transform((text) => text.trim().toLowerCase())
    .refine((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text), {
      error: `${property} must be the GUID of an app registration, as 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b (not its name): look it up in the portal or with \`az ad app list --display-name …\``,
    });

/** A date in state: ISO 8601, UTC, whole seconds. */
export const isoDate = z.string().refine((text) => !Number.isNaN(Date.parse(text)), { error: "must be an ISO date" });

export function dateOf(text: string): Date {
  return wholeSeconds(new Date(text));
}
