import { z } from "zod";
import { isoDate } from "../resources/fields";
import type { FunctionDefinition } from "./definition";

export const parsePublishSettingsInputs = z.strictObject({
  content: z
    .string({ error: "content must be the text of a publish-settings file" })
    .describe(
      "Text of a `.publishsettings` file, schema 1.0 or 2.0, at most 1,048,576 characters. Secret: it holds a private key.",
    ),
});

const subscription = z
  .object({
    id: z.string().describe("GUID of the subscription, lower-case."),
    name: z.string().describe("What the file calls it; its id where it has no name there."),
    managementEndpoint: z
      .string()
      .describe("Address of its Service Management API, as the file says. Nothing has checked that it is Azure's."),
    certificatePem: z.string().describe("The certificate that signs in to it, PEM. Public."),
    thumbprint: z.string().describe("SHA-1 of that certificate's DER: 40 upper-case hexadecimal digits."),
    notAfter: isoDate.describe("End of that certificate's validity, ISO 8601 in UTC."),
  })
  .meta({ id: "PublishSettingsSubscription" });

export const parsePublishSettingsOutputs = z.object({
  subscriptions: z.array(subscription).describe("The subscriptions in the order of the file, at least one."),
});

export const parsePublishSettingsDefinition: FunctionDefinition = {
  name: "parsePublishSettings",
  description:
    "Which subscriptions a publish-settings file is for, and with which certificates. Reads the text alone: no file, no network. The private keys stay in it: none is among the results. It does not say whether Azure still accepts the certificates; `getManagementCertificates` does.",
  inputs: parsePublishSettingsInputs,
  secretInputs: ["content"],
  outputs: parsePublishSettingsOutputs,
};
