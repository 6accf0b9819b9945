import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { CertificateError } from "../errors";
import { maximumPublishSettingsCharacters, maximumPublishSettingsIterations } from "./limits";
import type { KeyAndCertificate } from "./pairing";
import { readPfxWithin } from "./pfx";

/** One subscription of a publish-settings file and what signs in to it. */
export interface PublishSettingsSubscription {
  /** GUID, lower-case. */
  readonly id: string;
  /** What the file calls it; its id if it has no name. */
  readonly name: string;
  /** An https address without a slash at its end. Whether it is to be trusted is not decided here. */
  readonly managementEndpoint: string;
  /** PKCS#8, unencrypted. */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const optionalText = z.string().optional();

/** Both versions of the format; the parser writes `@` before the name of an attribute. */
const fileSchema = z.object({
  PublishData: z.object({
    PublishProfile: z.object({
      "@SchemaVersion": optionalText,
      "@Url": optionalText,
      "@ManagementCertificate": optionalText,
      Subscription: z
        .array(
          z.object({
            "@Id": z.string().regex(guid),
            "@Name": optionalText,
            "@ServiceManagementUrl": optionalText,
            "@ManagementCertificate": optionalText,
          }),
        )
        .min(1),
    }),
  }),
});

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  isArray: (name) => name === "Subscription",
});

/**
 * Reads a `.publishsettings` file of the Azure classic portal, schema 2.0 (address and certificate on each subscription)
 * or 1.0 (on the profile, for all of them). What a subscription says wins over the profile, as in Microsoft's importer.
 *
 * @param xml at most 1,048,576 characters.
 * @returns the subscriptions in the order of the file, at least one.
 * @throws {CertificateError} ERR_CERTIFICATE_INVALID: not such a file, a DOCTYPE in it, a subscription twice, without
 *   an https address, or with a certificate that can't be read.
 * @see https://learn.microsoft.com/azure/cloud-services/cloud-services-certs-create
 */
export function parsePublishSettings(xml: string): readonly PublishSettingsSubscription[] {
  const profile = readProfile(xml);
  // Schema 1.0 and most files of schema 2.0 give the same certificate to every subscription.
  const opened = new Map<string, KeyAndCertificate>();
  const budget = { remaining: maximumPublishSettingsIterations };
  const seen = new Set<string>();
  return profile.Subscription.map((subscription) => {
    const id = subscription["@Id"].toLowerCase();
    if (seen.has(id)) {
      throw badSubscription(id, "The publish-settings file has this subscription twice.");
    }
    seen.add(id);
    const pfx = subscription["@ManagementCertificate"] || profile["@ManagementCertificate"];
    if (!pfx) {
      throw badSubscription(id, "The publish-settings file has no management certificate for this subscription.");
    }
    let credential = opened.get(pfx);
    if (credential === undefined) {
      try {
        credential = readPfxWithin(Buffer.from(pfx, "base64"), "", budget);
      } catch (cause) {
        if (!(cause instanceof CertificateError)) {
          throw cause;
        }
        throw badSubscription(id, "The management certificate in the publish-settings file can't be read.", cause);
      }
      opened.set(pfx, credential);
    }
    return {
      id,
      name: decodeEntities(subscription["@Name"] ?? "") || id,
      managementEndpoint: endpointOf(id, subscription["@ServiceManagementUrl"] || profile["@Url"]),
      ...credential,
    };
  });
}

type Profile = z.infer<typeof fileSchema>["PublishData"]["PublishProfile"];

function readProfile(xml: string): Profile {
  if (xml.length > maximumPublishSettingsCharacters) {
    throw badFile(`It has ${xml.length} characters, and the limit is ${maximumPublishSettingsCharacters}.`);
  }
  // Nothing that Azure ever wrote has one, and with one a small file can stand for a huge or a foreign one.
  if (/<!DOCTYPE/i.test(xml)) {
    throw badFile("It has a DOCTYPE, which is refused.");
  }
  // No cause is kept from here on: the XML reader quotes what it stumbles over, and that may be the key.
  const text = xml.replace(/^\uFEFF/, "");
  let document: unknown;
  try {
    document = parser.parse(text, true);
  } catch (error) {
    const line = /:(\d+):\d+$/.exec(error instanceof Error ? error.message : "")?.[1];
    throw badFile(`It is not well-formed XML${line === undefined ? "" : `: see line ${line}`}.`);
  }
  const file = fileSchema.safeParse(document);
  if (file.success) {
    return file.data.PublishData.PublishProfile;
  }
  if (/<publishData[\s>]/.test(text)) {
    throw badFile("It is the publish profile of a web app, which signs in to that app only.");
  }
  const where = file.error.issues[0]?.path.join(".") || "its root";
  throw badFile(`It is not of the documented form: see ${where}.`);
}

function badFile(why: string): CertificateError {
  return new CertificateError({
    what: `This is not a publish-settings file that can be used. ${why}`,
    todo: "Give a .publishsettings file as Azure's portal wrote it.",
  });
}

function badSubscription(id: string, what: string, cause?: CertificateError): CertificateError {
  return new CertificateError({
    what: cause === undefined ? what : `${what} ${cause.message}`,
    todo: cause === undefined ? "Give a complete file, or remove the subscription from it." : undefined,
    facts: { subscription: id },
    cause,
  });
}

function endpointOf(id: string, address: string | undefined): string {
  const url = URL.parse(decodeEntities(address ?? "").trim());
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") {
    throw badSubscription(id, "The publish-settings file has no https management address for this subscription.");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

const namedEntities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The five entities of XML itself and numbered characters; what else there is stays as it stands. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-f]{1,6}));/gi, (whole, name, decimal, hex) => {
    if (name !== undefined) {
      return namedEntities[name] ?? whole;
    }
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
