import { z } from "zod";
import type { ResourceDefinition } from "../definition";
import { isoDate } from "../fields";

const control = /\p{Cc}/u;

export const certificateFileInputs = z.strictObject({
  path: z
    .string({ error: "path must be a text" })
    .refine((text) => text.trim() !== "" && !control.test(text), { error: "path must name a file" })
    .refine((text) => !text.startsWith("~"), {
      error: "path must not begin with ~, which only a shell knows: use os.homedir() or an absolute path",
    })
    .refine((text) => !/[/\\]$/.test(text), { error: "path must name a file, not a folder" })
    .describe(
      "Where the file is to be, on the machine that runs the update. A relative path starts from the folder of the program. A folder that is missing is made, mode 0700. A change writes the new file before the old one is removed.",
    ),
  certificatePem: z
    .string({ error: "certificatePem must be a certificate in PEM" })
    .refine((text) => text.includes("-----BEGIN CERTIFICATE-----"), {
      error: "certificatePem must be a certificate in PEM, with its BEGIN CERTIFICATE line",
    })
    .describe(
      "The certificate, PEM. Take it after the links that have to accept it, so that no file holds a key which a door still refuses.",
    ),
  privateKeyPem: z
    .string({ error: "privateKeyPem must be a private key in PEM" })
    .refine((text) => text.includes("PRIVATE KEY-----"), {
      error: "privateKeyPem must be a private key in PEM, with its BEGIN line",
    })
    .describe("Its private key, PKCS#8 PEM. Has to be a secret: it is stored in state as an input of this resource."),
  format: z
    .enum(["pem", "pfx"], { error: "format must be pem or pfx" })
    .default("pem")
    .describe(
      "`pem`: certificate and key in one text, as `AZURE_CLIENT_CERTIFICATE_PATH` wants it. `pfx`: PKCS#12, as .NET and Windows want it; the same bytes for the same key and password. Default: `pem`.",
    ),
  password: z
    .string({ error: "password must be a text" })
    .optional()
    .describe("Password of the PFX. Has to be a secret. Default: the empty password. Only with `format: pfx`."),
  owner: z
    .string({ error: "owner must be the name or number of a user" })
    .refine((text) => /^[A-Za-z_0-9][A-Za-z0-9_.-]*\$?$/.test(text), {
      error: "owner must be the name or number of a user",
    })
    .optional()
    .describe(
      "Name or number of the user who is to read the file, as `www-data`: it belongs to them, and to nobody else. Only root may give files away. Default: who runs the update.",
    ),
  resourceName: z.string(),
});

const certificateFileOutputs = z.object({
  path: z.string().describe("Where the file is, as the program says it. Known once the file holds the current key."),
  thumbprint: z.string().describe("The certificate in the file. SHA-1, upper-case hexadecimal."),
  contentSha256: z.string().describe("SHA-256 of the file, upper-case hexadecimal: what a refresh compares."),
  writtenAt: isoDate.describe("When it was last written, ISO 8601 in UTC."),
  drift: z
    .string()
    .nullish()
    .describe(
      "What the last refresh found wrong, as `it is missing`; the next update writes the file again. Absent where all is well.",
    ),
});

/** What state holds beside the outputs: what read and delete have to know, and see nowhere else. */
export const certificateFileState = certificateFileOutputs.extend({
  owner: z.string().nullish(),
  lineage: z.string().nullish(),
  madeFolder: z.boolean().default(false),
  resourceName: z.string(),
});

export const certificateFileDefinition: ResourceDefinition = {
  type: "CertificateFile",
  description:
    "A file on this machine with a certificate and its private key, for a service or a tool that signs in with it. Mode 0600 in a folder of mode 0700, written under a temporary name and renamed, so that a reader finds the old key or the new one and never half of either. Follows the certificate through a rotation once every door accepts the new key, is repaired after a refresh has found it changed, and is removed on destroy.\n\nIt promises nothing about copies that somebody makes of it, nor about who is root. It is on the machine that runs the update: on a build agent that is thrown away, it is gone with it. The key is in state twice then, encrypted both times: as an output of the certificate and as an input of the file.",
  inputs: certificateFileInputs,
  filledIn: ["resourceName"],
  spelledOut: {},
  replacedBy: ["path"],
  outputs: certificateFileOutputs,
  secretOutputs: [],
};

export type CertificateFileInputs = z.output<typeof certificateFileInputs>;
export type CertificateFileState = z.output<typeof certificateFileState>;
