import { createPrivateKey, type KeyObject } from "node:crypto";
import { CertificateError } from "../errors";
import { children, decode, readOctets } from "./asn1";
import { maximumKeyDerivationIterations, maximumPemBundleCharacters } from "./limits";
import { type KeyAndCertificate, pairWithCertificate, readPrivateKeyInfo } from "./pairing";
import { decryptWithPassword, passwordBytes } from "./passwordEncryption";
import { type PemBlock, pemBlocks } from "./pem";

/**
 * Reads a private key and its certificate from one PEM text, in any order: `PRIVATE KEY`, `RSA PRIVATE KEY`,
 * `EC PRIVATE KEY`, and with a password `ENCRYPTED PRIVATE KEY`. Further certificates are its chain.
 *
 * @param password only looked at if the key is encrypted.
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID: no key, more than one, no certificate, they don't belong
 *   together, password missing or wrong, over 262,144 characters.
 * @see RFC 7468
 */
export function readPemBundle(text: string, password?: string): KeyAndCertificate {
  if (text.length > maximumPemBundleCharacters) {
    throw new CertificateError({
      what: `A PEM text of ${text.length} characters is not read: the limit is ${maximumPemBundleCharacters}.`,
      todo: "Give one private key and its certificate.",
    });
  }
  const blocks = pemBlocks(text);
  const [keyBlock, ...more] = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  if (keyBlock === undefined || more.length > 0) {
    throw new CertificateError({
      what: keyBlock === undefined ? "There is no private key in this PEM text." : "There are several private keys.",
      todo: "Give one private key and its certificate in one PEM text.",
    });
  }
  return pairWithCertificate(
    readKey(keyBlock, password),
    blocks.filter(({ label }) => label === "CERTIFICATE").map(({ bytes }) => bytes),
  );
}

function readKey(block: PemBlock, password: string | undefined): KeyObject {
  const encrypted = block.label === "ENCRYPTED PRIVATE KEY" || block.text.includes("Proc-Type: 4,ENCRYPTED");
  if (encrypted && password === undefined) {
    throw new CertificateError({
      what: "The private key is encrypted, and no password was given.",
      todo: "Give its password.",
    });
  }
  try {
    return block.label === "ENCRYPTED PRIVATE KEY"
      ? decryptKey(block.bytes, password ?? "")
      : createPrivateKey({ key: block.text, ...(encrypted ? { passphrase: password ?? "" } : {}) });
  } catch (cause) {
    if (cause instanceof CertificateError) {
      throw cause;
    }
    throw new CertificateError({
      what: encrypted ? "The password does not open the private key, or it is damaged." : "The private key is damaged.",
      todo: encrypted ? "Check the password." : "Export it again.",
      cause,
    });
  }
}

/** EncryptedPrivateKeyInfo (RFC 5958 section 3). Not left to Node, which would run any number of rounds a file asks for. */
function decryptKey(der: Buffer, password: string): KeyObject {
  const [algorithm, encrypted] = children(decode(der));
  const budget = { remaining: maximumKeyDerivationIterations };
  return readPrivateKeyInfo(decryptWithPassword(algorithm, readOctets(encrypted), passwordBytes(password), budget));
}
