/** One version of a certificate, with its private key. */
export interface Key {
  /** Name of the certificate in the program. */
  readonly certificate: string;
  readonly thumbprint: string;
  /** Certificate and private key. */
  readonly pem: string;
  readonly notAfter: Date;
}

/** What has to happen when a key knocks at a door; `either` while an update may still be changing it. */
export interface Expectation {
  readonly answer: "accepted" | "refused" | "either";
  readonly because: string;
}

/** What the state has recorded of one link. */
export interface RecordedLink {
  readonly name: string;
  readonly door: string;
  readonly thumbprints: readonly string[];
}

interface Cell {
  /** When the door first let the key in, by the clock of the service. */
  openedAt: Date | null;
  /** It was let in, and then, when that was allowed, no more. */
  closed: boolean;
  /** Which run said that it is gone. */
  gone: string | null;
}

const hourMs = 3_600_000;

/**
 * Who has to be let in where, from what was seen at the doors, what the story has done and what the runs have said. It
 * knows nothing of how the product decides: a key that a door has let in is let in until there is a reason to end it, and
 * after the end never again.
 */
export class AccessBook {
  readonly #overlapHours: number;
  readonly #cells = new Map<string, Cell>();
  /** In the order in which they were made. */
  readonly #keys = new Map<string, Key>();
  readonly #revoked = new Map<string, string>();
  /** By certificate and door; false once it is removed. */
  readonly #links = new Map<string, boolean>();
  #recorded: readonly RecordedLink[] = [];

  /** @param overlapHours of every certificate of the program */
  constructor(overlapHours: number) {
    this.#overlapHours = overlapHours;
  }

  keys(): readonly Key[] {
    return [...this.#keys.values()];
  }

  /** The newest version of a certificate. */
  newest(certificate: string): Key {
    const found = this.keys().findLast((key) => key.certificate === certificate);
    if (found === undefined) {
      throw new TypeError(`no key of ${certificate} was ever seen`);
    }
    return found;
  }

  learn(key: Key): Key {
    const known = this.#keys.get(key.thumbprint);
    if (known === undefined) {
      this.#keys.set(key.thumbprint, key);
    }
    return known ?? key;
  }

  /** From now on every version so far of the certificate may end, and after the next success it has. */
  revokeAll(certificate: string, because: string): void {
    for (const key of this.keys()) {
      if (key.certificate === certificate) {
        this.#revoked.set(key.thumbprint, because);
      }
    }
  }

  /** The links of the program as it is now; those that it had and has no more are removed. */
  link(links: readonly { readonly certificate: string; readonly door: string }[]): void {
    for (const name of this.#links.keys()) {
      this.#links.set(name, false);
    }
    for (const { certificate, door } of links) {
      this.#links.set(`${certificate} ${door}`, true);
    }
  }

  /** Whether there ever was a link of that certificate. */
  wasLinked(door: string, { certificate }: Key): boolean {
    return this.#links.has(`${certificate} ${door}`);
  }

  /** Who holds the key, whatever for. */
  ofKey(door: string, key: Key, now: Date): Expectation {
    const { gone, closed, openedAt } = this.#cell(door, key);
    if (gone !== null) {
      return { answer: "refused", because: `"${gone}" said that it is gone` };
    }
    if (closed) {
      return { answer: "refused", because: "the door had closed for it" };
    }
    const end = this.#reasonToEnd(door, key, now);
    if (end !== null) {
      return { answer: "either", because: end };
    }
    return openedAt === null
      ? { answer: "either", because: "it was not let in yet" }
      : { answer: "accepted", because: `it is let in since ${openedAt.toISOString()}, and nothing has ended that` };
  }

  /** Who was handed the key as a credential for this door: only a revocation takes it away. */
  ofConsumer(key: Key): Expectation {
    const revoked = this.#revoked.get(key.thumbprint);
    return revoked !== undefined
      ? { answer: "either", because: revoked }
      : { answer: "accepted", because: "its credential was handed out for this door" };
  }

  observe(door: string, key: Key, accepted: boolean, now: Date): void {
    const cell = this.#cell(door, key);
    if (accepted) {
      cell.openedAt ??= now;
    } else if (cell.openedAt !== null) {
      cell.closed = true;
    }
  }

  /** What the state has just recorded: a version that it had on a door and has no more is said to be gone. */
  record(links: readonly RecordedLink[], run: string): void {
    for (const { name, door, thumbprints } of this.#recorded) {
      const now = links.find((link) => link.name === name)?.thumbprints ?? [];
      for (const thumbprint of thumbprints) {
        const key = this.#keys.get(thumbprint);
        if (key !== undefined && !now.includes(thumbprint)) {
          this.#cell(door, key).gone ??= run;
        }
      }
    }
    this.#recorded = links;
  }

  /** A run that changed whatever had to change has succeeded: what may end has ended. */
  settle(doors: readonly string[], run: string, now: Date): void {
    for (const key of this.keys()) {
      for (const door of doors) {
        if (this.wasLinked(door, key) && this.#reasonToEnd(door, key, now) !== null) {
          this.#cell(door, key).gone ??= run;
        }
      }
    }
  }

  #reasonToEnd(door: string, key: Key, now: Date): string | null {
    const revoked = this.#revoked.get(key.thumbprint);
    if (revoked !== undefined) {
      return revoked;
    }
    if (this.#links.get(`${key.certificate} ${door}`) === false) {
      return "the link is removed";
    }
    if (key.notAfter <= now) {
      return "it has expired";
    }
    const versions = this.keys().filter(({ certificate }) => certificate === key.certificate);
    const successors = versions.slice(versions.indexOf(key) + 1);
    const begun = successors.flatMap((successor) => this.#cell(door, successor).openedAt?.getTime() ?? []);
    const ends = Math.min(...begun) + this.#overlapHours * hourMs;
    return ends <= now.getTime() ? `its overlap on this door ended at ${new Date(ends).toISOString()}` : null;
  }

  #cell(door: string, { thumbprint }: Key): Cell {
    const name = `${door} ${thumbprint}`;
    const cell = this.#cells.get(name) ?? { openedAt: null, closed: false, gone: null };
    this.#cells.set(name, cell);
    return cell;
  }
}
