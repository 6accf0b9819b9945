// Generated from the definition of the provider's configuration by `make schema`. Do not edit.
import type * as pulumi from "@pulumi/pulumi";

export interface AllowedRemoval {
  /** GUID of the subscription. Either this or `application`. */
  readonly subscriptionId?: string | undefined;
  /** `appId` or `objectId` of the app registration, whichever its link names it by. */
  readonly application?: string | undefined;
  /** SHA-1 of the certificate's DER: 40 hexadecimal digits, with or without separators. */
  readonly thumbprint: string;
}

/** Who uploads, and where to. */
export interface ProviderInputs {
  /** Path of a `.publishsettings` file; the certificate is picked by subscription. Only its owner may be able to read the file. */
  readonly publishSettingsPath?: pulumi.Input<string> | undefined;

  /** Content of a `.publishsettings` file. Secret: set it with `pulumi config set --secret`. A path is better, because content is stored in the state. */
  readonly publishSettings?: pulumi.Input<string> | undefined;

  /** Path of a file with a private key and a certificate that the subscriptions accept: PEM, or PFX (PKCS #12, RFC 7292). Only its owner may be able to read the file. */
  readonly clientCertificatePath?: pulumi.Input<string> | undefined;

  /** Password of the file at `clientCertificatePath`, where it has one. Secret. */
  readonly clientCertificatePassword?: pulumi.Input<string> | undefined;

  /** The client certificate itself, PEM, in place of a path. Needs `clientKeyPem`. */
  readonly clientCertificatePem?: pulumi.Input<string> | undefined;

  /** The private key of `clientCertificatePem`, PEM. Secret: set it with `pulumi config set --secret`. A path is better, because content is stored in the state. */
  readonly clientKeyPem?: pulumi.Input<string> | undefined;

  /** Which kinds of credential are tried, in which order: `publishSettings`, `clientCertificate`, `token`, separated by commas. `token` asks `@azure/identity`, which is installed beside the provider. Default: `publishSettings,clientCertificate`. */
  readonly authentication?: pulumi.Input<string> | undefined;

  /** Address of the Service Management API, https only. Default: `https://management.core.windows.net`, the global cloud (Service Management REST reference). */
  readonly managementEndpoint?: pulumi.Input<string> | undefined;

  /** PEM file whose certificates are the only ones trusted as authorities of the service. Default: those of the machine. There is no way to switch verification off. */
  readonly caCertificatePath?: pulumi.Input<string> | undefined;

  /** GUID or domain of the Entra tenant, for links of app registrations. Needs `clientId` and `entraCertificatePath`. */
  readonly tenantId?: pulumi.Input<string> | undefined;

  /** Client id of the app registration that signs in to Entra to manage app registrations. */
  readonly clientId?: pulumi.Input<string> | undefined;

  /** Path of a PEM file with the private key and the certificate that `clientId` signs in with. Only its owner may be able to read the file. Default: what `DefaultAzureCredential` of `@azure/identity` finds. */
  readonly entraCertificatePath?: pulumi.Input<string> | undefined;

  /** Address of Microsoft Graph, https only. Default: `https://graph.microsoft.com`, the global cloud; where `managementEndpoint` is on this machine, that address. */
  readonly graphEndpoint?: pulumi.Input<string> | undefined;

  /** Address of Entra, https only. Default: `https://login.microsoftonline.com`, the global cloud; where `managementEndpoint` is on this machine, that address. */
  readonly authorityHost?: pulumi.Input<string> | undefined;

  /** Management certificates that a subscription takes. Default: 100, as Microsoft documents it. The service's own answer wins. */
  readonly certificateLimit?: pulumi.Input<number> | undefined;

  /** Path of a file to which each registration and removal is appended as it happens, a line of JSON before it and one after it, each with the hash of the line before: `azure-certificates history` prints and verifies it. Made with mode 0600. What can't be written down is not done, except what closes a door for somebody who left. Default: none. */
  readonly evidencePath?: pulumi.Input<string> | undefined;

  /** A program and its arguments, run without a shell for each of these lines with the line on its standard input. It has to end with 0 within 10 seconds; otherwise it is as with a file that can't be written. Without `evidencePath`, each run begins a chain of its own. Default: none. */
  readonly evidenceCommand?: pulumi.Input<pulumi.Input<string>[]> | undefined;

  /** Certificates that the guard against lock-out may let go although each is the last valid one of its subscription or application, for links that have left the program. The one that a run signs in with is never removed. Default: none. */
  readonly allow?: pulumi.Input<pulumi.Input<AllowedRemoval>[]> | undefined;
}

/** Names of the settings that hold a private key, or open one. */
export const secretProviderInputNames: readonly string[] = [
  "publishSettings",
  "clientCertificatePassword",
  "clientKeyPem",
];
