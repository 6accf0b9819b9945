import { createHash, createHmac } from "node:crypto";
import { parseCertificate, tryParseCertificate } from "./parse";
import { writePfx } from "./pfx";

export interface KeyFileRequest {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly format: "pem" | "pfx";
  /** Of a PFX. Default: the empty password. */
  readonly password?: string | undefined;
}

/** A file with a certificate and its key. */
export interface KeyFileContent {
  readonly bytes: Buffer;
  readonly thumbprint: string;
  /** SHA-256 of the bytes, upper-case hex. */
  readonly sha256: string;
  readonly lineage: string | null;
}

/** The same bytes for the same request: what is in a file can be told from what should be. @throws CertificateError ERR_CERTIFICATE_INVALID */
export function keyFileContent({ format, password, ...both }: KeyFileRequest): KeyFileContent {
  const { thumbprint, lineage, pem } = parseCertificate(both.certificatePem);
  const bytes =
    format === "pfx" ? repeatablePfx({ ...both, password }) : Buffer.from(`${pem}${both.privateKeyPem.trimEnd()}\n`);
  return { bytes, thumbprint, sha256: sha256Of(bytes), lineage };
}

/** A PFX that comes out the same every time: its salts are what only who has the key can know beforehand. */
export function repeatablePfx({
  password = "",
  ...both
}: Pick<KeyFileRequest, "certificatePem" | "privateKeyPem" | "password">): Buffer {
  let drawn = 0;
  const randomBytes = (size: number) =>
    createHmac("sha256", both.privateKeyPem).update(`salt ${drawn++}`).digest().subarray(0, size);
  return writePfx({ ...both, password, randomBytes });
}

/** Whether the bytes begin with a certificate of that lineage. */
export function isOfLineage(bytes: Buffer, lineage: string | null): boolean {
  return lineage !== null && tryParseCertificate(bytes)?.lineage === lineage;
}

/** Upper-case hex. */
export function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").toUpperCase();
}
