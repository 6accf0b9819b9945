import { z } from "zod";
import {
  allowedRsaBits,
  defaultBackdateMinutes,
  defaultOverlapHours,
  defaultRsaBits,
  defaultValidityPeriodHours,
  rememberedPreviousVersions,
} from "../../defaults";
import { windowFields, windowList } from "../../schedule/windowFields";
import type { ResourceDefinition } from "../definition";
import { hoursNumber, isoDate, nameText, thumbprint, wholeNumber } from "../fields";

const aCentury = 876_000;

/** Named, because a program in a language with types may keep its windows in a variable. */
const maintenanceWindow = z
  .strictObject(windowFields, {
    error: (issue) =>
      issue.code === "invalid_type" ? "a maintenance window is { cron, durationHours, timeZone }" : undefined,
  })
  .meta({ id: "MaintenanceWindow" });

export const managementCertificateInputs = z.strictObject({
  commonName: nameText("commonName")
    .optional()
    .describe(
      "Common name of the subject (RFC 5280, 4.1.2.6): whoever reads the portal's list of certificates sees whose it is. 1 to 64 characters. Default: the resource's name. A changed value rotates the certificate, with overlap; a changed default does not.",
    ),
  organization: nameText("organization")
    .optional()
    .describe(
      "Organization of the subject. 1 to 64 characters. Default: none. A change rotates the certificate, with overlap.",
    ),
  organizationalUnit: nameText("organizationalUnit")
    .optional()
    .describe(
      "Organizational unit of the subject. 1 to 64 characters. Default: `<project>/<stack>`. A changed value rotates the certificate, with overlap; a changed default does not.",
    ),
  rsaBits: z
    .literal([...allowedRsaBits], {
      error: `rsaBits must be ${allowedRsaBits.join(", ")}: Azure refuses keys of less than 2048 bits`,
    })
    .default(defaultRsaBits)
    .describe(
      `Length of the RSA key in bits: ${allowedRsaBits.join(", ")}. Default: ${defaultRsaBits}, the least that Azure accepts (Add Management Certificate). A change rotates the certificate, with overlap.`,
    ),
  validityPeriodHours: wholeNumber("validityPeriodHours", "hours", 1, aCentury)
    .default(defaultValidityPeriodHours)
    .describe(
      `Hours from \`issuedAt\` to \`notAfter\`. Default: ${defaultValidityPeriodHours} (one year). A change rotates the certificate, with overlap.`,
    ),
  renewBeforeHours: hoursNumber("renewBeforeHours", aCentury)
    .optional()
    .describe(
      "The renewal window opens this many hours before `notAfter` (at `renewalTime`); the first update inside it rotates the certificate. Default: a third of `validityPeriodHours`, as cert-manager and ACME clients do. Rotation happens only when an update runs: nothing here runs by itself. A change moves dates and rotates nothing that is not due by them.",
    ),
  rotateEveryHours: wholeNumber("rotateEveryHours", "hours", 1, aCentury)
    .optional()
    .describe(
      "Hours after `issuedAt` at which the certificate is due as well. Default: none, so that only the renewal window counts. A change moves dates and rotates nothing that is not due by them.",
    ),
  spreadHours: hoursNumber("spreadHours", aCentury)
    .optional()
    .describe(
      "What is due by date (`renewBeforeHours`, `rotateEveryHours`) is due up to so many hours earlier: which part of them is drawn once for each version and stored as `spreadFraction`, so that certificates made on one day are not due on one day. Never later. Default: 0. A change moves dates, draws nothing anew, and rotates nothing that is not due by them.",
    ),
  maintenanceWindows: windowList(maintenanceWindow)
    .optional()
    .describe(
      "When a rotation that is due by date may happen. Outside of these windows it waits for the next one, and the preview says for which. It does not wait where none opens that leaves `overlapHours` before `notAfter`. Nor does anything else wait: a leaver, a compromised or expired certificate, a changed trigger or specification, the retirement of a predecessor. Default: none, so that any time will do. A change rotates nothing that is not due.",
    ),
  overlapHours: hoursNumber("overlapHours", aCentury)
    .optional()
    .describe(
      `Hours for which a link keeps the previous certificate accepted, counted on each subscription from the registration of its successor there. It ends with the first update after that. Default: ${defaultOverlapHours} (one week), or half of \`renewBeforeHours\` where that is less. A revoked certificate has no overlap.`,
    ),
  rotationTriggers: z
    .record(z.string(), z.string({ error: "rotationTriggers must map names to texts" }))
    .default({})
    .describe(
      "Any changed, added or removed value rotates the certificate, with overlap. Not secret: the values are shown in previews. Default: none.",
    ),
  holders: z
    .array(z.string({ error: "holders must be a list of names" }))
    .optional()
    .describe(
      "Who can read the private key: names or addresses, compared trimmed and without regard to case. When one of them is no longer listed, the next update rotates the certificate without overlap, and every version that person ever held is revoked. Default: not tracked, which is not the same as an empty list. Nothing checks that the list is complete.",
    ),
  compromised: z
    .array(thumbprint("compromised"))
    .default([])
    .describe(
      "Thumbprints (SHA-1, 40 hexadecimal digits) of certificates of this lineage that are revoked with the next update and never registered again. If the current one is listed, it rotates without overlap. Default: none.",
    ),
  backdateMinutes: wholeNumber("backdateMinutes", "minutes", 0, 10_080)
    .default(defaultBackdateMinutes)
    .describe(
      `Minutes by which \`notBefore\` (RFC 5280, 4.1.2.5) lies before \`issuedAt\`, for clocks that differ. Default: ${defaultBackdateMinutes}, as Let's Encrypt does. A change takes effect with the next rotation.`,
    ),
  resourceName: z.string(),
  project: z.string(),
  stack: z.string(),
});

/** Named, because a link takes what a certificate gives: languages with types need both to be the same. */
export const previousVersion = z
  .object({
    thumbprint: z.string().describe("SHA-1 of the DER, upper-case hexadecimal."),
    notAfter: isoDate.describe("End of its validity, ISO 8601 in UTC."),
    revoked: z.boolean().describe("Whether it is taken off every subscription at once and never registered again."),
    heldBy: z.array(z.string()).describe("Everybody listed in `holders` at any moment while it was current."),
  })
  .meta({ id: "ManagementCertificatePrevious" });

export const managementCertificateOutputs = z.object({
  lineage: z
    .uuid()
    .describe(
      "UUID drawn at creation, constant over all rotations; every version carries it as SAN `urn:uuid:<lineage>`.",
    ),
  revision: z.int().describe("Counts the versions, from 1."),
  issuedAt: isoDate.describe(
    "When the current version was made, ISO 8601 in UTC, whole seconds. Schedules count from here.",
  ),
  thumbprint: z.string().describe("SHA-1 of the current certificate's DER: 40 upper-case hexadecimal digits."),
  sha256Fingerprint: z.string().describe("SHA-256 of the current certificate's DER: 64 upper-case hexadecimal digits."),
  serialNumber: z.string().describe("128-bit random serial number, upper-case hexadecimal."),
  subject: z.string().describe("Subject, which is also the issuer, as `CN=alice, OU=access/prod`."),
  commonName: z.string().describe("Common name of the current version."),
  organization: z.string().optional().describe("Organization of the current version, where it has one."),
  organizationalUnit: z.string().optional().describe("Organizational unit of the current version, where it has one."),
  notBefore: isoDate.describe("Start of the validity, ISO 8601 in UTC: `issuedAt` less `backdateMinutes`."),
  notAfter: isoDate.describe("End of the validity, ISO 8601 in UTC: `issuedAt` plus `validityPeriodHours`."),
  renewalTime: isoDate.describe(
    "From here until `notAfter` is the renewal window: the next update rotates the certificate, or the next one in a maintenance window where there are any. ISO 8601 in UTC.",
  ),
  spreadFraction: z
    .number()
    .optional()
    .describe(
      "Which part of `spreadHours` earlier the current version is due: 0 to 1, drawn when it was made. Absent, and taken as 0, where an earlier version of this package made it.",
    ),
  overlapHours: z.number().describe("Hours of overlap in force."),
  certificatePem: z.string().describe("The current certificate, PEM. Public."),
  privateKeyPem: z
    .string()
    .describe(
      "The private key of the current certificate, PKCS #8 PEM. Secret, and kept in the state. A subscription may not accept it yet: in a Node program, hand it out with `credential()`, which waits for the links; elsewhere, let what uses it depend on them.",
    ),
  heldBy: z.array(z.string()).describe("Everybody listed in `holders` at any moment while this version was current."),
  previous: z
    .array(previousVersion)
    .describe(
      `Superseded versions, newest first, at most ${rememberedPreviousVersions}. No bytes: a superseded certificate is never uploaded again.`,
    ),
  lastRotation: z
    .object({
      at: isoDate.describe("When it rotated, ISO 8601 in UTC."),
      reasons: z.array(z.string()).describe("All reasons, strictest first."),
    })
    .optional()
    .describe("The latest rotation; absent until there was one."),
});

/** What state holds: the outputs, and the inputs that a later diff or delete has to know. */
export const managementCertificateState = managementCertificateOutputs.extend({
  rsaBits: z.number(),
  validityPeriodHours: z.number(),
  renewBeforeHours: z.number(),
  rotateEveryHours: z.number().optional(),
  spreadHours: z.number().optional(),
  maintenanceWindows: z
    .array(z.object({ cron: z.string(), durationHours: z.number(), timeZone: z.string() }))
    .optional(),
  rotationTriggers: z.record(z.string(), z.string()).default({}),
  holders: z.array(z.string()).optional(),
  compromised: z.array(z.string()).default([]),
  backdateMinutes: z.number(),
  resourceName: z.string(),
  project: z.string(),
  stack: z.string(),
});
export type ManagementCertificateState = z.infer<typeof managementCertificateState>;
export type ManagementCertificateInputs = z.infer<typeof managementCertificateInputs> & {
  readonly renewBeforeHours: number;
  readonly overlapHours: number;
};

export const managementCertificateDefinition: ResourceDefinition = {
  type: "ManagementCertificate",
  description:
    "An RSA key pair and a self-signed X.509 v3 certificate (SHA-256 with RSA, for client authentication), made on the machine that runs the update; Azure sees the public half only. It opens nothing until a SubscriptionCertificateLink registers it.\n\nA rotation makes a new key and a new certificate in place: on schedule, when a trigger changes, at once when a holder leaves or a version is compromised. It happens when an update runs, never by itself. There is no revocation list: a key that is known to somebody works until its certificate is taken off every subscription. The resource can't be imported, because an id can't carry a key.",
  inputs: managementCertificateInputs,
  filledIn: ["resourceName", "project", "stack"],
  spelledOut: {},
  replacedBy: [],
  outputs: managementCertificateOutputs,
  secretOutputs: ["privateKeyPem"],
};
