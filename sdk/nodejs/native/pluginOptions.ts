import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { assertCredentialsAreSecret } from "../secretConfiguration";

/** By its name, because sources and build lie at different depths below package.json. */
const { version } = createRequire(__filename)("pulumi-azure-certificates/package.json") as { readonly version: string };

/**
 * Which plugin serves a resource, and what the resource was called while it was a dynamic one: a stack that changes over
 * keeps everything as it is.
 */
export function pluginOptions(
  type:
    | "ManagementCertificate"
    | "SubscriptionCertificateLink"
    | "ApplicationCertificateLink"
    | "CertificateFile"
    | "RosterSnapshot",
  options: pulumi.CustomResourceOptions,
  additionalSecretOutputs: readonly string[] = [],
): pulumi.CustomResourceOptions {
  assertCredentialsAreSecret();
  return pulumi.mergeOptions(
    { version, aliases: [{ type: `pulumi-nodejs:dynamic/azure-certificates:${type}` }] },
    pulumi.mergeOptions(options, { additionalSecretOutputs: [...additionalSecretOutputs] }),
  );
}

export { version };
