import type { Listing } from "../../azure/managementCertificates";
import type { Door } from "./door";

/**
 * One listing per door for all links that are refreshed in a run. Only `read` takes from here: whatever changes something
 * lists for itself, and makes this one forget.
 */
export class SharedListings {
  readonly #listings = new Map<string, Promise<Listing>>();

  get(door: Door): Promise<Listing> {
    const known = this.#listings.get(door.key);
    if (known !== undefined) {
      return known;
    }
    const listing = door.list();
    this.#listings.set(door.key, listing);
    // A failure is not worth remembering: the next link may be luckier.
    listing.catch(() => this.#listings.delete(door.key));
    return listing;
  }

  forget(door: Door): void {
    this.#listings.delete(door.key);
  }
}
