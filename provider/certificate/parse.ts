import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { CertificateError } from "../errors";
import { type Asn1, children, decode, isContext, readObjectIdentifier, readOctets } from "./asn1";
import { showName } from "./distinguishedName";
import { maximumCertificateBytes } from "./limits";
import { pemBlocks, pemOf } from "./pem";

/** What there is to know about a certificate, whoever made it. */
export interface ParsedCertificate {
  readonly der: Buffer;
  /** The same certificate as PEM (RFC 7468), with a newline at the end. */
  readonly pem: string;
  /** SHA-1 of the DER, upper-case hex without separators: Azure's name for a certificate. */
  readonly thumbprint: string;
  /** SHA-256 of the DER, upper-case hex without separators. */
  readonly sha256Fingerprint: string;
  /** Upper-case hex; begins with `-` where an issuer made it negative, as makecert did. */
  readonly serialNumber: string;
  /** The most specific part first, as `CN=alice, OU=proj/dev, O=Contoso`. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The UUID of the one `urn:uuid:` among the subject alternative names, lower-case; null if there is not exactly one. */
  readonly lineage: string | null;
  /** Size of the modulus in bits; null for a key that is not RSA. */
  readonly rsaBits: number | null;
  /** RSAPublicKey (RFC 8017 appendix A.1.1), DER: what `SubscriptionCertificatePublicKey` wants; null if not RSA. */
  readonly publicKeyPkcs1: Buffer | null;
  /** As OpenSSL names it, `sha256WithRSAEncryption`; dotted for one without a name here. */
  readonly signatureAlgorithm: string;
}

/** The algorithms that management certificates were signed with, makecert's own SHA-1 identifier among them. */
const signatureAlgorithms: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.4", "md5WithRSAEncryption"],
  ["1.2.840.113549.1.1.5", "sha1WithRSAEncryption"],
  ["1.3.14.3.2.29", "sha1WithRSA"],
  ["1.2.840.113549.1.1.10", "rsassaPss"],
  ["1.2.840.113549.1.1.11", "sha256WithRSAEncryption"],
  ["1.2.840.113549.1.1.12", "sha384WithRSAEncryption"],
  ["1.2.840.113549.1.1.13", "sha512WithRSAEncryption"],
  ["1.2.840.10045.4.3.2", "ecdsa-with-SHA256"],
  ["1.2.840.10045.4.3.3", "ecdsa-with-SHA384"],
  ["1.2.840.10045.4.3.4", "ecdsa-with-SHA512"],
]);

const subjectAltNameOid = "2.5.29.17";

/**
 * Reads an X.509 certificate: PEM text (the first certificate of a chain), or DER or PEM bytes.
 * It is read, not judged: expired, SHA-1 and 1024-bit ones are read like any other.
 *
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID if it is none, is over 64 KiB, or has bytes after its end.
 * @see RFC 5280
 */
export function parseCertificate(pemOrDer: string | Uint8Array): ParsedCertificate {
  const der = derOf(pemOrDer);
  try {
    return parseDer(der);
  } catch (cause) {
    throw new CertificateError({
      what: "This is not an X.509 certificate, or it is damaged.",
      todo: "Give one certificate as PEM (BEGIN CERTIFICATE) or DER (.cer).",
      cause,
    });
  }
}

/** Like {@link parseCertificate}, but null where it would throw: a subscription may hold things that are no certificates. */
export function tryParseCertificate(pemOrDer: string | Uint8Array): ParsedCertificate | null {
  try {
    return parseCertificate(pemOrDer);
  } catch (error) {
    if (error instanceof CertificateError) {
      return null;
    }
    throw error;
  }
}

function derOf(pemOrDer: string | Uint8Array): Buffer {
  if (pemOrDer.length > maximumCertificateBytes) {
    throw new CertificateError({
      what: `A certificate of ${pemOrDer.length} bytes is not read: the limit is ${maximumCertificateBytes}.`,
      todo: "Check that this is a certificate.",
    });
  }
  const sequenceTag = 0x30;
  if (typeof pemOrDer !== "string" && pemOrDer[0] === sequenceTag) {
    return Buffer.from(pemOrDer);
  }
  const text = typeof pemOrDer === "string" ? pemOrDer : Buffer.from(pemOrDer).toString("latin1");
  const block = pemBlocks(text).find(({ label }) => label === "CERTIFICATE");
  if (block === undefined) {
    throw new CertificateError({
      what: "There is no certificate in this text: no BEGIN CERTIFICATE line, and it is not DER.",
      todo: "Give one certificate as PEM or DER (.cer).",
    });
  }
  return block.bytes;
}

function parseDer(der: Buffer): ParsedCertificate {
  const pem = pemOf("CERTIFICATE", der);
  // As PEM, because Node looks for PEM first in bytes too, and would find another certificate hidden in a long name.
  const certificate = new X509Certificate(pem);
  // OpenSSL stops reading at the end of the certificate and corrects sloppy encodings on its way; the thumbprint is
  // of the bytes as they are, so both must be the same.
  if (!certificate.raw.equals(der)) {
    throw new Error("The bytes are not exactly one certificate in DER.");
  }
  const [toBeSigned, algorithm] = children(decode(der));
  // Version is the only optional field before the subject.
  const fields = children(toBeSigned).filter((field) => !isContext(field, 0));
  const signatureOid = readObjectIdentifier(children(algorithm)[0]);
  return {
    der,
    pem,
    thumbprint: digest("sha1", der),
    sha256Fingerprint: digest("sha256", der),
    serialNumber: certificate.serialNumber,
    subject: showName(fields[4]),
    notBefore: validDate(certificate.validFromDate),
    notAfter: validDate(certificate.validToDate),
    lineage: lineageIn(fields),
    ...rsaKeyOf(certificate),
    signatureAlgorithm: signatureAlgorithms.get(signatureOid) ?? signatureOid,
  };
}

function digest(algorithm: "sha1" | "sha256", der: Buffer): string {
  return createHash(algorithm).update(der).digest("hex").toUpperCase();
}

function validDate(date: Date): Date {
  if (Number.isNaN(date.getTime())) {
    throw new Error("A date of the certificate can't be read.");
  }
  return date;
}

function rsaKeyOf(certificate: X509Certificate): Pick<ParsedCertificate, "rsaBits" | "publicKeyPkcs1"> {
  const none = { rsaBits: null, publicKeyPkcs1: null };
  let key: KeyObject;
  try {
    key = certificate.publicKey;
  } catch {
    // A kind of key that OpenSSL does not know is still a certificate.
    return none;
  }
  if (key.asymmetricKeyType !== "rsa") {
    return none;
  }
  return {
    rsaBits: key.asymmetricKeyDetails?.modulusLength ?? null,
    publicKeyPkcs1: key.export({ type: "pkcs1", format: "der" }),
  };
}

function lineageIn(fields: readonly Asn1[]): string | null {
  const extensions = fields.find((field) => isContext(field, 3));
  if (extensions === undefined) {
    return null;
  }
  const uriTag = 6;
  const lineages = children(children(extensions)[0])
    .map(children)
    .filter(([oid]) => readObjectIdentifier(oid) === subjectAltNameOid)
    .flatMap((extension) => children(decode(readOctets(extension.at(-1)))))
    .filter((name) => isContext(name, uriTag))
    .map((name) =>
      /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(readOctets(name).toString("latin1")),
    )
    .flatMap((match) => match?.[1]?.toLowerCase() ?? []);
  // Two lineages would let one certificate answer for two resources: it is nobody's then.
  return lineages.length === 1 ? (lineages[0] ?? null) : null;
}
