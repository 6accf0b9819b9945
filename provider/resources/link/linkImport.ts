import type { ListedCertificate } from "../../azure/managementCertificates";
import { type ParsedCertificate, tryParseCertificate } from "../../certificate/parse";
import { defaultOverlapHours, rememberedPreviousVersions } from "../../defaults";
import { InvalidInputError } from "../../errors";
import { capitalised } from "../../rotation/wording";
import type { Configured } from "../context";
import { isoSeconds, wholeSeconds } from "../dates";
import { withoutUndefined } from "../inputs";
import type { Imported, Values } from "../lifecycle";
import type { LinkKind } from "./linkKind";

interface Found extends ParsedCertificate {
  readonly createdAt: string;
}

/**
 * What a door holds of a lineage, or of a single certificate, as if a link had registered it.
 *
 * @param id `<door>/<lineage or thumbprint>`
 * @throws InvalidInputError ERR_INPUT_INVALID for another id, and where the door holds nothing of it
 */
export async function importLink(
  kind: LinkKind,
  id: string,
  resourceName: string,
  context: Configured,
): Promise<Imported> {
  const { address, subject, isLineage } = partsOf(kind, id);
  const door = kind.doorOf(address, context);
  const listing = await context.listings.get(door);
  const matching = listing.certificates
    .flatMap(read)
    .filter((found) => (isLineage ? found.lineage : found.thumbprint) === subject)
    .sort((left, right) => right.notBefore.getTime() - left.notBefore.getTime());
  const [current, ...others] = matching;
  if (current === undefined) {
    throw new InvalidInputError("id", {
      what: `${capitalised(door.name)} holds no certificate of ${isLineage ? "the lineage" : "the thumbprint"} ${subject}, so there is nothing to import.`,
      todo: "Declare the link without importing it: it registers its certificate.",
      facts: { ...door.facts, endpoint: door.endpoint },
    });
  }
  const previous = isLineage ? others.slice(0, rememberedPreviousVersions) : [];
  const overlapHours = isLineage ? defaultOverlapHours : undefined;
  const given = isLineage
    ? { certificate: { der: current.der.toString("base64"), previous: previous.map(versionOf), overlapHours } }
    : { certificatePem: current.pem };
  return {
    id: `${kind.idOf(address)}/${subject}`,
    inputs: { ...address, ...given, resourceName },
    outputs: withoutUndefined({
      ...kind.recorded(address, context),
      lineage: isLineage ? subject : undefined,
      overlapHours,
      thumbprint: current.thumbprint,
      sha256Fingerprint: current.sha256Fingerprint,
      registered: [current, ...previous].map((found) => registrationOf(found, isLineage, context.ports.now())),
      certificateCount: listing.certificates.length,
      resourceName,
    }),
  };
}

function partsOf(
  { definition, idForm, inputsOfId }: LinkKind,
  id: string,
): { readonly address: Values; readonly subject: string; readonly isLineage: boolean } {
  const [door = "", subject = "", ...more] = id.split("/");
  const address = inputsOfId(door);
  const lineage = subject.toLowerCase();
  const thumbprint = subject.toUpperCase();
  const isLineage = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lineage);
  if (address === null || more.length > 0 || !(isLineage || /^[0-9A-F]{40}$/.test(thumbprint))) {
    throw new InvalidInputError("id", {
      what: `This is not the id of a ${definition.type}.`,
      todo: `It reads <${idForm.begins}>/<lineage> for the link of a ManagementCertificate and <${idForm.begins}>/<thumbprint> for that of a certificatePem, as ${idForm.example}/3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C.`,
    });
  }
  return { address, subject: isLineage ? lineage : thumbprint, isLineage };
}

function read({ data, createdAt }: ListedCertificate): Found[] {
  const parsed = tryParseCertificate(data);
  return parsed === null ? [] : [{ ...parsed, createdAt }];
}

function versionOf({ thumbprint, notAfter }: Found): Values {
  return { thumbprint, notAfter: isoSeconds(notAfter), revoked: false };
}

function registrationOf({ thumbprint, createdAt }: Found, isLineage: boolean, now: Date): Values {
  const created = new Date(createdAt);
  return {
    thumbprint,
    registeredAt: isoSeconds(wholeSeconds(Number.isNaN(created.getTime()) ? now : created)),
    // What is of a lineage is that certificate's, whoever brought it there; a bare one may be somebody else's.
    origin: isLineage ? "created" : "adopted",
  };
}
