import { LocalEngineError, messageOf } from "./errors";
import { ProviderClient } from "./processes/providerClient";
import { type ProviderProcess, startDynamicProvider } from "./processes/providerProcess";
import type { Progress } from "./progress";
import { managementEndpoint, requireLoopback } from "./project/loopback";
import type { Project } from "./project/project";
import { packageOf, parseProviderReference, typeOf } from "./urn";
import { type Properties, reveal } from "./values";

/** The only package whose provider this engine starts. */
export const dynamicPackage = "pulumi-nodejs";

interface ProvidersOptions {
  readonly project: Project;
  readonly engineAddress: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
}

/** The provider processes of one run, one per provider resource, started when first needed. */
export class Providers {
  readonly #clients = new Map<string, Promise<ProviderClient>>();
  readonly #running: ProviderProcess[] = [];
  #warm: ProviderProcess | undefined;
  readonly #options: ProvidersOptions;

  constructor(options: ProvidersOptions) {
    this.#options = options;
  }

  /** Starts a process while the program is being loaded: almost every program will need it. */
  warmUp(): void {
    this.#warm = this.#spawn();
  }

  /**
   * The provider that a resource refers to as `<urn>::<id>`.
   * @param config what it is configured with if it is not running yet
   */
  get(reference: string, config: Properties): Promise<ProviderClient> {
    let client = this.#clients.get(reference);
    if (client === undefined) {
      client = this.#start(reference, config);
      this.#clients.set(reference, client);
    }
    return client;
  }

  async cancel(): Promise<void> {
    await this.#each((client) => client.cancel());
  }

  async stop(): Promise<void> {
    await this.cancel();
    await Promise.all(this.#running.map((running) => running.stop()));
  }

  kill(): void {
    for (const running of this.#running) {
      running.kill();
    }
  }

  async #each(act: (client: ProviderClient) => Promise<void>): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.then(act).catch(() => undefined)));
  }

  async #start(reference: string, config: Properties): Promise<ProviderClient> {
    const packageName = packageOf(typeOf(parseProviderReference(reference).urn).replace("pulumi:providers:", ""));
    if (packageName !== dynamicPackage) {
      throw new LocalEngineError(
        `The state names a provider of ${packageName}; the local engine runs dynamic resources only.`,
      );
    }
    // A destroy configures the provider from the state, which may name another endpoint than the stack's files do now.
    const endpoint = reveal(config[managementEndpoint.configKey] ?? null);
    requireLoopback(
      typeof endpoint === "string" ? endpoint : undefined,
      this.#options.environment[managementEndpoint.variable],
    );
    try {
      const running = this.#warm ?? this.#spawn();
      this.#warm = undefined;
      const client = new ProviderClient(await running.client);
      await client.configure(config);
      return client;
    } catch (error) {
      throw new LocalEngineError(`The provider of the dynamic resources did not start: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  #spawn(): ProviderProcess {
    const { project, progress, environment, engineAddress } = this.#options;
    const running = startDynamicProvider({
      programDirectory: project.programDirectory,
      projectName: project.name,
      engineAddress,
      environment,
      onLine: (line, stream) => progress.tell(stream === "stderr" ? "info#err" : "info", line),
    });
    this.#running.push(running);
    return running;
  }
}
