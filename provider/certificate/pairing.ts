import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { CertificateError } from "../errors";
import { pemOf } from "./pem";

/** A private key and the certificate that belongs to it: what a client signs in with. */
export interface KeyAndCertificate {
  /** PKCS#8, unencrypted. */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/**
 * Finds the certificate of a key among those of a file; the others are its chain, which Azure does not look at.
 *
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID if none belongs to the key.
 */
export function pairWithCertificate(key: KeyObject, certificates: readonly Buffer[]): KeyAndCertificate {
  const found = certificates.find((der) => belongs(der, key));
  if (found === undefined) {
    throw new CertificateError({
      what:
        certificates.length === 0
          ? "There is a private key, but no certificate with it."
          : "The private key does not belong to the certificate.",
      todo: "Export the certificate together with its own private key.",
    });
  }
  return {
    privateKeyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
    certificatePem: pemOf("CERTIFICATE", found),
  };
}

function belongs(der: Buffer, key: KeyObject): boolean {
  try {
    return new X509Certificate(der).checkPrivateKey(key);
  } catch {
    return false;
  }
}

/** Reads a PrivateKeyInfo (PKCS#8, RFC 5958), DER. Throws Node's own error, which holds no key material. */
export function readPrivateKeyInfo(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}
