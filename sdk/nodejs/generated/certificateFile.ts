// Generated from the definition of CertificateFile by `make schema`. Do not edit.
import * as pulumi from "@pulumi/pulumi";

/** What a program says about a CertificateFile. */
export interface CertificateFileInputs {
  /** Where the file is to be, on the machine that runs the update. A relative path starts from the folder of the program. A folder that is missing is made, mode 0700. A change writes the new file before the old one is removed. */
  readonly path: pulumi.Input<string>;

  /** The certificate, PEM. Take it after the links that have to accept it, so that no file holds a key which a door still refuses. */
  readonly certificatePem: pulumi.Input<string>;

  /** Its private key, PKCS#8 PEM. Has to be a secret: it is stored in state as an input of this resource. */
  readonly privateKeyPem: pulumi.Input<string>;

  /** `pem`: certificate and key in one text, as `AZURE_CLIENT_CERTIFICATE_PATH` wants it. `pfx`: PKCS#12, as .NET and Windows want it; the same bytes for the same key and password. Default: `pem`. */
  readonly format?: pulumi.Input<"pem" | "pfx"> | undefined;

  /** Password of the PFX. Has to be a secret. Default: the empty password. Only with `format: pfx`. */
  readonly password?: pulumi.Input<string> | undefined;

  /** Name or number of the user who is to read the file, as `www-data`: it belongs to them, and to nobody else. Only root may give files away. Default: who runs the update. */
  readonly owner?: pulumi.Input<string> | undefined;
}

/** Names of all outputs: a resource has to declare them to Pulumi before they have a value. */
export const certificateFileOutputNames: readonly string[] = [
  "path",
  "thumbprint",
  "contentSha256",
  "writtenAt",
  "drift",
];

/**
 * A file on this machine with a certificate and its private key, for a service or a tool that signs in with it. Mode 0600 in a folder of mode 0700, written under a temporary name and renamed, so that a reader finds the old key or the new one and never half of either. Follows the certificate through a rotation once every door accepts the new key, is repaired after a refresh has found it changed, and is removed on destroy.
 *
 * It promises nothing about copies that somebody makes of it, nor about who is root. It is on the machine that runs the update: on a build agent that is thrown away, it is gone with it. The key is in state twice then, encrypted both times: as an output of the certificate and as an input of the file.
 */
export abstract class CertificateFileOutputs extends pulumi.CustomResource {
  /** Where the file is, as the program says it. Known once the file holds the current key. */
  declare public readonly path: pulumi.Output<string>;

  /** The certificate in the file. SHA-1, upper-case hexadecimal. */
  declare public readonly thumbprint: pulumi.Output<string>;

  /** SHA-256 of the file, upper-case hexadecimal: what a refresh compares. */
  declare public readonly contentSha256: pulumi.Output<string>;

  /** When it was last written, ISO 8601 in UTC. */
  declare public readonly writtenAt: pulumi.Output<string>;

  /** What the last refresh found wrong, as `it is missing`; the next update writes the file again. Absent where all is well. */
  declare public readonly drift: pulumi.Output<string | undefined>;
}
