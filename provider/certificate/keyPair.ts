import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { allowedRsaBits } from "../defaults";
import { InvalidInputError } from "../errors";

/** An RSA key pair as PEM text. */
export interface RsaKeyPair {
  /** PKCS#8 (RFC 5958), unencrypted: never log it, never store it outside a secret or a 0600 file. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). */
  readonly publicKeyPem: string;
}

const generate = promisify(generateKeyPair);

/**
 * Makes an RSA key pair with public exponent 65537, on a worker thread of Node: the event loop goes on.
 *
 * @param rsaBits size of the modulus in bits: 2048, 3072 or 4096. Azure refuses less.
 * @throws {InvalidInputError} ERR_INPUT_INVALID for any other size.
 */
export async function generateRsaKeyPair(rsaBits: number): Promise<RsaKeyPair> {
  if (!allowedRsaBits.some((allowed) => allowed === rsaBits)) {
    throw new InvalidInputError("rsaBits", {
      what: `An RSA key of ${rsaBits} bits can't be made.`,
      todo: `Use one of ${allowedRsaBits.join(", ")}.`,
    });
  }
  const { privateKey, publicKey } = await generate("rsa", {
    modulusLength: rsaBits,
    publicExponent: 0x10001,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}
