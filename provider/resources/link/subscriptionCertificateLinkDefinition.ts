import { z } from "zod";
import { defaultCertificateLimit, defaultManagementEndpoint } from "../../defaults";
import type { ResourceDefinition } from "../definition";
import { subscriptionGuid } from "../fields";
import {
  certificateSpelledOut,
  givenCertificateShape,
  linkRulesShape,
  registeredShape,
  rememberedShape,
} from "./linkDefinition";

export const subscriptionCertificateLinkInputs = z.strictObject({
  subscriptionId: subscriptionGuid.describe(
    "GUID of the subscription that accepts the certificate; its name is refused. A change replaces the link: the new subscription is opened before the old one is closed.",
  ),
  ...givenCertificateShape,
  managementEndpoint: z
    .string({ error: "managementEndpoint must be an https:// address" })
    .optional()
    .describe(
      `Address of the Service Management API. Default: the provider's \`managementEndpoint\` (\`${defaultManagementEndpoint}\`). A change replaces the link.`,
    ),
  ...linkRulesShape("subscription"),
});

const subscriptionCertificateLinkOutputs = z.object({
  subscriptionId: z.string().describe("GUID of the subscription, lower-case."),
  managementEndpoint: z.string().describe("Address of the Service Management API in use."),
  ...registeredShape("subscription", "x-ms-request-id"),
  certificateCount: z
    .int()
    .describe(
      `Certificates on the subscription when last looked, other people's included; Azure allows ${defaultCertificateLimit} by default.`,
    ),
});

export const subscriptionCertificateLinkState = subscriptionCertificateLinkOutputs.extend(rememberedShape);
export type SubscriptionCertificateLinkState = z.infer<typeof subscriptionCertificateLinkState>;

export const subscriptionCertificateLinkDefinition: ResourceDefinition = {
  type: "SubscriptionCertificateLink",
  description:
    "This subscription accepts this certificate and, during an overlap, its predecessor. Registers the current version of a ManagementCertificate over mutual TLS and reads it back, retires the previous one with the first update after its overlap on this subscription has ended, and takes a revoked one off at once. Certificates that are not of its lineage are never touched, nor is the last valid one of a subscription, nor the one that the run signs in with.\n\nIt promises nothing about what somebody else does on the subscription between two runs: a refresh finds that out. It belongs to Azure Service Management, the classic API, which Microsoft has retired for classic resources since 31 August 2024.",
  inputs: subscriptionCertificateLinkInputs,
  filledIn: ["resourceName"],
  spelledOut: { certificate: certificateSpelledOut("subscription") },
  replacedBy: ["subscriptionId", "certificatePem", "managementEndpoint"],
  outputs: subscriptionCertificateLinkOutputs,
  secretOutputs: [],
};
