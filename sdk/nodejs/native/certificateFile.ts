import type * as pulumi from "@pulumi/pulumi";
import type { CertificateFileArgs } from "../certificateFile";
import { keyArgument } from "../certificateFile";
import { CertificateFileOutputs, certificateFileOutputNames } from "../generated/certificateFile";
import { declared } from "./declared";
import { pluginOptions } from "./pluginOptions";

/**
 * A file on this machine with a certificate and its private key, for a service or a tool that signs in with it; served by
 * the plugin `pulumi-resource-azure-certificates`.
 *
 * @example
 * new CertificateFile("pipeline", { path: "/etc/pipeline/azure.pem", credential: signIn, owner: "pipeline" });
 */
export class CertificateFile extends CertificateFileOutputs {
  constructor(name: string, args: CertificateFileArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "azure-certificates:index:CertificateFile",
      name,
      { ...declared(certificateFileOutputNames), ...keyArgument(args) },
      pluginOptions("CertificateFile", options),
    );
  }
}
