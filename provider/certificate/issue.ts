import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { CertificateError, InvalidInputError } from "../errors";
import type { Asn1 } from "./asn1";
import { buildName, commonNameOid, organizationalUnitOid, organizationOid, showName } from "./distinguishedName";
import { type ParsedCertificate, parseCertificate } from "./parse";
import { pemOf } from "./pem";
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyIdentifier,
  keyUsageOfAuthority,
  keyUsageOfTls,
  signCertificate,
  subjectAltName,
  subjectKeyIdentifier,
} from "./signedCertificate";

/** Whose certificate it is: what a person sees in the portal's list. Subject and issuer are the same. */
export interface Subject {
  /** CN: 1 to 64 characters. */
  readonly commonName: string;
  /** O: 1 to 64 characters; left out if not given. */
  readonly organization?: string | undefined;
  /** OU: 1 to 64 characters; left out if not given. */
  readonly organizationalUnit?: string | undefined;
}

export interface ManagementCertificateRequest {
  /** PEM of an RSA key. */
  readonly privateKeyPem: string;
  readonly subject: Subject;
  /** UUID that all certificates of one resource share; becomes the subject alternative name `urn:uuid:<lineage>`. */
  readonly lineage: string;
  /** 16 bytes, positive: see {@link drawSerialNumber}. */
  readonly serialNumber: Buffer;
  /** Fractions of a second are cut off, here and in notAfter. */
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const serialNumberBytes = 16;

/**
 * Issues a self-signed X.509 v3 certificate that opens a door for a client: SHA-256 with RSA, `CA:false`,
 * digitalSignature and keyEncipherment, clientAuth. The same request always gives the same bytes.
 *
 * @throws {InvalidInputError} ERR_INPUT_INVALID for a subject that X.509 can't hold; names the property.
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID for a key that is not RSA or dates that X.509 can't hold.
 * @throws {TypeError} for a lineage that is no UUID or a serial number that is not 16 positive bytes.
 * @see RFC 5280
 */
export function issueManagementCertificate(request: ManagementCertificateRequest): ParsedCertificate {
  checkSubject(request.subject);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(request.lineage)) {
    throw new TypeError("lineage must be a lower-case UUID");
  }
  checkSerialNumber(request.serialNumber);
  const key = readRsaKey(request.privateKeyPem);
  const subjectPublicKeyInfo = createPublicKey(key).export({ type: "spki", format: "der" });
  const name = nameOf(request.subject);
  return parseCertificate(
    signCertificate(
      {
        serialNumber: request.serialNumber,
        issuer: name,
        subject: name,
        notBefore: request.notBefore,
        notAfter: request.notAfter,
        subjectPublicKeyInfo,
        extensions: [
          basicConstraints(false),
          keyUsageOfTls(),
          extendedKeyUsage("clientAuth"),
          subjectKeyIdentifier(keyIdentifier(subjectPublicKeyInfo)),
          subjectAltName([{ uri: `urn:uuid:${request.lineage}` }]),
        ],
      },
      key,
    ),
  );
}

export interface ServerIdentityRequest {
  /** CN of the authority that signs the server's certificate: 1 to 64 characters. */
  readonly authorityCommonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A cryptographically strong source, for serial numbers. */
  readonly randomBytes: (size: number) => Buffer;
}

/** What a TLS server on this machine needs, and what its clients need to trust it. */
export interface ServerIdentity {
  readonly caCertificatePem: string;
  readonly certificatePem: string;
  /** PKCS#8. The authority's own key is forgotten at once: nothing else will ever be signed by it. */
  readonly privateKeyPem: string;
}

/** Where a server that serves its own machine only can be reached. */
const loopbackNames = [
  { address: Buffer.of(127, 0, 0, 1) },
  { address: Buffer.concat([Buffer.alloc(15), Buffer.of(1)]) },
  { dns: "localhost" },
];

/**
 * Makes an authority and a TLS server certificate signed by it, for 127.0.0.1, ::1 and localhost. P-256 keys, because
 * a pair of RSA keys would be most of the time that the server takes to start.
 *
 * @throws {InvalidInputError} ERR_INPUT_INVALID for a common name that X.509 can't hold.
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID for dates that X.509 can't hold.
 */
export async function issueServerIdentity(request: ServerIdentityRequest): Promise<ServerIdentity> {
  const { notBefore, notAfter, randomBytes } = request;
  const authoritySubject = { commonName: request.authorityCommonName };
  checkSubject(authoritySubject);
  const [authority, server] = await Promise.all([generateEcKeys(), generateEcKeys()]);
  const authorityName = nameOf(authoritySubject);
  const authorityId = keyIdentifier(authority.subjectPublicKeyInfo);
  const caCertificate = signCertificate(
    {
      serialNumber: drawSerialNumber(randomBytes),
      issuer: authorityName,
      subject: authorityName,
      notBefore,
      notAfter,
      subjectPublicKeyInfo: authority.subjectPublicKeyInfo,
      extensions: [basicConstraints(true), keyUsageOfAuthority(), subjectKeyIdentifier(authorityId)],
    },
    authority.key,
  );
  const certificate = signCertificate(
    {
      serialNumber: drawSerialNumber(randomBytes),
      issuer: authorityName,
      subject: nameOf({ commonName: "localhost" }),
      notBefore,
      notAfter,
      subjectPublicKeyInfo: server.subjectPublicKeyInfo,
      extensions: [
        basicConstraints(false),
        keyUsageOfTls(),
        extendedKeyUsage("serverAuth"),
        subjectKeyIdentifier(keyIdentifier(server.subjectPublicKeyInfo)),
        authorityKeyIdentifier(authorityId),
        subjectAltName(loopbackNames),
      ],
    },
    authority.key,
  );
  return {
    caCertificatePem: pemOf("CERTIFICATE", caCertificate),
    certificatePem: pemOf("CERTIFICATE", certificate),
    privateKeyPem: server.key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const generate = promisify(generateKeyPair);

async function generateEcKeys(): Promise<{ readonly key: KeyObject; readonly subjectPublicKeyInfo: Buffer }> {
  const { privateKey, publicKey } = await generate("ec", { namedCurve: "P-256" });
  return { key: privateKey, subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }) };
}

/**
 * Draws a serial number: 16 bytes with 126 random bits. The top bit is clear, which makes it positive, and the next
 * one is set, which makes it never zero and always equally long.
 *
 * @param randomBytes a cryptographically strong source.
 * @see RFC 5280 section 4.1.2.2
 */
export function drawSerialNumber(randomBytes: (size: number) => Buffer): Buffer {
  const serialNumber = Buffer.from(randomBytes(serialNumberBytes));
  serialNumber.writeUInt8((serialNumber.readUInt8(0) & 0x3f) | 0x40, 0);
  return serialNumber;
}

function checkSerialNumber(serialNumber: Buffer): void {
  if (
    serialNumber.length !== serialNumberBytes ||
    serialNumber.readInt8(0) < 0 ||
    serialNumber.every((byte) => byte === 0)
  ) {
    throw new TypeError(`serialNumber must be ${serialNumberBytes} bytes and positive`);
  }
}

/** ub-common-name, ub-organization-name and ub-organizational-unit-name of RFC 5280 appendix A are all 64. */
const maximumNameCharacters = 64;

/**
 * Control characters, halves of surrogate pairs, line separators, and what turns the direction of writing around:
 * with those a name could pass for another one in the portal's list.
 */
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/**
 * Refuses what a subject can't hold.
 *
 * @throws {InvalidInputError} ERR_INPUT_INVALID, which names the property.
 */
function checkSubject(subject: Subject): void {
  const parts = [
    ["commonName", subject.commonName],
    ["organization", subject.organization],
    ["organizationalUnit", subject.organizationalUnit],
  ] as const;
  for (const [property, text] of parts) {
    if (text === undefined) {
      continue;
    }
    // Characters, not UTF-16 code units: that is what the RFC counts.
    const characters = [...text].length;
    if (characters < 1 || characters > maximumNameCharacters) {
      throw new InvalidInputError(property, {
        what: `${property} has ${characters} characters.`,
        todo: `X.509 allows 1 to ${maximumNameCharacters} (RFC 5280, appendix A).`,
      });
    }
    if (forbidden.test(text)) {
      throw new InvalidInputError(property, {
        what: `${property} contains a control character.`,
        todo: "Use characters that can be seen, and spaces.",
      });
    }
  }
}

/** A subject as certificates with it show it, before there is one: `CN=alice, OU=access/prod`. */
export function subjectText(subject: Subject): string {
  return showName(nameOf(subject));
}

function nameOf({ commonName, organization, organizationalUnit }: Subject): Asn1 {
  return buildName([
    ...(organization === undefined ? [] : [[organizationOid, organization] as const]),
    ...(organizationalUnit === undefined ? [] : [[organizationalUnitOid, organizationalUnit] as const]),
    [commonNameOid, commonName],
  ]);
}

function readRsaKey(privateKeyPem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch (cause) {
    throw new CertificateError({ what: "The private key can't be read.", todo: "Give an unencrypted PEM key.", cause });
  }
  if (key.asymmetricKeyType !== "rsa") {
    throw new CertificateError({
      what: `The private key is of type ${key.asymmetricKeyType}.`,
      todo: "A management certificate needs an RSA key.",
    });
  }
  return key;
}
