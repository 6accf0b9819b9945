/** A door, or the file of a key: whatever else there is one of. */
interface Place {
  readonly key: string;
}

/**
 * What the links checked in this run stand for: (door, lineage or bare thumbprint) -> link name. Files alike.
 *
 * A link that was renamed without an alias reaches us as a create of the new name and then a delete of the old one.
 * The delete must not take away what the create relies on, and it sees only its own old state: so it asks here.
 */
export class Claims {
  readonly #holders = new Map<string, string>();

  /** Claims for `link`; answers the name of another link of this run that claimed the same, or null. */
  claim(place: Place, subject: string, link: string): string | null {
    const key = `${place.key} ${subject}`;
    const holder = this.#holders.get(key);
    if (holder !== undefined && holder !== link) {
      return holder;
    }
    this.#holders.set(key, link);
    return null;
  }

  isClaimed(place: Place, subject: string): boolean {
    return this.#holders.has(`${place.key} ${subject}`);
  }
}
