import { z } from "zod";
import { waysToWrite } from "../../azure/keyWriting";
import type { ResourceDefinition } from "../definition";
import { directoryGuid } from "../fields";
import {
  certificateSpelledOut,
  givenCertificateShape,
  linkRulesShape,
  registeredShape,
  rememberedShape,
} from "./linkDefinition";

export const applicationCertificateLinkInputs = z.strictObject({
  appId: directoryGuid("appId")
    .optional()
    .describe(
      "Client id of the app registration that accepts the certificate. A change replaces the link: the new application is opened before the old one is closed. Either this or `objectId`.",
    ),
  objectId: directoryGuid("objectId")
    .optional()
    .describe("Graph's own id of the app registration, instead of `appId`. A change replaces the link."),
  ...givenCertificateShape,
  writeWith: z
    .enum(waysToWrite, { error: "writeWith must be auto, patch or addKey" })
    .default("auto")
    .describe(
      "How changes reach the application. `patch` replaces its whole collection of certificates and needs the permission to write it. `addKey` adds and removes single ones with a proof signed by a key of the application, which every application may do with its own keys; the run has to sign in as that application. `auto` is `addKey` for the application that the run signs in as, and `patch` for all others. Default: `auto`.",
    ),
  ...linkRulesShape("application"),
});

const applicationCertificateLinkOutputs = z.object({
  appId: z.string().optional().describe("Client id of the app registration, lower-case, where the link names it so."),
  objectId: z
    .string()
    .optional()
    .describe("Graph's id of the app registration, lower-case, where the link names it so."),
  graphEndpoint: z.string().describe("Address of Microsoft Graph in use."),
  ...registeredShape("application", "request-id"),
  certificateCount: z.int().describe("Certificates of the application when last looked, other people's included."),
});

export const applicationCertificateLinkState = applicationCertificateLinkOutputs.extend({
  ...rememberedShape,
  writeWith: z.enum(waysToWrite).default("auto"),
});

export const applicationCertificateLinkDefinition: ResourceDefinition = {
  type: "ApplicationCertificateLink",
  description:
    "This Entra app registration accepts this certificate and, during an overlap, its predecessor. Registers the current version of a ManagementCertificate among the application's `keyCredentials` and counts it as registered once several reads in a row show it, because Entra answers from replicas that lag; retires the previous one with the first update after its overlap on this application has ended, and takes a revoked one off at once. Credentials that are not of its lineage are sent back unchanged, and neither the last valid one nor the one that the run signs in with is removed.\n\nIt promises nothing about what somebody else does to the application between two runs: a refresh finds that out. Microsoft Graph replaces the whole collection with each change and knows no `If-Match`: who writes it at the same moment without reading it back, as some scripts do, may undo this link's change or have its own undone. Needs `@azure/identity` beside the program, and the permission Application.ReadWrite.OwnedBy as an owner, or Application.ReadWrite.All.",
  inputs: applicationCertificateLinkInputs,
  filledIn: ["resourceName"],
  spelledOut: { certificate: certificateSpelledOut("application") },
  replacedBy: ["appId", "objectId", "certificatePem"],
  outputs: applicationCertificateLinkOutputs,
  secretOutputs: [],
};
