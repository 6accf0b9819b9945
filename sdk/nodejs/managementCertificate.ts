import * as pulumi from "@pulumi/pulumi";
import { dynamicProps } from "./dynamicProps";
import type { ManagementCertificateInputs } from "./generated/managementCertificate";
import {
  ManagementCertificateOutputs,
  managementCertificateOutputNames,
  managementCertificateSecretOutputNames,
} from "./generated/managementCertificate";

/** Every one of them has a default: `new ManagementCertificate("alice")` is complete. */
export interface ManagementCertificateArgs extends ManagementCertificateInputs {}

/**
 * An RSA key pair and a self-signed X.509 v3 certificate, rotated on schedule, on demand, and when a holder leaves.
 *
 * The private key is made on the machine that runs the update and lives in the stack's state as a secret. Hand it out
 * with {@link credential}, which waits until every subscription accepts it.
 *
 * @example
 * const alice = new ManagementCertificate("alice", { validityPeriodHours: 8760, holders: ["alice@example.com"] });
 */
export class ManagementCertificate extends ManagementCertificateOutputs {
  constructor(name: string, args: ManagementCertificateArgs = {}, options: pulumi.CustomResourceOptions = {}) {
    super(
      "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate",
      name,
      {
        ...dynamicProps(name, "managementCertificate", managementCertificateOutputNames),
        // For the default of organizationalUnit; the engine tells a dynamic provider neither.
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        ...args,
      },
      pulumi.mergeOptions(options, { additionalSecretOutputs: [...managementCertificateSecretOutputNames] }),
    );
  }
}
