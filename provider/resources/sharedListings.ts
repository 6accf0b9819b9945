import type { Listing, ManagementCertificates } from "../azure/managementCertificates";
import { type SubscriptionAddress, subscriptionKey } from "../azure/subscriptionAddress";

/**
 * One listing per subscription for all links that are refreshed in a run. Only `read` takes from here: whatever
 * changes something lists for itself, and makes this one forget.
 */
export class SharedListings {
  readonly #client: ManagementCertificates;
  readonly #listings = new Map<string, Promise<Listing>>();

  constructor(client: ManagementCertificates) {
    this.#client = client;
  }

  get(at: SubscriptionAddress): Promise<Listing> {
    const key = subscriptionKey(at);
    const known = this.#listings.get(key);
    if (known !== undefined) {
      return known;
    }
    const listing = this.#client.list(at);
    this.#listings.set(key, listing);
    // A failure is not worth remembering: the next link may be luckier.
    listing.catch(() => this.#listings.delete(key));
    return listing;
  }

  forget(at: SubscriptionAddress): void {
    this.#listings.delete(subscriptionKey(at));
  }
}
