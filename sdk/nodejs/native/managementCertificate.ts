import type * as pulumi from "@pulumi/pulumi";
import {
  ManagementCertificateOutputs,
  managementCertificateOutputNames,
  managementCertificateSecretOutputNames,
} from "../generated/managementCertificate";
import type { ManagementCertificateArgs } from "../managementCertificate";
import { declared } from "./declared";
import { pluginOptions } from "./pluginOptions";

/**
 * An RSA key pair and a self-signed X.509 v3 certificate, rotated on schedule, on demand, and when a holder leaves; served
 * by the plugin `pulumi-resource-azure-certificates`.
 *
 * @example
 * const alice = new ManagementCertificate("alice", { validityPeriodHours: 8760, holders: ["alice@example.com"] });
 */
export class ManagementCertificate extends ManagementCertificateOutputs {
  constructor(name: string, args: ManagementCertificateArgs = {}, options: pulumi.CustomResourceOptions = {}) {
    super(
      "azure-certificates:index:ManagementCertificate",
      name,
      { ...declared(managementCertificateOutputNames), ...args },
      pluginOptions("ManagementCertificate", options, managementCertificateSecretOutputNames),
    );
  }
}
