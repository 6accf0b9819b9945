import type { ListedCertificate, Listing, ManagementCertificates } from "../azure/managementCertificates";
import type { SubscriptionAddress } from "../azure/subscriptionAddress";
import type { RecordedRegistration } from "./subscriptionCertificateLinkDefinition";

/**
 * What a subscription holds, by thumbprint. A list may lag behind the service: what is in doubt is asked for by itself,
 * and that answer counts.
 */
export async function confirmedListing(
  listing: Listing,
  doubtful: readonly string[],
  managementCertificates: ManagementCertificates,
  at: SubscriptionAddress,
): Promise<Map<string, ListedCertificate>> {
  const certificates = new Map(listing.certificates.map((listed) => [listed.thumbprint, listed]));
  for (const thumbprint of new Set(doubtful)) {
    const found = await managementCertificates.get(at, thumbprint);
    if (found === null) {
      certificates.delete(thumbprint);
    } else {
      certificates.set(thumbprint, found);
    }
  }
  return certificates;
}

/** What an earlier run did not find any more: it is back only if it says so itself. */
export function foundMissing(registered: readonly RecordedRegistration[]): readonly string[] {
  return registered.filter(({ missingSince }) => missingSince != null).map(({ thumbprint }) => thumbprint);
}
