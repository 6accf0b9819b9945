import { LocalEngineError, messageOf, UnsupportedError } from "./errors";
import { type CheckResult, ProviderClient } from "./processes/providerClient";
import { type ProviderProcess, startDynamicProvider, startPlugin } from "./processes/providerProcess";
import type { Progress } from "./progress";
import { requireLoopback } from "./project/loopback";
import type { Project } from "./project/project";
import { parseProviderReference, providedPackage, typeOf } from "./urn";
import { containsUnknown, type Properties, reveal } from "./values";

/** Whose provider serves all dynamic resources of a program. */
export const dynamicPackage = "pulumi-nodejs";

/** The only package whose plugin this engine starts. */
export const pluginPackage = "azure-certificates";

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
  /** Started and not configured yet, by package. */
  readonly #spare = new Map<string, Promise<ProviderClient>>();
  readonly #options: ProvidersOptions;

  constructor(options: ProvidersOptions) {
    this.#options = options;
  }

  /** Starts a process while the program is being loaded. */
  warmUp(packageName: string): void {
    const spare = this.#spawn(packageName);
    // Whoever needs it will see the failure; a run that never does must not die of it.
    spare.catch(() => {});
    this.#spare.set(packageName, spare);
  }

  /**
   * The provider that a resource refers to as `<urn>::<id>`.
   * @param configOf what it is configured with if it is not running yet
   */
  get(reference: string, configOf: () => Properties): Promise<ProviderClient> {
    let client = this.#clients.get(reference);
    if (client === undefined) {
      client = this.#start(reference, configOf());
      this.#clients.set(reference, client);
    }
    return client;
  }

  /** The provider is configured with something else from now on: whoever asks for it gets another process. */
  forget(reference: string): void {
    this.#clients.delete(reference);
  }

  /** What a package's provider makes of the inputs of a provider resource. */
  async checkConfig(packageName: string, urn: string, olds: Properties, news: Properties): Promise<CheckResult> {
    if (packageName === dynamicPackage) {
      return { inputs: news, failures: [] };
    }
    const spare = this.#spare.get(packageName) ?? this.#spawn(packageName);
    this.#spare.set(packageName, spare);
    return (await spare).checkConfig(urn, olds, news);
  }

  async cancel(): Promise<void> {
    await Promise.all(
      [...this.#clients.values()].map((client) => client.then((each) => each.cancel()).catch(() => undefined)),
    );
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

  async #start(reference: string, config: Properties): Promise<ProviderClient> {
    const packageName = providedPackage(typeOf(parseProviderReference(reference).urn));
    requireServed(packageName);
    this.#requireLoopback(packageName, config);
    const started = this.#spare.get(packageName) ?? this.#spawn(packageName);
    this.#spare.delete(packageName);
    const client = await started;
    await client.configure(config);
    return client;
  }

  /** A destroy configures the provider from the state, which may name another endpoint than the stack's files do now. */
  #requireLoopback(packageName: string, config: Properties): void {
    const configOf = (key: string): string | undefined => {
      // A plugin is told its own settings, without its name before them.
      const value = reveal(config[packageName === dynamicPackage ? key : key.replace(/^[^:]*:/, "")] ?? null);
      return typeof value === "string" ? value : undefined;
    };
    // In a preview, the configuration may depend on what does not exist yet: then nothing is asked of the provider.
    if (!containsUnknown(config)) {
      requireLoopback(configOf, this.#options.environment);
    }
  }

  async #spawn(packageName: string): Promise<ProviderClient> {
    const { project, progress, environment, engineAddress } = this.#options;
    const options = {
      programDirectory: project.programDirectory,
      engineAddress,
      environment,
      onLine: (line: string, stream: "stdout" | "stderr") =>
        progress.tell(stream === "stderr" ? "info#err" : "info", line),
    };
    const isDynamic = packageName === dynamicPackage;
    const folder = isDynamic ? "" : folderOf(packageName, project);
    try {
      const running = isDynamic
        ? startDynamicProvider({ ...options, projectName: project.name })
        : startPlugin({ ...options, packageName, folder });
      this.#running.push(running);
      return await ProviderClient.greet(await running.client, engineAddress);
    } catch (error) {
      const what = isDynamic ? "The provider of the dynamic resources" : `The plugin of ${packageName}`;
      throw new LocalEngineError(`${what} did not start: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** @throws UnsupportedError where this engine starts no provider of that package */
export function requireServed(packageName: string): void {
  if (packageName !== dynamicPackage && packageName !== pluginPackage) {
    throw new UnsupportedError(`resources and functions of other packages' plugins (${packageName})`);
  }
}

function folderOf(packageName: string, project: Project): string {
  const folder = project.pluginFolders.get(packageName);
  if (folder === undefined) {
    throw new LocalEngineError(
      `The program uses the plugin of ${packageName}, and Pulumi.yaml does not say where it is. Run ` +
        "`npx azure-certificates install-plugin` in the folder of the project.",
    );
  }
  return folder;
}
