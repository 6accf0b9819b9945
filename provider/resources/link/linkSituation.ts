import type { ListedCertificate, Listing } from "../../azure/managementCertificates";
import { tryParseCertificate } from "../../certificate/parse";
import type { LinkSituation, ObservedCertificate } from "../../rotation/types";
import type { RecordedRegistration } from "./linkDefinition";
import type { LinkWork } from "./linkWork";
import { registrationOf } from "./registrations";

/** What a decision looks at: what the link wants and remembers, and what its door holds. */
export function situationOf(
  work: LinkWork,
  registered: readonly RecordedRegistration[],
  listing: Listing,
): LinkSituation {
  return {
    door: work.door.name,
    certificate: work.certificate,
    registered: registered.map(registrationOf),
    observed: listing.certificates.map(observedOf),
    authenticatedWith: listing.authenticatedWith,
    rules: work.rules,
  };
}

function observedOf(listed: ListedCertificate): ObservedCertificate {
  const parsed = tryParseCertificate(listed.data);
  return {
    thumbprint: listed.thumbprint,
    sha256Fingerprint: parsed?.sha256Fingerprint ?? "",
    lineage: parsed?.lineage ?? null,
    validity: parsed === null ? null : { notBefore: parsed.notBefore, notAfter: parsed.notAfter },
  };
}
