import { createPrivateKey, type KeyObject, timingSafeEqual, X509Certificate } from "node:crypto";
import { CertificateError } from "../errors";
import {
  type Asn1,
  children,
  contextConstructed,
  contextPrimitive,
  decode,
  encode,
  nullValue,
  objectIdentifier,
  octetString,
  readObjectIdentifier,
  readOctets,
  readSmallInteger,
  sequence,
  setOf,
  smallInteger,
} from "./asn1";
import { maximumKeyDerivationIterations, maximumPfxBytes } from "./limits";
import { type KeyAndCertificate, pairWithCertificate, readPrivateKeyInfo } from "./pairing";
import {
  decryptWithPassword,
  encryptWithTripleDes,
  type IterationBudget,
  type PasswordBytes,
  passwordBytes,
  pkcs12Mac,
} from "./passwordEncryption";

const dataOid = "1.2.840.113549.1.7.1";
const encryptedDataOid = "1.2.840.113549.1.7.6";
const keyBagOid = "1.2.840.113549.1.12.10.1.1";
const shroudedKeyBagOid = "1.2.840.113549.1.12.10.1.2";
const certificateBagOid = "1.2.840.113549.1.12.10.1.3";
const x509CertificateOid = "1.2.840.113549.1.9.22.1";
const sha1Oid = "1.3.14.3.2.26";

const macHashes: ReadonlyMap<string, string> = new Map([
  [sha1Oid, "sha1"],
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);

/**
 * Reads the private key and its certificate from a PKCS#12 file (PFX): RC2-40, RC2-128 and 3DES with SHA-1, which
 * Windows and Azure write, and AES with PBKDF2. Node alone can't read the first two.
 *
 * @param password the empty string for the files inside publish settings.
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID: not a PFX, wrong password, no key, no certificate of that key,
 *   over 256 KiB, or more rounds of key derivation than 600,000.
 * @see RFC 7292
 */
export function readPfx(pfx: Uint8Array, password: string): KeyAndCertificate {
  return readWithin(pfx, password, { remaining: maximumKeyDerivationIterations });
}

/** {@link readPfx} for one of several in a file: they share a budget, and none of them may take more than it could alone. */
export function readPfxWithin(pfx: Uint8Array, password: string, shared: IterationBudget): KeyAndCertificate {
  const granted = Math.min(shared.remaining, maximumKeyDerivationIterations);
  const budget = { remaining: granted };
  try {
    return readWithin(pfx, password, budget);
  } finally {
    shared.remaining -= granted - budget.remaining;
  }
}

function readWithin(pfx: Uint8Array, password: string, budget: IterationBudget): KeyAndCertificate {
  if (pfx.length > maximumPfxBytes) {
    throw new CertificateError({
      what: `A PFX of ${pfx.length} bytes is not read: the limit is ${maximumPfxBytes}.`,
      todo: "Check that this is a PFX.",
    });
  }
  const outer = readOuter(pfx);
  const opened = findPassword(outer, password, budget);
  let contents: Contents;
  try {
    contents = readContents(outer.authenticatedSafe, opened, budget);
  } catch (cause) {
    if (cause instanceof CertificateError) {
      throw cause;
    }
    // With a check value that was right, the password was right too.
    throw outer.mac === null ? wrongPassword(cause) : notAPfx(cause);
  }
  const [key] = contents.keys;
  if (key === undefined) {
    throw new CertificateError({
      what: "There is no private key in this PFX.",
      todo: "Export it again with its private key.",
    });
  }
  return pairWithCertificate(key, contents.certificates);
}

function notAPfx(cause: unknown): CertificateError {
  return new CertificateError({
    what: "This is not a PKCS#12 file (PFX), or it is damaged.",
    todo: "Export it again; a certificate without its private key (.cer) won't do.",
    cause,
  });
}

function wrongPassword(cause?: unknown): CertificateError {
  return new CertificateError({ what: "The password does not open this PFX.", todo: "Check the password.", cause });
}

interface Mac {
  readonly hash: string;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly digest: Buffer;
}

interface Outer {
  readonly authenticatedSafe: Buffer;
  readonly mac: Mac | null;
}

function readOuter(pfx: Uint8Array): Outer {
  try {
    const [version, authSafe, macData] = children(decode(pfx));
    const [contentType, content] = children(authSafe);
    if (readSmallInteger(version) !== 3 || readObjectIdentifier(contentType) !== dataOid) {
      throw new Error("Not version 3 of PKCS#12 with a password.");
    }
    return {
      authenticatedSafe: readOctets(children(content)[0]),
      mac: macData === undefined ? null : readMac(macData),
    };
  } catch (cause) {
    throw cause instanceof CertificateError ? cause : notAPfx(cause);
  }
}

function readMac(macData: Asn1): Mac {
  const [digestInfo, salt, iterations] = children(macData);
  const [algorithm, digest] = children(digestInfo);
  const oid = readObjectIdentifier(children(algorithm)[0]);
  const hash = macHashes.get(oid);
  if (hash === undefined) {
    throw new CertificateError({
      what: `The PFX is protected by a check value that is not read here: ${oid}.`,
      todo: "Export it again with SHA-1 or SHA-256.",
    });
  }
  return {
    hash,
    salt: readOctets(salt),
    // RFC 7292 section 4: DEFAULT 1.
    iterations: iterations === undefined ? 1 : readSmallInteger(iterations),
    digest: readOctets(digest),
  };
}

/** Which spelling of the password opens the file: for no password, some tools derive from no bytes instead of two zeros. */
function findPassword(outer: Outer, password: string, budget: IterationBudget): PasswordBytes {
  const spelling = passwordBytes(password);
  const { mac, authenticatedSafe } = outer;
  if (mac === null) {
    return spelling;
  }
  const spellings = password === "" ? [spelling, { ...spelling, bmp: Buffer.alloc(0) }] : [spelling];
  const right = spellings.find((candidate) => {
    const computed = pkcs12Mac(mac, authenticatedSafe, candidate, budget);
    return computed.length === mac.digest.length && timingSafeEqual(computed, mac.digest);
  });
  if (right === undefined) {
    throw wrongPassword();
  }
  return right;
}

interface Contents {
  readonly keys: readonly KeyObject[];
  readonly certificates: readonly Buffer[];
}

function readContents(authenticatedSafe: Buffer, password: PasswordBytes, budget: IterationBudget): Contents {
  const keys: KeyObject[] = [];
  const certificates: Buffer[] = [];
  for (const contentInfo of children(decode(authenticatedSafe))) {
    for (const bag of children(decode(readSafe(contentInfo, password, budget)))) {
      const [bagId, wrapped] = children(bag);
      const value = children(wrapped)[0];
      switch (readObjectIdentifier(bagId)) {
        case keyBagOid:
          keys.push(readPrivateKeyInfo(encode(value ?? nullValue())));
          break;
        case shroudedKeyBagOid: {
          const [algorithm, encrypted] = children(value);
          keys.push(readPrivateKeyInfo(decryptWithPassword(algorithm, readOctets(encrypted), password, budget)));
          break;
        }
        case certificateBagOid: {
          const [certificateType, certificate] = children(value);
          if (readObjectIdentifier(certificateType) === x509CertificateOid) {
            certificates.push(readOctets(children(certificate)[0]));
          }
          break;
        }
        default: // CRLs, secrets and nested safes say nothing about who we are.
      }
    }
  }
  return { keys, certificates };
}

function readSafe(contentInfo: Asn1, password: PasswordBytes, budget: IterationBudget): Buffer {
  const [contentType, wrapped] = children(contentInfo);
  const content = children(wrapped)[0];
  const oid = readObjectIdentifier(contentType);
  if (oid === dataOid) {
    return readOctets(content);
  }
  if (oid !== encryptedDataOid) {
    throw new CertificateError({
      what: "The PFX is encrypted for a certificate, not with a password.",
      todo: "Export it again with a password.",
    });
  }
  const [, encryptedContentInfo] = children(content);
  const [, algorithm, encrypted] = children(encryptedContentInfo);
  return decryptWithPassword(algorithm, readOctets(encrypted), password, budget);
}

export interface PfxRequest extends KeyAndCertificate {
  readonly password: string;
  /** A cryptographically strong source, for salts. */
  readonly randomBytes: (size: number) => Buffer;
}

/** What Windows uses. */
const writtenIterations = 2_000;
const saltBytes = 8;

/**
 * Writes a PKCS#12 file with 3DES and SHA-1: old, but the one form that cloud services and every client can read.
 * Who has the file and the password has the key: the encryption is no reason to hand the file around.
 *
 * @throws Node's own errors for PEM texts that are no key or certificate.
 * @see RFC 7292
 */
export function writePfx(request: PfxRequest): Buffer {
  const password = passwordBytes(request.password);
  const keyInfo = createPrivateKey(request.privateKeyPem).export({ type: "pkcs8", format: "der" });
  const certificate = new X509Certificate(request.certificatePem).raw;
  const salt = () => request.randomBytes(saltBytes);

  // Windows and Azure find the key of a certificate by this attribute.
  const localKeyId = setOf(sequence(objectIdentifier("1.2.840.113549.1.9.21"), setOf(octetString(Buffer.of(1)))));
  const shrouded = encryptWithTripleDes(keyInfo, password, salt(), writtenIterations);
  const keyBag = sequence(
    objectIdentifier(shroudedKeyBagOid),
    contextConstructed(0, sequence(shrouded.algorithm, octetString(shrouded.encrypted))),
    localKeyId,
  );
  const certificateBag = sequence(
    objectIdentifier(certificateBagOid),
    contextConstructed(
      0,
      sequence(objectIdentifier(x509CertificateOid), contextConstructed(0, octetString(certificate))),
    ),
    localKeyId,
  );
  const encryptedSafe = encryptWithTripleDes(encode(sequence(certificateBag)), password, salt(), writtenIterations);
  const authenticatedSafe = encode(
    sequence(
      sequence(objectIdentifier(dataOid), contextConstructed(0, octetString(encode(sequence(keyBag))))),
      sequence(
        objectIdentifier(encryptedDataOid),
        contextConstructed(
          0,
          sequence(
            smallInteger(0),
            sequence(objectIdentifier(dataOid), encryptedSafe.algorithm, contextPrimitive(0, encryptedSafe.encrypted)),
          ),
        ),
      ),
    ),
  );
  const macSalt = salt();
  const mac = pkcs12Mac({ hash: "sha1", salt: macSalt, iterations: writtenIterations }, authenticatedSafe, password, {
    remaining: writtenIterations,
  });
  return encode(
    sequence(
      smallInteger(3),
      sequence(objectIdentifier(dataOid), contextConstructed(0, octetString(authenticatedSafe))),
      sequence(
        sequence(sequence(objectIdentifier(sha1Oid), nullValue()), octetString(mac)),
        octetString(macSalt),
        smallInteger(writtenIterations),
      ),
    ),
  );
}
