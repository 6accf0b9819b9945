/** One request that the emulator answered, or cut off on purpose. Holds no key material and no bodies. */
export interface JournalEntry {
  /** ISO 8601, by the emulator's clock. */
  readonly at: string;
  readonly method: string;
  /** Without the query. What is no address of the service is cut off after 200 characters. */
  readonly path: string;
  /** Lower-case; null where the path names none. */
  readonly subscriptionId: string | null;
  /** Of the certificate that the caller showed, registered or not; null for none. */
  readonly callerThumbprint: string | null;
  /** null where the connection was broken instead of an answer. */
  readonly status: number | null;
  /** The service's error code. */
  readonly code?: string;
  readonly requestId: string;
  /** The certificate that was added, read or deleted. */
  readonly thumbprint?: string;
  /** Kind of the scripted fault that this request met. */
  readonly fault?: string;
}

const rememberedEntries = 20_000;
/** The longest address of the service has 86 characters. */
const rememberedCharacters = 200;

/** Who asked for what, and when: the newest entries last. */
export class Journal {
  #entries: JournalEntry[] = [];

  record(entry: JournalEntry): void {
    const { path, subscriptionId } = entry;
    this.#entries.push({
      ...entry,
      path: path.length > rememberedCharacters ? `${copied(path.slice(0, rememberedCharacters))}…` : copied(path),
      subscriptionId: subscriptionId === null ? null : copied(subscriptionId),
    });
    if (this.#entries.length > rememberedEntries) {
      this.#entries = this.#entries.slice(-rememberedEntries / 2);
    }
  }

  entries(): readonly JournalEntry[] {
    return [...this.#entries];
  }

  clear(): void {
    this.#entries = [];
  }
}

/** A piece of a string keeps the whole of it in memory, and the whole of a request's address can have 16 KB. */
function copied(piece: string): string {
  return Buffer.from(piece).toString();
}
