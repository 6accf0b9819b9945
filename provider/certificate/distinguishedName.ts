import {
  type Asn1,
  children,
  encode,
  objectIdentifier,
  readObjectIdentifier,
  readText,
  sequence,
  setOf,
  utf8String,
} from "./asn1";

/** RFC 4514 section 3, and `E` as Microsoft's tools write it. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ["2.5.4.3", "CN"],
  ["2.5.4.6", "C"],
  ["2.5.4.7", "L"],
  ["2.5.4.8", "S"],
  ["2.5.4.9", "STREET"],
  ["2.5.4.10", "O"],
  ["2.5.4.11", "OU"],
  ["0.9.2342.19200300.100.1.1", "UID"],
  ["0.9.2342.19200300.100.1.25", "DC"],
  ["1.2.840.113549.1.9.1", "E"],
]);

export const commonNameOid = "2.5.4.3";
export const organizationOid = "2.5.4.10";
export const organizationalUnitOid = "2.5.4.11";

/** A Name (RFC 5280 section 4.1.2.4) of single-valued parts, in the order given: the most general first. */
export function buildName(parts: readonly (readonly [oid: string, text: string])[]): Asn1 {
  return sequence(...parts.map(([oid, text]) => setOf(sequence(objectIdentifier(oid), utf8String(text)))));
}

/** What a person reads: the most specific part first, as the portal and Windows show it. */
export function showName(name: Asn1 | undefined): string {
  const parts = children(name).map((set) => children(set).map(showAttribute).join(" + "));
  return parts.reverse().join(", ");
}

function showAttribute(attribute: Asn1): string {
  const [type, value] = children(attribute);
  const oid = readObjectIdentifier(type);
  const text = readText(value);
  const shown = text === null ? `#${value === undefined ? "" : encode(value).toString("hex")}` : escapeText(text);
  return `${shortNames.get(oid) ?? oid}=${shown}`;
}

/** RFC 4514 section 2.4. Control characters too: a name from a foreign certificate ends up on somebody's terminal. */
function escapeText(text: string): string {
  return text
    .replace(/[\\",+;<>]/g, "\\$&")
    .replace(/^[ #]|(?<!\\) $/g, "\\$&")
    .replace(/\p{Cc}/gu, (character) =>
      Buffer.from(character, "utf8").toString("hex").toUpperCase().replace(/../g, "\\$&"),
    );
}
