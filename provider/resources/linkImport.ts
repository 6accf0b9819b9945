import type { ListedCertificate } from "../azure/managementCertificates";
import type { SubscriptionAddress } from "../azure/subscriptionAddress";
import { type ParsedCertificate, tryParseCertificate } from "../certificate/parse";
import { defaultOverlapHours, rememberedPreviousVersions } from "../defaults";
import { InvalidInputError } from "../errors";
import type { Configured } from "./context";
import { isoSeconds, wholeSeconds } from "./dates";
import { subscriptionGuid } from "./fields";
import { withoutUndefined } from "./inputs";
import type { Imported, Values } from "./lifecycle";

interface Found extends ParsedCertificate {
  readonly createdAt: string;
}

/**
 * What a subscription holds of a lineage, or of a single certificate, as if a link had registered it.
 *
 * @param id `<subscription>/<lineage or thumbprint>`
 * @throws InvalidInputError ERR_INPUT_INVALID for another id, and where the subscription holds nothing of it
 */
export async function importLink(id: string, resourceName: string, context: Configured): Promise<Imported> {
  const { subscriptionId, subject, isLineage } = partsOf(id);
  const at = { endpoint: context.configuration.managementEndpoint, subscriptionId };
  const listing = await context.listings.get(at);
  const matching = listing.certificates
    .flatMap(read)
    .filter((found) => (isLineage ? found.lineage : found.thumbprint) === subject)
    .sort((left, right) => right.notBefore.getTime() - left.notBefore.getTime());
  const [current, ...others] = matching;
  if (current === undefined) {
    throw new InvalidInputError("id", {
      what: `The subscription holds no certificate of ${isLineage ? "the lineage" : "the thumbprint"} ${subject}, so there is nothing to import.`,
      todo: "Declare the link without importing it: it registers its certificate.",
      facts: { subscription: subscriptionId, endpoint: at.endpoint },
    });
  }
  const previous = isLineage ? others.slice(0, rememberedPreviousVersions) : [];
  const overlapHours = isLineage ? defaultOverlapHours : undefined;
  const given = isLineage
    ? { certificate: { der: current.der.toString("base64"), previous: previous.map(versionOf), overlapHours } }
    : { certificatePem: current.pem };
  return {
    id: `${subscriptionId}/${subject}`,
    inputs: { subscriptionId, ...given, resourceName },
    outputs: withoutUndefined({
      subscriptionId,
      managementEndpoint: at.endpoint,
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

function partsOf(id: string): Pick<SubscriptionAddress, "subscriptionId"> & { subject: string; isLineage: boolean } {
  const [subscription = "", subject = "", ...more] = id.split("/");
  const parsed = subscriptionGuid.safeParse(subscription);
  const lineage = subject.toLowerCase();
  const thumbprint = subject.toUpperCase();
  const isLineage = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lineage);
  if (!parsed.success || more.length > 0 || !(isLineage || /^[0-9A-F]{40}$/.test(thumbprint))) {
    throw new InvalidInputError("id", {
      what: "This is not the id of a SubscriptionCertificateLink.",
      todo: "It reads <subscription>/<lineage> for the link of a ManagementCertificate and <subscription>/<thumbprint> for that of a certificatePem, as 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b/3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C.",
    });
  }
  return { subscriptionId: parsed.data, subject: isLineage ? lineage : thumbprint, isLineage };
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
