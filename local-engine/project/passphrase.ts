import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { LocalEngineError } from "../errors";

// The passphrase secrets manager of Pulumi (sdk/go/common/resource/config/crypt.go): PBKDF2-SHA256 into AES-256-GCM.
const iterations = 1_000_000;
const keyBytes = 32;
const tagBytes = 16;
const nonceBytes = 12;
const saltBytes = 8;
const checkWord = "pulumi";

/** Decrypts the `secure:` values of one stack. */
export type Decrypter = (ciphertext: string) => string;

/**
 * @param salt `encryptionsalt` of the stack's configuration file: `v1:<salt>:v1:<nonce>:<ciphertext>`; the second part
 * is the word "pulumi", encrypted, by which a wrong passphrase is noticed.
 */
export function passphraseDecrypter(salt: string, passphrase: string): Decrypter {
  const [version, saltText, ...check] = salt.split(":");
  if (version !== "v1" || saltText === undefined) {
    throw new LocalEngineError("The stack's encryptionsalt is not of the form v1:<salt>:v1:<nonce>:<ciphertext>.");
  }
  const key = deriveKey(passphrase, Buffer.from(saltText, "base64"));
  let word: string;
  try {
    word = decrypt(key, check.join(":"));
  } catch {
    word = "";
  }
  if (word !== checkWord) {
    throw new LocalEngineError("The passphrase is wrong: it does not decrypt the stack's encryptionsalt.");
  }
  return (ciphertext) => decrypt(key, ciphertext);
}

/** A new `encryptionsalt` for a passphrase. Takes about a second, as every key derivation does. */
export function newEncryptionSalt(passphrase: string): string {
  const salt = randomBytes(saltBytes);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(passphrase, salt), nonce);
  const body = Buffer.concat([cipher.update(checkWord, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${salt.toString("base64")}:v1:${nonce.toString("base64")}:${body.toString("base64")}`;
}

function deriveKey(passphrase: string, salt: Buffer): Buffer {
  return pbkdf2Sync(passphrase, salt, iterations, keyBytes, "sha256");
}

function decrypt(key: Buffer, text: string): string {
  const [version, nonce, body] = text.split(":");
  if (version !== "v1" || nonce === undefined || body === undefined) {
    throw new LocalEngineError("A secure: value is not of the form v1:<nonce>:<ciphertext>.");
  }
  const bytes = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - tagBytes)), decipher.final()]).toString(
    "utf8",
  );
}
