import { z } from "zod";
import { isoDate, subscriptionGuid } from "../resources/fields";
import type { FunctionDefinition } from "./definition";

export const getManagementCertificatesInputs = z.strictObject({
  subscriptionId: subscriptionGuid.describe("GUID of the subscription."),
  managementEndpoint: z
    .string({ error: "managementEndpoint must be an https:// address" })
    .optional()
    .describe("Address of the Service Management API. Default: the provider's `managementEndpoint`."),
});

const registeredCertificate = z
  .object({
    thumbprint: z.string().describe("SHA-1 of the certificate's DER: 40 upper-case hexadecimal digits."),
    valid: z
      .boolean()
      .describe(
        "Whether it is an X.509 certificate inside its validity (RFC 5280, 4.1.2.5) at the time of the call. Whoever has its key can sign in then; an expired one opens nothing.",
      ),
    createdAt: z.string().describe("When it was registered, as the service writes it."),
    subject: z
      .string()
      .optional()
      .describe("Subject, as `CN=alice, OU=access/prod`. Absent for what is no certificate."),
    notBefore: isoDate
      .optional()
      .describe("Start of its validity, ISO 8601 in UTC. Absent for what is no certificate, as old uploads of a PFX."),
    notAfter: isoDate.optional().describe("End of its validity, ISO 8601 in UTC. Absent for what is no certificate."),
    rsaBits: z.int().optional().describe("Length of its RSA key in bits. Absent for any other key."),
    lineage: z
      .uuid()
      .optional()
      .describe("The lineage of the ManagementCertificate that made it. Absent for certificates of anybody else."),
  })
  .meta({ id: "RegisteredCertificate" });

export const getManagementCertificatesOutputs = z.object({
  subscriptionId: z.string().describe("GUID of the subscription, lower-case."),
  managementEndpoint: z.string().describe("Address of the Service Management API that was asked."),
  certificates: z
    .array(registeredCertificate)
    .describe("All management certificates of the subscription, other people's included, by thumbprint."),
});

export const getManagementCertificatesDefinition: FunctionDefinition = {
  name: "getManagementCertificates",
  description:
    "Who could sign in to this subscription with a certificate: all its management certificates, with subject, validity and lineage. Asks the service each time it is called, in previews too, so it needs a credential there. It can't know who holds the keys.",
  inputs: getManagementCertificatesInputs,
  secretInputs: [],
  outputs: getManagementCertificatesOutputs,
};
