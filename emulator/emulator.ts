import { randomUUID, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicKeyOf, readCertificate } from "./addRequest";
import { type Behaviour, defaultBehaviour } from "./behaviour";
import { EmulatorClock, formatSeconds } from "./clock";
import { type EmulatedDirectory, openEntra, type WantedApplication } from "./entra/entra";
import { type Fault, FaultScript } from "./faults";
import { makeIdentity, openIdentity, type PublishedFiles, publish } from "./identity";
import { Journal, type JournalEntry } from "./journal";
import { RateLimit, type RateLimitScope } from "./rateLimit";
import { createEmulatorServer } from "./server";
import { classicPlane } from "./service";
import { Store, type StoredCertificate, type SubscriptionStatus } from "./store";
import { thumbprintOf } from "./thumbprint";

export interface EmulatorSettings {
  /** GUIDs, in any case. Default: those of the data folder, else one that is drawn. */
  readonly subscriptions?: readonly string[];
  /** App registrations beside the administrator's. Default: those of the data folder, else one called `app`. */
  readonly applications?: readonly WantedApplication[];
  /** Default 0: any free port. The address is always 127.0.0.1. */
  readonly port?: number;
  /** Where the files for clients are written (0600). Default: the data folder, else a fresh temporary one, removed on stop. */
  readonly directory?: string;
  /** Keeps certificates, statuses and the TLS identity over restarts. Default: nothing is kept. */
  readonly dataDirectory?: string;
  /** Certificates per subscription. Default 100 (cloud-services-certs-create.md). */
  readonly certificateLimit?: number;
  /** In bursts of up to one second's worth; more is answered with TooManyRequests. Default: no limit. */
  readonly requestsPerSecond?: number;
  /** Whether each subscription has that limit, or all of them share it. Default `subscription`. */
  readonly rateLimitScope?: RateLimitScope;
  /** The clock of that limit, in milliseconds that only ever grow. Default: the machine's. */
  readonly monotonicMs?: () => number;
  /** Where the emulator's clock stands, and stays until it is set. Default: the machine's clock, running. */
  readonly now?: Date;
  /** Time for a request to arrive and for its answer to be taken, each, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Connections at a time; beyond that, the one that has been quiet longest is closed. Default 2,000. */
  readonly maximumConnections?: number;
  /** What is unknown or varies about the service; see each default. */
  readonly behaviour?: Partial<Behaviour>;
}

/** A running emulator. */
export interface Emulator {
  /** As `https://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly publishSettingsPath: string;
  readonly caCertificatePath: string;
  /** PEM with the key and the certificate that every subscription accepts at the start. */
  readonly credentialPath: string;
  readonly credentialThumbprint: string;
  /** Lower-case. */
  readonly subscriptions: readonly string[];
  /** App registrations, and who may sign in as one. */
  readonly directory: EmulatedDirectory;
  /** What `Date`, `Created` and the validity of callers go by. `set` stops it at that instant. */
  readonly clock: { now(): Date; set(to: Date): void };
  /** The requests so far, oldest first. */
  journal(): readonly JournalEntry[];
  clearJournal(): void;
  /** What a subscription holds now, in ascending order of thumbprints. */
  certificates(
    subscriptionId: string,
  ): readonly { readonly thumbprint: string; readonly createdAt: string; readonly der: Buffer }[];
  /** Puts a certificate there as if by hand: limit and rules don't apply, and any bytes will do. */
  plant(subscriptionId: string, der: Buffer): void;
  /** Takes one away as if by hand. */
  take(subscriptionId: string, thumbprint: string): void;
  setStatus(subscriptionId: string, status: SubscriptionStatus): void;
  /** From now on another limit of requests per second, or none (null). */
  limitRate(requestsPerSecond: number | null): void;
  /** Replaces the script of faults; an empty one ends all misbehaviour. */
  misbehave(faults: readonly Fault[]): void;
  /** Lets requests under way finish, for two seconds at most. */
  stop(): Promise<void>;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const stopPatienceMs = 2_000;

/**
 * Starts Azure on this machine, over HTTPS: the classic management-certificate API with mutual TLS, Entra's token endpoint
 * and the app registrations of Microsoft Graph.
 *
 * @throws {TypeError} for settings that make no sense; {@link DataFolderError} for a data folder that is damaged; Node's own
 *   errors for a port or folder that can't be had.
 */
export async function startEmulator(settings: EmulatorSettings = {}): Promise<Emulator> {
  const { dataDirectory } = settings;
  const clock = new EmulatorClock();
  if (settings.now !== undefined) {
    clock.set(settings.now);
  }
  const now = clock.now();
  const identity = await (dataDirectory === undefined ? makeIdentity(now) : openIdentity(dataDirectory, now));
  const credential = new X509Certificate(identity.credentialCertificatePem);
  const store = openStore(settings, storedForm(credential.raw, clock.timestamp()), now);
  const subscriptions = store.all().map(({ id }) => id);

  const journal = new Journal();
  const faults = new FaultScript();
  const rateLimit = new RateLimit({
    requestsPerSecond: settings.requestsPerSecond ?? null,
    scope: settings.rateLimitScope ?? "subscription",
    monotonicMs: settings.monotonicMs ?? (() => performance.now()),
  });
  const stopping = new AbortController();
  const behaviour = { ...defaultBehaviour, ...settings.behaviour };
  let endpoint = "";
  const entra = openEntra({
    folder: dataDirectory === undefined ? null : join(dataDirectory, "directory"),
    clock,
    rateLimit,
    replicationReads: behaviour.replicationReads,
    rules: behaviour,
    administratorCertificate: credential,
    applications: settings.applications,
    endpoint: () => endpoint,
  });
  const classic = classicPlane({
    store,
    clock,
    behaviour,
    certificateLimit: settings.certificateLimit ?? 100,
    rateLimit,
  });
  const server = createEmulatorServer({
    planeAt: (path) => entra.planeAt(path) ?? classic,
    directory: entra.directory,
    store,
    clock,
    journal,
    faults,
    identity,
    credentialThumbprint: thumbprintOf(credential.raw),
    requestTimeoutMs: settings.requestTimeoutMs ?? 30_000,
    maximumConnections: settings.maximumConnections ?? 2_000,
    stopping: stopping.signal,
  });
  endpoint = `https://127.0.0.1:${await listen(server, settings.port ?? 0)}`;
  let temporary: string | null = null;
  let stopped: Promise<void> | null = null;
  const stop = async () => {
    stopping.abort();
    await close(server);
    if (temporary !== null) {
      await rm(temporary, { recursive: true, force: true });
    }
  };
  let files: PublishedFiles;
  try {
    let directory = settings.directory ?? dataDirectory;
    if (directory === undefined) {
      temporary = await mkdtemp(join(tmpdir(), "azure-certificates-emulator-"));
      directory = temporary;
    }
    files = publish(directory, identity, endpoint, store.all());
  } catch (error) {
    await stop();
    throw error;
  }

  const subscription = (id: string) => {
    const found = store.find(id.toLowerCase());
    if (found === null) {
      throw new TypeError(`The emulator has no subscription ${id}`);
    }
    return found;
  };
  return {
    endpoint,
    ...files,
    credentialThumbprint: thumbprintOf(credential.raw),
    subscriptions,
    directory: entra.directory,
    clock,
    journal: () => journal.entries(),
    clearJournal: () => journal.clear(),
    certificates: (id) =>
      subscription(id).certificates.map(({ thumbprint, createdAt, data }) => ({
        thumbprint,
        createdAt,
        der: Buffer.from(data, "base64"),
      })),
    plant: (id, der) => {
      const { id: subscriptionId, certificates } = subscription(id);
      const planted = storedForm(der, clock.timestamp());
      if (certificates.some(({ thumbprint }) => thumbprint === planted.thumbprint)) {
        throw new TypeError(`Subscription ${id} already has the certificate ${planted.thumbprint}`);
      }
      store.addCertificate(subscriptionId, planted);
    },
    take: (id, thumbprint) => {
      const { id: subscriptionId, certificates } = subscription(id);
      const wanted = thumbprint.toUpperCase();
      if (!certificates.some((certificate) => certificate.thumbprint === wanted)) {
        throw new TypeError(`Subscription ${id} has no certificate ${thumbprint}`);
      }
      store.removeCertificate(subscriptionId, wanted);
    },
    setStatus: (id, status) => store.setStatus(subscription(id).id, status),
    limitRate: (requestsPerSecond) => rateLimit.change(requestsPerSecond),
    misbehave: (script) => faults.replace(script),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The subscriptions asked for: as the data folder has them, else new ones that hold the credential. */
function openStore(settings: EmulatorSettings, credential: StoredCertificate, now: Date): Store {
  const { dataDirectory } = settings;
  const store = new Store(dataDirectory === undefined ? null : join(dataDirectory, "subscriptions"));
  const stored = store.stored();
  const wanted = settings.subscriptions ?? (stored.length > 0 ? stored : [randomUUID()]);
  const ids = new Set(wanted.map((id) => id.toLowerCase()));
  for (const [index, id] of [...ids].entries()) {
    if (!guid.test(id)) {
      throw new TypeError(`A subscription id must be a GUID, not ${JSON.stringify(id)}`);
    }
    if (stored.includes(id)) {
      store.open(id);
    } else {
      store.create({
        id,
        name: `subscription ${index + 1}`,
        createdTime: formatSeconds(now),
        status: "active",
        certificates: [credential],
      });
    }
  }
  return store;
}

function storedForm(der: Buffer, createdAt: string): StoredCertificate {
  const certificate = readCertificate(der);
  return {
    thumbprint: thumbprintOf(der),
    publicKey: certificate === null ? "" : publicKeyOf(certificate),
    data: der.toString("base64"),
    createdAt,
  };
}

/** @returns the port that it listens on. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new TypeError("the server listens on no port"));
      } else {
        resolve(address.port);
      }
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), stopPatienceMs);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
  });
}
