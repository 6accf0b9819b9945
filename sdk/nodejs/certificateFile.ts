import type * as pulumi from "@pulumi/pulumi";
import type { Credential } from "./credential";
import { dynamicProps } from "./dynamicProps";
import type { CertificateFileInputs } from "./generated/certificateFile";
import { CertificateFileOutputs, certificateFileOutputNames } from "./generated/certificateFile";

export interface CertificateFileArgs extends Omit<CertificateFileInputs, "certificatePem" | "privateKeyPem"> {
  /** What `credential()` gives: a key that all of its doors accept. */
  readonly credential: Pick<Credential, "certificatePem" | "privateKeyPem">;
}

/** The arguments as a provider takes them. */
export function keyArgument({ credential, ...inputs }: CertificateFileArgs): pulumi.Inputs {
  const { certificatePem, privateKeyPem } = credential;
  return { ...inputs, certificatePem, privateKeyPem };
}

/**
 * A file on this machine with a certificate and its private key, for a service or a tool that signs in with it.
 *
 * @example
 * new CertificateFile("pipeline", { path: "/etc/pipeline/azure.pem", credential: signIn, owner: "pipeline" });
 */
export class CertificateFile extends CertificateFileOutputs {
  constructor(name: string, args: CertificateFileArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "pulumi-nodejs:dynamic/azure-certificates:CertificateFile",
      name,
      { ...dynamicProps(name, "certificateFile", certificateFileOutputNames), ...keyArgument(args) },
      options,
    );
  }
}
