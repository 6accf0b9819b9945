import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readDataFile } from "../dataFolder";
import { makePrivateFolder, writePrivateFile } from "../privateFiles";

/** What an application may do with applications: its own keys it may always roll, with a proof. */
export const permissions = ["none", "read", "write"] as const;
export type Permission = (typeof permissions)[number];

const keyCredentialSchema = z.object({
  /** Lower-case. */
  keyId: z.guid(),
  displayName: z.string().nullable(),
  /** As it was given, base64; null: the thumbprint. */
  customKeyIdentifier: z.string().nullable(),
  startDateTime: z.string(),
  endDateTime: z.string(),
  /** The certificate, base64 of its DER. */
  key: z.base64(),
  /** Upper-case. */
  thumbprint: z.string().regex(/^[0-9A-F]{40}$/),
  /** base64url of the SHA-256 of the certificate. */
  sha256: z.string(),
});

const applicationSchema = z.object({
  appId: z.guid(),
  displayName: z.string(),
  permission: z.enum(permissions),
  keyCredentials: z.array(keyCredentialSchema),
});

/** A certificate that an application signs in with. */
export type KeyCredential = z.infer<typeof keyCredentialSchema>;

/** An app registration. All ids are lower-case. */
export type Application = z.infer<typeof applicationSchema> & {
  /** The object id. */
  readonly id: string;
};

const tenantSchema = z.object({ tenantId: z.guid() });
const guid = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/;
const rememberedStates = 32;

interface Entry {
  application: Application;
  /** As it was, the newest first: what a replica that lags behind still shows. */
  readonly earlier: Application[];
  /** How many reads may still see the state before the last change. */
  lagging: number;
}

/**
 * The app registrations of one tenant. With a folder, every change is on the disk before it can be seen: one file per
 * application, replaced as a whole.
 */
export class Directory {
  readonly tenantId: string;
  readonly #folder: string | null;
  readonly #replicationReads: number;
  readonly #entries = new Map<string, Entry>();

  /**
   * @param replicationReads after each change, so many reads see in turn the state before it and the state after it
   * @throws {DataFolderError}
   */
  constructor(folder: string | null, replicationReads: number) {
    this.#folder = folder;
    this.#replicationReads = replicationReads;
    if (folder === null) {
      this.tenantId = randomUUID();
      return;
    }
    makePrivateFolder(folder);
    const tenantPath = join(folder, "tenant.json");
    this.tenantId = existsSync(tenantPath) ? readDataFile(tenantPath, tenantSchema).tenantId : randomUUID();
    writePrivateFile(tenantPath, JSON.stringify({ tenantId: this.tenantId }));
    for (const file of readdirSync(folder).sort()) {
      const id = guid.exec(file)?.[1];
      if (id !== undefined) {
        this.#keep({ id, ...readDataFile(join(folder, file), applicationSchema) });
      }
    }
  }

  create(application: Omit<Application, "id" | "appId">): Application {
    const created = { id: randomUUID(), appId: randomUUID(), ...application };
    this.#write(created);
    this.#keep(created);
    return created;
  }

  /** In the order in which they were created or, from a folder, of their ids. */
  all(): readonly Application[] {
    return [...this.#entries.values()].map(({ application }) => application);
  }

  /** As every write sees it: there is one primary. */
  find(id: string): Application | null {
    return this.#entries.get(id)?.application ?? null;
  }

  findByAppId(appId: string): Application | null {
    return this.all().find((application) => application.appId === appId) ?? null;
  }

  /** As a reader sees it, whose replica may lag behind. @param changes at least so many changes behind */
  read(id: string, changes: number): Application | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      return null;
    }
    let behind = changes;
    if (entry.lagging > 0) {
      entry.lagging -= 1;
      behind = Math.max(changes, (this.#replicationReads - entry.lagging) % 2);
    }
    return entry.earlier[Math.min(behind, entry.earlier.length) - 1] ?? entry.application;
  }

  replaceKeys(id: string, keyCredentials: KeyCredential[]): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new TypeError(`The emulator has no application ${id}`);
    }
    const application = { ...entry.application, keyCredentials };
    this.#write(application);
    entry.earlier.unshift(entry.application);
    entry.earlier.splice(rememberedStates);
    entry.application = application;
    entry.lagging = this.#replicationReads;
  }

  #keep(application: Application): void {
    this.#entries.set(application.id, { application, earlier: [], lagging: 0 });
  }

  #write({ id, ...content }: Application): void {
    if (this.#folder !== null) {
      writePrivateFile(join(this.#folder, `${id}.json`), JSON.stringify(content));
    }
  }
}
