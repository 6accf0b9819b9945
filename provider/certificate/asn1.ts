import forge from "node-forge";

const { asn1 } = forge;
const universal = asn1.Class.UNIVERSAL;
const contextSpecific = asn1.Class.CONTEXT_SPECIFIC;

/** One element of an ASN.1 structure (X.690). */
export type Asn1 = forge.asn1.Asn1;

// Building. node-forge holds bytes as strings of code units 0 to 255, which is what latin1 gives.

function primitive(type: forge.asn1.Type, bytes: Uint8Array): Asn1 {
  return asn1.create(universal, type, false, Buffer.from(bytes).toString("latin1"));
}

export function sequence(...items: readonly Asn1[]): Asn1 {
  return asn1.create(universal, asn1.Type.SEQUENCE, true, [...items]);
}

export function setOf(...items: readonly Asn1[]): Asn1 {
  return asn1.create(universal, asn1.Type.SET, true, [...items]);
}

export function objectIdentifier(dotted: string): Asn1 {
  return asn1.create(universal, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
}

/** An INTEGER from its two's complement bytes, most significant first. */
export function integer(bytes: Uint8Array): Asn1 {
  return primitive(asn1.Type.INTEGER, bytes);
}

/** An INTEGER from a number between 0 and 2^31 - 1. */
export function smallInteger(value: number): Asn1 {
  return asn1.create(universal, asn1.Type.INTEGER, false, asn1.integerToDer(value).getBytes());
}

export function booleanTrue(): Asn1 {
  return primitive(asn1.Type.BOOLEAN, Buffer.of(0xff));
}

export function nullValue(): Asn1 {
  return primitive(asn1.Type.NULL, Buffer.alloc(0));
}

export function octetString(bytes: Uint8Array): Asn1 {
  return primitive(asn1.Type.OCTETSTRING, bytes);
}

/** A BIT STRING; `unusedBits` counts the bits at the end of the last byte that do not belong to it. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Asn1 {
  return primitive(asn1.Type.BITSTRING, Buffer.concat([Buffer.of(unusedBits), bytes]));
}

export function utf8String(text: string): Asn1 {
  return primitive(asn1.Type.UTF8, Buffer.from(text, "utf8"));
}

export function utcTime(text: string): Asn1 {
  return primitive(asn1.Type.UTCTIME, Buffer.from(text, "latin1"));
}

export function generalizedTime(text: string): Asn1 {
  return primitive(asn1.Type.GENERALIZEDTIME, Buffer.from(text, "latin1"));
}

/** `[tag]` around other elements. */
export function contextConstructed(tag: number, ...items: readonly Asn1[]): Asn1 {
  return asn1.create(contextSpecific, tag, true, [...items]);
}

/** `[tag]` IMPLICIT over bytes. */
export function contextPrimitive(tag: number, bytes: Uint8Array): Asn1 {
  return asn1.create(contextSpecific, tag, false, Buffer.from(bytes).toString("latin1"));
}

export function encode(element: Asn1): Buffer {
  return Buffer.from(asn1.toDer(element).getBytes(), "latin1");
}

// Reading. Every function throws a plain Error on a surprise; the callers turn that into a CertificateError.

// The type declarations know only an older form of the second argument.
const fromDer = asn1.fromDer as unknown as (
  bytes: string,
  options: { readonly strict: boolean; readonly decodeBitStrings: boolean },
) => Asn1;

/** Reads exactly one element, DER or BER. */
export function decode(bytes: Uint8Array): Asn1 {
  // Otherwise node-forge guesses at what a BIT STRING holds, and changes its value.
  return fromDer(Buffer.from(bytes).toString("latin1"), { strict: true, decodeBitStrings: false });
}

/** The elements inside a constructed one. */
export function children(element: Asn1 | undefined): readonly Asn1[] {
  if (element === undefined || !Array.isArray(element.value)) {
    throw new Error("ASN.1: a constructed element is missing.");
  }
  return element.value;
}

function rawBytes(element: Asn1 | undefined): Buffer {
  if (element === undefined || typeof element.value !== "string") {
    throw new Error("ASN.1: a primitive element is missing.");
  }
  return Buffer.from(element.value, "latin1");
}

export function isUniversal(element: Asn1 | undefined, type: forge.asn1.Type): element is Asn1 {
  return element !== undefined && element.tagClass === universal && element.type === type;
}

export function isContext(element: Asn1 | undefined, tag: number): element is Asn1 {
  // The declaration of `type` names the universal types only; for a context tag it holds the tag's number.
  return element !== undefined && element.tagClass === contextSpecific && Number(element.type) === tag;
}

export function readObjectIdentifier(element: Asn1 | undefined): string {
  if (!isUniversal(element, asn1.Type.OID)) {
    throw new Error("ASN.1: an object identifier is missing.");
  }
  return asn1.derToOid(forge.util.createBuffer(rawBytes(element).toString("latin1")));
}

/** The bytes of an OCTET STRING, or of an IMPLICIT one, put together if BER cut it into pieces. */
export function readOctets(element: Asn1 | undefined): Buffer {
  if (element !== undefined && Array.isArray(element.value)) {
    return Buffer.concat(element.value.map(readOctets));
  }
  return rawBytes(element);
}

/** A non-negative INTEGER below 2^31. */
export function readSmallInteger(element: Asn1 | undefined): number {
  const bytes = isUniversal(element, asn1.Type.INTEGER) ? rawBytes(element) : Buffer.alloc(0);
  if (bytes.length === 0 || bytes.length > 4 || bytes.readInt8(0) < 0) {
    throw new Error("ASN.1: an integer is missing or out of range.");
  }
  return bytes.readUIntBE(0, bytes.length);
}

/** The text of any of the string types of a DirectoryString (RFC 5280 section 4.1.2.4); null for something else. */
export function readText(element: Asn1 | undefined): string | null {
  if (element === undefined || element.tagClass !== universal || typeof element.value !== "string") {
    return null;
  }
  switch (element.type) {
    case asn1.Type.UTF8:
      return rawBytes(element).toString("utf8");
    // node-forge has decoded this one already.
    case asn1.Type.BMPSTRING:
      return element.value;
    case asn1.Type.PRINTABLESTRING:
    case asn1.Type.IA5STRING:
    case teletexString:
      return element.value;
    default:
      return null;
  }
}

/** T61String, which real issuers filled with Latin-1. node-forge has no name for it. */
const teletexString = 20 as forge.asn1.Type;

export const asn1Types = asn1.Type;
