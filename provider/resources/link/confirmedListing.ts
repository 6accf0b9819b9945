import type { ListedCertificate, Listing } from "../../azure/managementCertificates";
import type { Door } from "./door";
import type { RecordedRegistration } from "./linkDefinition";

/**
 * What a door holds, by thumbprint. A list may lag behind the service: what is in doubt is asked for by itself,
 * and that answer counts.
 */
export async function confirmedListing(
  listing: Listing,
  doubtful: readonly string[],
  door: Door,
): Promise<Map<string, ListedCertificate>> {
  const certificates = new Map(listing.certificates.map((listed) => [listed.thumbprint, listed]));
  for (const thumbprint of new Set(doubtful)) {
    const found = await door.get(thumbprint);
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
