import type { Ports } from "../ports";
import { type Applications, applications } from "./applications";
import { clientPools } from "./clientPools";
import type { ProviderConfiguration } from "./configuration";
import { entraCredential } from "./entraCredential";
import { graphService } from "./graphService";
import { type KeyTrial, keyTrial } from "./keyTrial";
import { type ManagementCertificates, managementCertificates } from "./managementCertificates";
import { managementService } from "./managementService";
import type { ServiceAddress } from "./service";
import { type SubscriptionOperations, subscriptionOperations } from "./subscriptionOperations";
import { Throttles } from "./throttle";
import { Transport } from "./transport";

/** The way to Azure for one process: whoever shares it shares its connections and its throttles. */
export interface Connection {
  readonly managementCertificates: ManagementCertificates;
  readonly subscriptionOperations: SubscriptionOperations;
  readonly applications: Applications;
  readonly keyTrial: KeyTrial;
  /**
   * Runs the work when nobody else in this process works behind the same key, in the order of asking.
   * Not reentrant: work that asks for its own key again waits for ever.
   */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T>;
  /**
   * The same connection for work that gives up after this time: with the first call that is not done by then. The time in line behind
   * others does not count.
   */
  within(budgetMs: number): Connection;
  /** Waits for what is under way, then closes all connections. */
  close(): Promise<void>;
}

/** Opens nothing and reads nothing: credentials are read at the first request, so that a preview needs none. */
export function connect(configuration: ProviderConfiguration, ports: Ports): Connection {
  const pools = clientPools(configuration.caCertificatePath);
  const shared = { ports, pools, throttles: new Throttles(ports) };
  const management = new Transport(managementService(configuration, ports.now), shared);
  const entra = entraCredential(configuration);
  const graph = new Transport(graphService(entra), shared);
  const signer = async () => (await entra()).own ?? null;
  const lastInLine = new Map<string, Promise<void>>();
  const exclusively: Connection["exclusively"] = async (key, work) => {
    const before = lastInLine.get(key);
    const { promise: done, resolve: leave } = Promise.withResolvers<void>();
    lastInLine.set(key, done);
    try {
      await before;
      ports.signal.throwIfAborted();
      return await work();
    } finally {
      if (lastInLine.get(key) === done) {
        lastInLine.delete(key);
      }
      leave();
    }
  };
  const connection: Connection = {
    managementCertificates: managementCertificates(management),
    subscriptionOperations: subscriptionOperations(management),
    applications: applications(graph, ports, signer),
    keyTrial: keyTrial(configuration, shared),
    exclusively,
    within: (budgetMs) => {
      let startedMs = ports.monotonicMs();
      const leftMs = () => Math.max(0, startedMs + budgetMs - ports.monotonicMs());
      const limited = <At extends ServiceAddress>(transport: Transport<At>): Pick<Transport<At>, "call"> => ({
        call: (purpose, options, attempt) => transport.call(purpose, { ...options, budgetMs: leftMs() }, attempt),
      });
      return {
        ...connection,
        managementCertificates: managementCertificates(limited(management)),
        subscriptionOperations: subscriptionOperations(limited(management)),
        applications: applications(limited(graph), ports, signer),
        exclusively: (key, work) =>
          exclusively(key, () => {
            startedMs = ports.monotonicMs();
            return work();
          }),
      };
    },
    close: () => pools.close(),
  };
  return connection;
}
