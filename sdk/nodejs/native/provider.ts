import * as pulumi from "@pulumi/pulumi";
import { version } from "./pluginOptions";

/** Who uploads, and where to. A program without a Provider has one that is told by the stack's configuration. */
export interface ProviderArgs {
  /** Path of a `.publishsettings` file of mode 0600. */
  readonly publishSettingsPath?: pulumi.Input<string> | undefined;
  /** Content of a `.publishsettings` file. Secret. A path is better: content is stored in the state. */
  readonly publishSettings?: pulumi.Input<string> | undefined;
  /** Path of a file of mode 0600 with the certificate that signs in and its key: PEM or PFX. */
  readonly clientCertificatePath?: pulumi.Input<string> | undefined;
  /** Password of the file at `clientCertificatePath`. Secret. */
  readonly clientCertificatePassword?: pulumi.Input<string> | undefined;
  /** The certificate that signs in, PEM. Needs `clientKeyPem`. */
  readonly clientCertificatePem?: pulumi.Input<string> | undefined;
  /** The key of `clientCertificatePem`, PEM. Secret. */
  readonly clientKeyPem?: pulumi.Input<string> | undefined;
  /** Which kinds of credential are tried, in this order, separated by commas: `publishSettings`, `clientCertificate`, `token`. */
  readonly authentication?: pulumi.Input<string> | undefined;
  /** Address of the Service Management API. Default: https://management.core.windows.net. */
  readonly managementEndpoint?: pulumi.Input<string> | undefined;
  /** PEM file whose certificates are the only ones trusted. Default: those of the machine. */
  readonly caCertificatePath?: pulumi.Input<string> | undefined;
  /** Management certificates that a subscription takes. Default: 100. */
  readonly certificateLimit?: pulumi.Input<number> | undefined;
  /** Certificates that a guard against lock-out may let go, for links that have left the program. Default: none. */
  readonly allow?:
    | pulumi.Input<pulumi.Input<{ readonly subscriptionId: string; readonly thumbprint: string }>[]>
    | undefined;
}

const secretArguments = ["publishSettings", "clientCertificatePassword", "clientKeyPem"] as const;

/**
 * A provider with credentials of its own, for the resources that are given it as `provider`.
 *
 * @example
 * const production = new Provider("production", { publishSettingsPath: "production.publishsettings" });
 * new SubscriptionCertificateLink("alice-production", { subscriptionId, certificate: alice }, { provider: production });
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options: pulumi.ResourceOptions = {}) {
    const { certificateLimit, allow, ...texts } = args;
    const secrets = secretArguments.filter((key) => texts[key] !== undefined);
    super(
      "azure-certificates",
      name,
      {
        ...texts,
        ...Object.fromEntries(secrets.map((key) => [key, pulumi.secret(texts[key])])),
        // Pulumi's engines pass a provider's settings on as texts.
        certificateLimit: certificateLimit === undefined ? undefined : pulumi.jsonStringify(certificateLimit),
        allow: allow === undefined ? undefined : pulumi.jsonStringify(allow),
      },
      { version, ...options },
    );
  }
}
