import { createHash, type KeyObject, sign } from "node:crypto";
import { CertificateError } from "../errors";
import {
  type Asn1,
  bitString,
  booleanTrue,
  children,
  contextConstructed,
  contextPrimitive,
  decode,
  encode,
  generalizedTime,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  readOctets,
  sequence,
  smallInteger,
  utcTime,
} from "./asn1";

/** What goes into a certificate besides the signature. */
export interface CertificateContent {
  /** Two's complement, positive. */
  readonly serialNumber: Buffer;
  readonly issuer: Asn1;
  readonly subject: Asn1;
  /** Fractions of a second are cut off: X.509 has none. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly subjectPublicKeyInfo: Buffer;
  readonly extensions: readonly Asn1[];
}

/**
 * Builds an X.509 v3 certificate and signs it with SHA-256 and the given RSA or EC key; returns its DER.
 *
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID for dates that X.509 can't hold.
 * @see RFC 5280 section 4.1
 */
export function signCertificate(content: CertificateContent, key: KeyObject): Buffer {
  if (!(content.notBefore.getTime() < content.notAfter.getTime())) {
    throw new CertificateError({
      what: "A certificate's notAfter must lie after its notBefore.",
      todo: "Check the validity and the backdating.",
    });
  }
  const algorithm = signatureAlgorithmOf(key);
  const toBeSigned = sequence(
    contextConstructed(0, smallInteger(2)), // v3
    integer(content.serialNumber),
    algorithm,
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    decode(content.subjectPublicKeyInfo),
    contextConstructed(3, sequence(...content.extensions)),
  );
  const signature = sign("sha256", encode(toBeSigned), key);
  return encode(sequence(toBeSigned, algorithm, bitString(signature)));
}

function signatureAlgorithmOf(key: KeyObject): Asn1 {
  switch (key.asymmetricKeyType) {
    // RFC 4055 section 5: parameters are NULL. RFC 5758 section 3.2: parameters are absent.
    case "rsa":
      return sequence(objectIdentifier("1.2.840.113549.1.1.11"), nullValue());
    case "ec":
      return sequence(objectIdentifier("1.2.840.10045.4.3.2"));
    default:
      throw new CertificateError({ what: `A key of type ${key.asymmetricKeyType} can't sign a certificate here.` });
  }
}

/** RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
function time(date: Date): Asn1 {
  const year = date.getUTCFullYear();
  if (!(year >= 1950 && year <= 9999)) {
    throw new CertificateError({ what: "A certificate's dates must lie in the years 1950 to 9999." });
  }
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, "")}Z`;
  return year < 2050 ? utcTime(digits.slice(2)) : generalizedTime(digits);
}

function extension(oid: string, critical: boolean, value: Asn1): Asn1 {
  return sequence(objectIdentifier(oid), ...(critical ? [booleanTrue()] : []), octetString(encode(value)));
}

/** RFC 5280 section 4.2.1.9. `CA:false` is the default, which DER leaves out. */
export function basicConstraints(isAuthority: boolean): Asn1 {
  return extension("2.5.29.19", true, isAuthority ? sequence(booleanTrue()) : sequence());
}

/** RFC 5280 section 4.2.1.3: digitalSignature (bit 0) and keyEncipherment (bit 2). */
export function keyUsageOfTls(): Asn1 {
  return extension("2.5.29.15", true, bitString(Buffer.of(0b1010_0000), 5));
}

/** RFC 5280 section 4.2.1.3: keyCertSign (bit 5) and cRLSign (bit 6). */
export function keyUsageOfAuthority(): Asn1 {
  return extension("2.5.29.15", true, bitString(Buffer.of(0b0000_0110), 1));
}

/** RFC 5280 section 4.2.1.12. */
export function extendedKeyUsage(purpose: "clientAuth" | "serverAuth"): Asn1 {
  const oid = purpose === "clientAuth" ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1";
  return extension("2.5.29.37", false, sequence(objectIdentifier(oid)));
}

/** RFC 5280 section 4.2.1.2, method 1: SHA-1 of the key's bits. */
export function keyIdentifier(subjectPublicKeyInfo: Buffer): Buffer {
  const bits = readOctets(children(decode(subjectPublicKeyInfo))[1]).subarray(1);
  return createHash("sha1").update(bits).digest();
}

export function subjectKeyIdentifier(identifier: Buffer): Asn1 {
  return extension("2.5.29.14", false, octetString(identifier));
}

export function authorityKeyIdentifier(identifier: Buffer): Asn1 {
  return extension("2.5.29.35", false, sequence(contextPrimitive(0, identifier)));
}

/** RFC 5280 section 4.2.1.6. Addresses are given as bytes in network order. */
export function subjectAltName(
  names: readonly ({ readonly uri: string } | { readonly dns: string } | { readonly address: Uint8Array })[],
): Asn1 {
  const entries = names.map((name) => {
    if ("uri" in name) {
      return contextPrimitive(6, Buffer.from(name.uri, "latin1"));
    }
    return "dns" in name ? contextPrimitive(2, Buffer.from(name.dns, "latin1")) : contextPrimitive(7, name.address);
  });
  return extension("2.5.29.17", false, sequence(...entries));
}
