import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readDataFile } from "./dataFolder";
import { makePrivateFolder, writePrivateFile } from "./privateFiles";

export const subscriptionStatuses = ["active", "disabled", "gone"] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

/** One certificate as a subscription holds it: the texts exactly as they were sent. */
export interface StoredCertificate {
  /** Upper-case. */
  readonly thumbprint: string;
  /** Base64. */
  readonly publicKey: string;
  /** Base64. */
  readonly data: string;
  readonly createdAt: string;
}

/** A change that went through, for the operations of a subscription. Kept in memory only. */
export interface CompletedOperation {
  readonly requestId: string;
  readonly name: "AddSubscriptionCertificate" | "RemoveSubscriptionCertificate";
  readonly thumbprint: string;
  readonly callerThumbprint: string | null;
  readonly at: Date;
}

export interface Subscription {
  /** Lower-case. */
  readonly id: string;
  readonly name: string;
  readonly createdTime: string;
  readonly status: SubscriptionStatus;
  /** In ascending order of thumbprints, as the service lists them. */
  readonly certificates: readonly StoredCertificate[];
}

const fileSchema = z.object({
  name: z.string(),
  createdTime: z.string(),
  status: z.enum(subscriptionStatuses),
  certificates: z.array(
    z.object({
      thumbprint: z.string().regex(/^[0-9A-F]{40}$/),
      publicKey: z.base64(),
      data: z.base64(),
      createdAt: z.string(),
    }),
  ),
});

const rememberedOperations = 1_000;
const rememberedLists = 32;

interface Entry {
  subscription: Subscription;
  readonly operations: CompletedOperation[];
  /** Earlier lists, the newest first: what a lagging replica would still show. */
  readonly earlier: (readonly StoredCertificate[])[];
}

/**
 * What the subscriptions hold. With a folder, every change is on the disk before it can be seen:
 * one file per subscription, replaced as a whole.
 */
export class Store {
  readonly #folder: string | null;
  readonly #entries = new Map<string, Entry>();

  constructor(folder: string | null) {
    this.#folder = folder;
    if (folder !== null) {
      makePrivateFolder(folder);
    }
  }

  /** Ids of the subscriptions that the folder has, whether open or not. */
  stored(): readonly string[] {
    if (this.#folder === null) {
      return [];
    }
    return readdirSync(this.#folder)
      .map((file) => /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/.exec(file)?.[1])
      .filter((id) => id !== undefined)
      .sort();
  }

  /** Reads a subscription of the folder. @throws {DataFolderError} */
  open(id: string): void {
    const path = this.#pathOf(id);
    if (path === null) {
      throw new TypeError("A store without a folder has nothing to open");
    }
    const { certificates, ...rest } = readDataFile(path, fileSchema);
    this.#entries.set(id, entryOf({ id, ...rest, certificates: sorted(certificates) }));
  }

  create(subscription: Subscription): void {
    this.#write(subscription);
    this.#entries.set(subscription.id, entryOf(subscription));
  }

  find(id: string): Subscription | null {
    return this.#entries.get(id)?.subscription ?? null;
  }

  /** In the order in which they were opened or created. */
  all(): readonly Subscription[] {
    return [...this.#entries.values()].map((entry) => entry.subscription);
  }

  addCertificate(id: string, certificate: StoredCertificate): void {
    const { certificates } = this.#entry(id).subscription;
    this.#replaceCertificates(id, sorted([...certificates, certificate]));
  }

  removeCertificate(id: string, thumbprint: string): void {
    const { certificates } = this.#entry(id).subscription;
    this.#replaceCertificates(
      id,
      certificates.filter((certificate) => certificate.thumbprint !== thumbprint),
    );
  }

  setStatus(id: string, status: SubscriptionStatus): void {
    const entry = this.#entry(id);
    const subscription = { ...entry.subscription, status };
    this.#write(subscription);
    entry.subscription = subscription;
  }

  /** The list as it was before the last `changes` changes, as far as remembered. */
  listBefore(id: string, changes: number): readonly StoredCertificate[] {
    const { earlier, subscription } = this.#entry(id);
    return earlier[Math.min(changes, earlier.length) - 1] ?? subscription.certificates;
  }

  recordOperation(id: string, operation: CompletedOperation): void {
    const { operations } = this.#entry(id);
    operations.push(operation);
    operations.splice(0, operations.length - rememberedOperations);
  }

  operations(id: string): readonly CompletedOperation[] {
    return this.#entry(id).operations;
  }

  #replaceCertificates(id: string, certificates: readonly StoredCertificate[]): void {
    const entry = this.#entry(id);
    const subscription = { ...entry.subscription, certificates };
    this.#write(subscription);
    entry.earlier.unshift(entry.subscription.certificates);
    entry.earlier.splice(rememberedLists);
    entry.subscription = subscription;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new TypeError(`The emulator has no subscription ${id}`);
    }
    return entry;
  }

  #pathOf(id: string): string | null {
    return this.#folder === null ? null : join(this.#folder, `${id}.json`);
  }

  #write({ id, ...content }: Subscription): void {
    const path = this.#pathOf(id);
    if (path !== null) {
      writePrivateFile(path, JSON.stringify(content));
    }
  }
}

function entryOf(subscription: Subscription): Entry {
  return { subscription, operations: [], earlier: [] };
}

function sorted(certificates: readonly StoredCertificate[]): readonly StoredCertificate[] {
  return certificates.toSorted((a, b) => (a.thumbprint < b.thumbprint ? -1 : 1));
}
