import { randomUUID } from "node:crypto";
import { type Emulator, type EmulatorSettings, startEmulator } from "../../emulator/emulator";
import type { Engine, Outcome, RunSettings } from "./engine";
import { makeProject, type Project, type ProjectParts } from "./project";

export interface WorldParts extends ProjectParts {
  /** The day on which everything begins. Default 2027-01-01. */
  readonly now?: string;
  /** How many subscriptions the emulator has. Default 2. */
  readonly subscriptions?: number;
  readonly emulator?: EmulatorSettings;
}

/** A program, an engine and an Azure of its own, on a clock that the test moves. */
export class World {
  readonly emulator: Emulator;
  readonly project: Project;
  readonly #engine: Engine;
  #now: string;

  private constructor(engine: Engine, emulator: Emulator, project: Project, now: string) {
    this.#engine = engine;
    this.emulator = emulator;
    this.project = project;
    this.#now = now;
  }

  static async start(
    engine: Engine,
    { now = "2027-01-01", subscriptions = 2, emulator: settings, ...parts }: WorldParts,
  ): Promise<World> {
    const emulator = await startEmulator({
      subscriptions: Array.from({ length: subscriptions }, () => randomUUID()),
      ...settings,
      now: new Date(now),
    });
    const project = await makeProject({
      host: engine.host,
      ...parts,
      config: {
        "azure-certificates:managementEndpoint": emulator.endpoint,
        "azure-certificates:caCertificatePath": emulator.caCertificatePath,
        "azure-certificates:clientCertificatePath": emulator.credentialPath,
        "azure-certificates:tenantId": emulator.directory.tenantId,
        "azure-certificates:clientId": emulator.directory.administrator.appId,
        "azure-certificates:entraCertificatePath": emulator.credentialPath,
        subscriptions: JSON.stringify(emulator.subscriptions),
        ...parts.config,
      },
    });
    return new World(engine, emulator, project, now);
  }

  /** Moves the clock of the program and of Azure. */
  at(date: string): void {
    this.#now = date;
    this.emulator.clock.set(new Date(date));
  }

  preview(settings: RunSettings = {}): Promise<Outcome> {
    return this.#engine.preview(this.project, { asOf: this.#asOf(), ...settings });
  }

  /** An update that is expected to succeed; what it printed is in the error where it does not. */
  async up(settings: RunSettings = {}): Promise<Outcome> {
    return succeeded(await this.tryUp(settings));
  }

  tryUp(settings: RunSettings = {}): Promise<Outcome> {
    return this.#engine.up(this.project, { asOf: this.#asOf(), ...settings });
  }

  refresh(settings: RunSettings = {}): Promise<Outcome> {
    return this.#engine.refresh(this.project, { asOf: this.#asOf(), ...settings });
  }

  async destroy(settings: RunSettings = {}): Promise<Outcome> {
    return succeeded(await this.tryDestroy(settings));
  }

  tryDestroy(settings: RunSettings = {}): Promise<Outcome> {
    return this.#engine.destroy(this.project, { asOf: this.#asOf(), ...settings });
  }

  export(): ReturnType<Engine["export"]> {
    return this.#engine.export(this.project);
  }

  async import(deployment: Awaited<ReturnType<Engine["export"]>>): Promise<void> {
    await this.#engine.import(this.project, deployment);
  }

  /** Outputs of a resource as the state has them; undefined where there is none of that name. */
  async stored(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { deployment } = (await this.export()) as unknown as {
      deployment: { resources?: { urn: string; outputs?: Record<string, unknown> }[] };
    };
    return deployment.resources?.find((resource) => resource.urn.endsWith(`::${name}`))?.outputs;
  }

  async thumbprint(name: string): Promise<string> {
    const outputs = await this.stored(name);
    return String(outputs?.["thumbprint"]);
  }

  /** Thumbprints on a subscription, less the one that the run signs in with, in ascending order. */
  registered(subscription = 0): string[] {
    return this.emulator
      .certificates(this.subscription(subscription))
      .map(({ thumbprint }) => thumbprint)
      .filter((thumbprint) => thumbprint !== this.emulator.credentialThumbprint);
  }

  subscription(index = 0): string {
    return this.emulator.subscriptions[index] ?? "";
  }

  async stop(): Promise<void> {
    await this.emulator.stop();
    this.project.remove();
  }

  #asOf(): string {
    return new Date(this.#now).toISOString();
  }
}

function succeeded(outcome: Outcome): Outcome {
  if (!outcome.succeeded) {
    throw new Error(`the run failed:\n${outcome.text}`);
  }
  return outcome;
}
