import { z } from "zod";
import {
  defaultAuthorityHost,
  defaultCertificateLimit,
  defaultGraphEndpoint,
  defaultManagementEndpoint,
  evidenceCommandTimeoutMs,
} from "../defaults";

/** What the provider can be told, as `schema.yaml` and the documentation show it; `parseConfiguration` reads it from texts. */

const kindsOfAuthentication = ["publishSettings", "clientCertificate", "token"] as const;
export const authenticationKind = z.enum(kindsOfAuthentication);

/** A subscription that took a million certificates would not be one. */
export const certificateLimit = z.int().min(1).max(999_999);

const allowedRemoval = z
  .strictObject({
    subscriptionId: z
      .guid()
      .toLowerCase()
      .optional()
      .describe("GUID of the subscription. Either this or `application`."),
    application: z
      .guid()
      .toLowerCase()
      .optional()
      .describe("`appId` or `objectId` of the app registration, whichever its link names it by."),
    thumbprint: z
      .string()
      .transform((text) => text.replace(/[\s:]/g, "").toUpperCase())
      .pipe(z.string().regex(/^[0-9A-F]{40}$/, "must be 40 hexadecimal digits"))
      .describe("SHA-1 of the certificate's DER: 40 hexadecimal digits, with or without separators."),
  })
  .refine(({ subscriptionId, application }) => (subscriptionId === undefined) !== (application === undefined), {
    error: "must name either a subscriptionId or an application",
  })
  .meta({ id: "AllowedRemoval" });
export const allowedRemovals = z.array(allowedRemoval.readonly());

export const evidenceCommand = z.array(z.string()).min(1, "must name a program").readonly();

export const providerConfiguration = z.strictObject({
  publishSettingsPath: z
    .string()
    .optional()
    .describe(
      "Path of a `.publishsettings` file; the certificate is picked by subscription. Only its owner may be able to read the file.",
    ),
  publishSettings: z
    .string()
    .optional()
    .describe(
      "Content of a `.publishsettings` file. Secret: set it with `pulumi config set --secret`. A path is better, because content is stored in the state.",
    ),
  clientCertificatePath: z
    .string()
    .optional()
    .describe(
      "Path of a file with a private key and a certificate that the subscriptions accept: PEM, or PFX (PKCS #12, RFC 7292). Only its owner may be able to read the file.",
    ),
  clientCertificatePassword: z
    .string()
    .optional()
    .describe("Password of the file at `clientCertificatePath`, where it has one. Secret."),
  clientCertificatePem: z
    .string()
    .optional()
    .describe("The client certificate itself, PEM, in place of a path. Needs `clientKeyPem`."),
  clientKeyPem: z
    .string()
    .optional()
    .describe(
      "The private key of `clientCertificatePem`, PEM. Secret: set it with `pulumi config set --secret`. A path is better, because content is stored in the state.",
    ),
  authentication: z
    .string()
    .optional()
    .describe(
      `Which kinds of credential are tried, in which order: ${kindsOfAuthentication.map((kind) => `\`${kind}\``).join(", ")}, separated by commas. \`token\` asks \`@azure/identity\`, which is installed beside the provider. Default: \`publishSettings,clientCertificate\`.`,
    ),
  managementEndpoint: z
    .string()
    .default(defaultManagementEndpoint)
    .describe(
      `Address of the Service Management API, https only. Default: \`${defaultManagementEndpoint}\`, the global cloud (Service Management REST reference).`,
    ),
  caCertificatePath: z
    .string()
    .optional()
    .describe(
      "PEM file whose certificates are the only ones trusted as authorities of the service. Default: those of the machine. There is no way to switch verification off.",
    ),
  tenantId: z
    .string()
    .optional()
    .describe(
      "GUID or domain of the Entra tenant, for links of app registrations. Needs `clientId` and `entraCertificatePath`.",
    ),
  clientId: z
    .string()
    .optional()
    .describe("Client id of the app registration that signs in to Entra to manage app registrations."),
  entraCertificatePath: z
    .string()
    .optional()
    .describe(
      "Path of a PEM file with the private key and the certificate that `clientId` signs in with. Only its owner may be able to read the file. Default: what `DefaultAzureCredential` of `@azure/identity` finds.",
    ),
  graphEndpoint: z
    .string()
    .optional()
    .describe(
      `Address of Microsoft Graph, https only. Default: \`${defaultGraphEndpoint}\`, the global cloud; where \`managementEndpoint\` is on this machine, that address.`,
    ),
  authorityHost: z
    .string()
    .optional()
    .describe(
      `Address of Entra, https only. Default: \`${defaultAuthorityHost}\`, the global cloud; where \`managementEndpoint\` is on this machine, that address.`,
    ),
  certificateLimit: certificateLimit
    .default(defaultCertificateLimit)
    .describe(
      `Management certificates that a subscription takes. Default: ${defaultCertificateLimit}, as Microsoft documents it. The service's own answer wins.`,
    ),
  evidencePath: z
    .string()
    .optional()
    .describe(
      "Path of a file to which each registration and removal is appended as it happens, a line of JSON before it and one after it, each with the hash of the line before: `azure-certificates history` prints and verifies it. Made with mode 0600. What can't be written down is not done, except what closes a door for somebody who left. Default: none.",
    ),
  evidenceCommand: evidenceCommand
    .optional()
    .describe(
      `A program and its arguments, run without a shell for each of these lines with the line on its standard input. It has to end with 0 within ${evidenceCommandTimeoutMs / 1000} seconds; otherwise it is as with a file that can't be written. Without \`evidencePath\`, each run begins a chain of its own. Default: none.`,
    ),
  allow: allowedRemovals
    .optional()
    .describe(
      "Certificates that the guard against lock-out may let go although each is the last valid one of its subscription or application, for links that have left the program. The one that a run signs in with is never removed. Default: none.",
    ),
});

export type ConfigurationKey = keyof typeof providerConfiguration.shape;

/** What stands in a stack's configuration as content holds a private key, or opens one. */
export const secretConfigurationKeys: readonly ConfigurationKey[] = [
  "publishSettings",
  "clientCertificatePassword",
  "clientKeyPem",
];

/** What may not stand in the environment, and what to set there instead. */
export const refusedInEnvironment: readonly (readonly [key: ConfigurationKey, instead: ConfigurationKey])[] = [
  ["publishSettings", "publishSettingsPath"],
  ["clientCertificatePem", "clientCertificatePath"],
  ["clientKeyPem", "clientCertificatePath"],
];
