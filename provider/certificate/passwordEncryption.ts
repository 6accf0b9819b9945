import { createCipheriv, createDecipheriv, createHmac, hash as digest, pbkdf2Sync } from "node:crypto";
import forge from "node-forge";
import { CertificateError } from "../errors";
import {
  type Asn1,
  asn1Types,
  children,
  isUniversal,
  objectIdentifier,
  octetString,
  readObjectIdentifier,
  readOctets,
  readSmallInteger,
  sequence,
  smallInteger,
} from "./asn1";

/** A password as the two families of key derivation want it. */
export interface PasswordBytes {
  /** PKCS#12 (RFC 7292 appendix B.1): BMPString with two zero bytes at its end. */
  readonly bmp: Buffer;
  /** PBES2 (RFC 8018). */
  readonly utf8: Buffer;
}

export function passwordBytes(password: string): PasswordBytes {
  return { bmp: Buffer.from(`${password}\0`, "utf16le").swap16(), utf8: Buffer.from(password, "utf8") };
}

/** Rounds of key derivation that may still be spent on a file. Shared by all its parts, so that many small ones don't add up. */
export interface IterationBudget {
  remaining: number;
}

function spend(budget: IterationBudget, iterations: number): void {
  if (iterations < 1 || iterations > budget.remaining) {
    throw new CertificateError({
      what: `The file asks for ${iterations} more rounds of key derivation, which would take too long.`,
      todo: "Export it again with the usual settings of OpenSSL or Windows.",
    });
  }
  budget.remaining -= iterations;
}

/** What a derived key is for: the ID byte of RFC 7292 appendix B.3. */
type Pkcs12Purpose = "encryption" | "initialVector" | "mac";
const purposeIds: Readonly<Record<Pkcs12Purpose, number>> = { encryption: 1, initialVector: 2, mac: 3 };

interface Pkcs12Derivation {
  readonly hash: string;
  readonly purpose: Pkcs12Purpose;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly length: number;
}

/** RFC 7292 appendix B.2, with its letters. */
function derivePkcs12Key(derivation: Pkcs12Derivation, password: Buffer, budget: IterationBudget): Buffer {
  const { hash, salt, iterations, length } = derivation;
  const v = hash === "sha384" || hash === "sha512" ? 128 : 64;
  const D = Buffer.alloc(v, purposeIds[derivation.purpose]);
  const I = Buffer.concat([repeatToBlocks(salt, v), repeatToBlocks(password, v)]);
  const key: Buffer[] = [];
  for (let have = 0; have < length; ) {
    spend(budget, iterations);
    // Not createHash: a file may ask for hundreds of thousands of rounds, and this takes half the time.
    let A = digest(hash, Buffer.concat([D, I]), "buffer");
    for (let round = 1; round < iterations; round++) {
      A = digest(hash, A, "buffer");
    }
    key.push(A);
    have += A.length;
    const B = repeatToBlocks(A, v).subarray(0, v);
    for (let start = 0; start < I.length; start += v) {
      addPlusOne(I.subarray(start, start + v), B);
    }
  }
  return Buffer.concat(key).subarray(0, length);
}

function repeatToBlocks(bytes: Buffer, blockSize: number): Buffer {
  const length = blockSize * Math.ceil(bytes.length / blockSize);
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);
}

/** target = target + addend + 1, as big-endian numbers of the same size. */
function addPlusOne(target: Buffer, addend: Buffer): void {
  let carry = 1;
  for (let index = target.length - 1; index >= 0; index--) {
    carry += target.readUInt8(index) + addend.readUInt8(index);
    target.writeUInt8(carry & 0xff, index);
    carry >>= 8;
  }
}

/** The check value of a PFX: HMAC over its contents, keyed by the password. RFC 7292 section 4 and appendix B.3. */
export function pkcs12Mac(
  parameters: { readonly hash: string; readonly salt: Buffer; readonly iterations: number },
  contents: Buffer,
  password: PasswordBytes,
  budget: IterationBudget,
): Buffer {
  const length = digest(parameters.hash, "", "buffer").length;
  const key = derivePkcs12Key({ ...parameters, purpose: "mac", length }, password.bmp, budget);
  return createHmac(parameters.hash, key).update(contents).digest();
}

/** Password based encryption of RFC 7292 appendix C. RC2 with 40 bits is what Azure's own files use for certificates. */
const pkcs12Schemes: ReadonlyMap<string, { readonly cipher: "3des" | "rc2"; readonly keyBytes: number }> = new Map([
  ["1.2.840.113549.1.12.1.3", { cipher: "3des", keyBytes: 24 }],
  ["1.2.840.113549.1.12.1.5", { cipher: "rc2", keyBytes: 16 }],
  ["1.2.840.113549.1.12.1.6", { cipher: "rc2", keyBytes: 5 }],
]);

const pbes2Oid = "1.2.840.113549.1.5.13";
const pbkdf2Oid = "1.2.840.113549.1.5.12";

/** RFC 8018 appendix B.2, and the AES identifiers of NIST. */
const pbes2Ciphers: ReadonlyMap<string, { readonly name: string; readonly keyBytes: number }> = new Map([
  ["1.2.840.113549.3.7", { name: "des-ede3-cbc", keyBytes: 24 }],
  ["2.16.840.1.101.3.4.1.2", { name: "aes-128-cbc", keyBytes: 16 }],
  ["2.16.840.1.101.3.4.1.22", { name: "aes-192-cbc", keyBytes: 24 }],
  ["2.16.840.1.101.3.4.1.42", { name: "aes-256-cbc", keyBytes: 32 }],
]);

/** RFC 8018 appendix B.1.2. */
const pbkdf2Hashes: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.2.7", "sha1"],
  ["1.2.840.113549.2.8", "sha224"],
  ["1.2.840.113549.2.9", "sha256"],
  ["1.2.840.113549.2.10", "sha384"],
  ["1.2.840.113549.2.11", "sha512"],
]);

function unsupported(what: string): CertificateError {
  return new CertificateError({
    what: `The file is encrypted in a way that is not read here: ${what}.`,
    todo: "Export it again with 3DES and SHA-1, or with AES-256 and SHA-256.",
  });
}

/**
 * Decrypts what a password protects, by its AlgorithmIdentifier. A wrong password shows as a plain Error about the
 * padding, or, once in some hundred times, as rubbish: the caller must check what comes out.
 *
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID for an unknown scheme or when the budget is spent.
 */
export function decryptWithPassword(
  algorithm: Asn1 | undefined,
  encrypted: Buffer,
  password: PasswordBytes,
  budget: IterationBudget,
): Buffer {
  const [type, parameters] = children(algorithm);
  const oid = readObjectIdentifier(type);
  if (oid === pbes2Oid) {
    return decryptPbes2(parameters, encrypted, password, budget);
  }
  const scheme = pkcs12Schemes.get(oid);
  if (scheme === undefined) {
    throw unsupported(oid);
  }
  const [salt, iterations] = children(parameters);
  const common = { hash: "sha1", salt: readOctets(salt), iterations: readSmallInteger(iterations) };
  const key = derivePkcs12Key({ ...common, purpose: "encryption", length: scheme.keyBytes }, password.bmp, budget);
  const iv = derivePkcs12Key({ ...common, purpose: "initialVector", length: 8 }, password.bmp, budget);
  return scheme.cipher === "rc2" ? decryptRc2(key, iv, encrypted) : decrypt("des-ede3-cbc", key, iv, encrypted);
}

function decryptPbes2(
  parameters: Asn1 | undefined,
  encrypted: Buffer,
  password: PasswordBytes,
  budget: IterationBudget,
): Buffer {
  const [derivation, encryption] = children(parameters);
  const [derivationType, derivationParameters] = children(derivation);
  if (readObjectIdentifier(derivationType) !== pbkdf2Oid) {
    throw unsupported(`key derivation ${readObjectIdentifier(derivationType)}`);
  }
  const [salt, iterationCount, ...optional] = children(derivationParameters);
  const prf = optional.find((element) => isUniversal(element, asn1Types.SEQUENCE));
  const prfOid = prf === undefined ? "1.2.840.113549.2.7" : readObjectIdentifier(children(prf)[0]);
  const [cipherType, iv] = children(encryption);
  const cipherOid = readObjectIdentifier(cipherType);
  const hash = pbkdf2Hashes.get(prfOid);
  const cipher = pbes2Ciphers.get(cipherOid);
  if (hash === undefined || cipher === undefined) {
    throw unsupported(hash === undefined ? prfOid : cipherOid);
  }
  const iterations = readSmallInteger(iterationCount);
  spend(budget, iterations);
  const key = pbkdf2Sync(password.utf8, readOctets(salt), iterations, cipher.keyBytes, hash);
  return decrypt(cipher.name, key, readOctets(iv), encrypted);
}

function decrypt(cipher: string, key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
  const decipher = createDecipheriv(cipher, key, iv);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

/** OpenSSL 3, and so Node, keeps RC2 locked away as legacy. */
function decryptRc2(key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
  const decipher = forge.rc2.createDecryptionCipher(key.toString("latin1"), key.length * 8);
  decipher.start(iv.toString("latin1"));
  decipher.update(forge.util.createBuffer(encrypted.toString("latin1")));
  if (!decipher.finish()) {
    throw new Error("RC2: the padding is wrong.");
  }
  return Buffer.from(decipher.output.getBytes(), "latin1");
}

/** Encrypts with three-key 3DES and SHA-1, the one scheme that every generation of Azure's readers knows. */
export function encryptWithTripleDes(
  plain: Buffer,
  password: PasswordBytes,
  salt: Buffer,
  iterations: number,
): { readonly algorithm: Asn1; readonly encrypted: Buffer } {
  const budget = { remaining: Number.POSITIVE_INFINITY };
  const common = { hash: "sha1", salt, iterations };
  const key = derivePkcs12Key({ ...common, purpose: "encryption", length: 24 }, password.bmp, budget);
  const iv = derivePkcs12Key({ ...common, purpose: "initialVector", length: 8 }, password.bmp, budget);
  const cipher = createCipheriv("des-ede3-cbc", key, iv);
  return {
    algorithm: sequence(
      objectIdentifier("1.2.840.113549.1.12.1.3"),
      sequence(octetString(salt), smallInteger(iterations)),
    ),
    encrypted: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}
