import { z } from "zod";
import { linkHistoryEntries } from "../../defaults";
import { evidenceActions } from "../../evidence/evidenceLine";
import { normaliseHolder } from "../certificate/holders";
import { previousVersion } from "../certificate/managementCertificateDefinition";
import { hoursNumber, isoDate, thumbprint } from "../fields";

/** What all links have in common, whatever they open. */

/** What a link has to know of a ManagementCertificate beside its current version. */
export const supersededVersions = z.object({
  previous: z
    .array(z.object({ thumbprint: thumbprint("previous"), notAfter: isoDate, revoked: z.boolean() }))
    .default([]),
  overlapHours: hoursNumber("overlapHours", 876_000),
});

/**
 * One input, because the engine stores where each came from; the lineage is in the certificate. What else a version holds
 * is dropped: it would be repeated in the state of every link. Programs in other languages hand over the outputs of their
 * certificate as they are, `certificatePem` among them; it is stored without its armour all the same.
 */
const certificateOfALink = z
  .object(
    {
      der: z.base64({ error: "certificate.der must be a certificate's DER in base64" }).optional(),
      certificatePem: z.string({ error: "certificate.certificatePem must be a certificate in PEM" }).optional(),
      privateKeyPem: z.string({ error: "certificate.privateKeyPem must be a private key in PEM" }).optional(),
      ...supersededVersions.shape,
    },
    { error: "certificate must be a ManagementCertificate" },
  )
  .transform(({ der, certificatePem, ...versions }) => ({
    der: der ?? certificatePem?.replaceAll(/-----[^-]+-----|\s/g, "") ?? "",
    ...versions,
  }))
  .refine(({ der }) => der !== "", {
    error: "certificate needs the certificatePem of a ManagementCertificate",
  });

/** How programs in other languages than Node's spell `certificate` out. @param door as "subscription" */
export function certificateSpelledOut(door: string) {
  return z
    .object({
      certificatePem: z.string().describe("Output `certificatePem` of the ManagementCertificate."),
      previous: z.array(previousVersion).describe("Output `previous` of the ManagementCertificate."),
      overlapHours: z.number().describe("Output `overlapHours` of the ManagementCertificate, in hours."),
      privateKeyPem: z
        .string()
        .optional()
        .describe("Output `privateKeyPem` of the ManagementCertificate, with `verify: used` only."),
    })
    .describe(
      `The ManagementCertificate that the ${door} is to accept, with its rotations and overlaps: its outputs \`certificatePem\`, \`previous\` and \`overlapHours\`, under the same names. A certificate of another lineage replaces the link. Either this or \`certificatePem\`.`,
    );
}

export const givenCertificateShape = {
  certificate: certificateOfALink.optional(),
  certificatePem: z
    .string({ error: "certificatePem must be a certificate in PEM" })
    .refine((text) => text.includes("-----BEGIN CERTIFICATE-----"), {
      error: "certificatePem must be a certificate in PEM, with its BEGIN CERTIFICATE line",
    })
    .optional()
    .describe(
      "A certificate made elsewhere, PEM, instead of `certificate`. RSA only. It has no lineage and so no overlap: another certificate replaces the link.",
    ),
  holder: z
    .string({ error: "holder must be the name of a person" })
    .refine((name) => normaliseHolder(name) !== "", { error: "holder is blank. Name a person, or leave it out" })
    .optional()
    .describe(
      "Who has the key of `certificatePem`, in one spelling with `holders`. One person: a key that was made elsewhere can't be rotated when one of several leaves, and whoever had it keeps it, so that another name is refused. `azure-certificates offboard` and `report` count the certificate as theirs. Default: nobody knows.",
    ),
};

/** @param door as "subscription" */
export function linkRulesShape(door: string) {
  return {
    allowLast: z
      .boolean({ error: "allowLast must be true or false" })
      .default(false)
      .describe(
        `Whether this link may remove the last valid certificate of the ${door}, after which nobody can sign in with a certificate. The certificate that a run signs in with is never removed. Default: \`false\`.`,
      ),
    removeFirst: z
      .boolean({ error: "removeFirst must be true or false" })
      .default(false)
      .describe(
        "Whether revoked certificates are removed before their successor is registered. Closes the door a little earlier; nobody can sign in with this certificate in between. Default: `false`.",
      ),
    whenRemovedElsewhere: z
      .enum(["fail", "restore"], { error: "whenRemovedElsewhere must be fail or restore" })
      .default("fail")
      .describe(
        "What to do when somebody else removed the current certificate: `fail` says so and changes nothing, `restore` registers it again, and a predecessor that is still there stays for a whole overlap from then on. Default: `fail`, because nobody else's closed door is opened silently.",
      ),
    removeAdopted: z
      .boolean({ error: "removeAdopted must be true or false" })
      .default(false)
      .describe(
        "Whether deleting the link also removes a certificate that was there before it. Default: `false`: what was found is left behind.",
      ),
    verify: z
      .enum(["listed", "used"], { error: "verify must be listed or used" })
      .default("listed")
      .describe(
        `What has to be seen of the current certificate before its predecessor is retired: \`listed\`, that the ${door} lists it; \`used\`, that its key really signs in. If it does not, the predecessor stays and the update fails. \`used\` needs the private key, so it is in the state of this link a second time, encrypted as in the certificate's. Revoked certificates are removed all the same. Default: \`listed\`.`,
      ),
    resourceName: z.string(),
  };
}

/** @param words how the door is called, and what its service's request id is */
export function registeredShape(door: string, requestIdHeader: string) {
  return {
    thumbprint: z
      .string()
      .describe(`The current certificate, which the ${door} accepts. SHA-1, upper-case hexadecimal.`),
    registered: z
      .array(
        z.object({
          thumbprint: z.string().describe("SHA-1 of the certificate's DER, upper-case hexadecimal."),
          registeredAt: isoDate.describe("When this link registered or found it, ISO 8601 in UTC."),
          retireAt: isoDate
            .nullish()
            .describe(
              `When its overlap ends, ISO 8601 in UTC; the next update after that takes it off the ${door}. Absent for the current one.`,
            ),
          origin: z
            .enum(["created", "adopted"])
            .describe("`created` by this package, or `adopted`: it was there before the link."),
          requestId: z
            .string()
            .nullish()
            .describe(`\`${requestIdHeader}\` of the upload: what Microsoft support asks for.`),
          missingSince: isoDate
            .nullish()
            .describe(
              `When a refresh first found it missing, ISO 8601 in UTC: somebody else removed it from the ${door}.`,
            ),
        }),
      )
      .describe(
        `What this link keeps on the ${door}: the current certificate and, during an overlap, its predecessor.`,
      ),
    history: z
      .array(
        z.object({
          at: isoDate.describe("ISO 8601 in UTC."),
          action: z
            .enum(evidenceActions)
            .describe(
              `\`registered\` or \`removed\` by this link; \`adopted\`, there before it; \`found\`, of its lineage and without a record; \`foundMissing\`, removed from the ${door} by somebody else, or by a run that was killed.`,
            ),
          thumbprint: z.string().describe("SHA-1 of the certificate's DER, upper-case hexadecimal."),
          because: z.string().describe("Why, in a few words."),
          requestId: z.string().nullish().describe(`\`${requestIdHeader}\` of the answer, where there was one.`),
          credential: z
            .string()
            .nullish()
            .describe(
              "How that run had signed in: the thumbprint of a certificate, or `application` and its client id.",
            ),
        }),
      )
      .nullish()
      .describe(
        `What came to the ${door} and went, and why: the newest ${linkHistoryEntries} entries, newest first. Absent in states of versions that kept none.`,
      ),
    evidence: z
      .object({
        sequence: z.int().describe("Number of the line, from 1."),
        hash: z.string().describe("SHA-256 of the line, hexadecimal."),
      })
      .nullish()
      .describe(
        "The last line that this link added to the evidence, with `evidencePath` or `evidenceCommand`: `azure-certificates history` compares it with the file.",
      ),
  };
}

/** What state holds beside the outputs: the inputs that diff, read and delete have to know, where they differ from their defaults. No certificate is repeated. */
export const rememberedShape = {
  lineage: z.string().nullish(),
  sha256Fingerprint: z.string(),
  overlapHours: z.number().default(0),
  holder: z.string().nullish(),
  allowLast: z.boolean().default(false),
  removeFirst: z.boolean().default(false),
  whenRemovedElsewhere: z.enum(["fail", "restore"]).default("fail"),
  removeAdopted: z.boolean().default(false),
  verify: z.enum(["listed", "used"]).default("listed"),
  resourceName: z.string(),
};

type Read<Shape extends z.core.$ZodShape> = z.output<z.ZodObject<Shape>>;

/** The inputs of any link, without those that say where its door is. */
export type LinkInputs = Read<typeof givenCertificateShape & ReturnType<typeof linkRulesShape>>;
/** The state of any link, without what says where its door is. */
export type LinkState = Read<ReturnType<typeof registeredShape> & typeof rememberedShape> & {
  readonly certificateCount: number;
};
export type RecordedRegistration = LinkState["registered"][number];
export type HistoryEntry = NonNullable<LinkState["history"]>[number];
