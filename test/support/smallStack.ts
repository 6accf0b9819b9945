import { type Emulator, type EmulatorSettings, startEmulator } from "../../emulator/emulator";
import { managementCertificate } from "../../provider/resources/certificate/managementCertificate";
import type { Configured } from "../../provider/resources/context";
import { PartialChangeError, type ResourceLifecycle, type Values } from "../../provider/resources/lifecycle";
import { applicationCertificateLink } from "../../provider/resources/link/applicationCertificateLink";
import { subscriptionCertificateLink } from "../../provider/resources/link/subscriptionCertificateLink";
import { configuredFrom, testPorts } from "./configured";
import { emulatorConfig } from "./emulatorConfig";
import { certificateInput } from "./linkInput";

const programAndStack = { project: "access", stack: "prod" };

/** What state keeps of one resource. */
export interface Stored {
  readonly id: string;
  readonly outputs: Values;
  readonly initErrors: boolean;
}

/**
 * A certificate and its links against the emulator, with the part of an engine that matters here: what is stored after a
 * success, a partial failure and a plain failure, and when update is called. For cases that an engine would only make slow.
 */
export class SmallStack {
  readonly emulator: Emulator;
  readonly clock: { now: Date };
  readonly #stored = new Map<string, Stored>();
  readonly #resources = new Map<string, ResourceLifecycle>();
  readonly #dead = new WeakSet<Configured>();
  /** Replaced by `newRun`, as each deployment has its own provider process. */
  context: Configured;
  #settings: Readonly<Record<string, string>>;

  private constructor(emulator: Emulator, clock: { now: Date }, settings: Readonly<Record<string, string>>) {
    this.emulator = emulator;
    this.clock = clock;
    this.#settings = settings;
    this.context = configuredFrom(settings, testPorts(clock));
  }

  static async start(
    date: string,
    settings: EmulatorSettings & { config?: Record<string, string> } = {},
  ): Promise<SmallStack> {
    const emulator = await startEmulator({ ...settings, now: new Date(date) });
    return SmallStack.on(emulator, date, settings.config);
  }

  /** On an emulator that is shared with others. */
  static on(emulator: Emulator, date: string, config: Readonly<Record<string, string>> = {}): SmallStack {
    return new SmallStack(
      emulator,
      { now: new Date(date) },
      {
        ...emulatorConfig(emulator),
        ...config,
      },
    );
  }

  at(date: string): void {
    this.clock.now = new Date(date);
    this.emulator.clock.set(this.clock.now);
  }

  /** Other settings of the provider, from the next run on. */
  signIn(settings: Readonly<Record<string, string>>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  async newRun(overrides: Parameters<typeof testPorts>[1] = {}): Promise<void> {
    await this.context.connection.close();
    this.startRun(overrides);
  }

  /** Begins a run while the one before may still be at work; whoever asks for that closes the older one. */
  startRun(overrides: Parameters<typeof testPorts>[1] = {}): void {
    this.context = configuredFrom(this.#settings, testPorts(this.clock, overrides));
  }

  /** From now on nothing that this run does is recorded, as after a SIGKILL of its process. */
  die(run: Configured): void {
    this.#dead.add(run);
  }

  /** All that is stored, to be put back later. */
  snapshot(): ReadonlyMap<string, Stored> {
    return new Map(this.#stored);
  }

  restore(snapshot: ReadonlyMap<string, Stored>): void {
    this.#stored.clear();
    for (const [name, stored] of snapshot) {
      this.#stored.set(name, stored);
    }
  }

  certificate(name: string, inputs: Values = {}): Promise<Values> {
    return this.#apply(managementCertificate, name, { ...programAndStack, ...inputs });
  }

  link(name: string, certificate: Values, inputs: Values = {}): Promise<Values> {
    return this.#apply(subscriptionCertificateLink, name, {
      subscriptionId: this.emulator.subscriptions[0],
      certificate: certificateInput(certificate),
      ...inputs,
    });
  }

  /** Of the first application of the directory. */
  applicationLink(name: string, certificate: Values, inputs: Values = {}): Promise<Values> {
    return this.#apply(applicationCertificateLink, name, {
      appId: this.emulator.directory.applications[0]?.appId,
      certificate: certificateInput(certificate),
      ...inputs,
    });
  }

  bareLink(name: string, inputs: Values): Promise<Values> {
    return this.#apply(subscriptionCertificateLink, name, {
      subscriptionId: this.emulator.subscriptions[0],
      ...inputs,
    });
  }

  async #apply(resource: ResourceLifecycle, name: string, inputs: Values): Promise<Values> {
    const { context } = this;
    this.#resources.set(name, resource);
    const checked = resource.check({ resourceName: name, ...inputs }, context);
    if (checked.failures.length > 0) {
      throw new Error(checked.failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
    }
    const old = this.#stored.get(name);
    try {
      if (old === undefined) {
        const { id, outputs } = await resource.create(checked.inputs, context);
        this.#record(context, name, { id, outputs, initErrors: false });
        return outputs;
      }
      const { changes } = resource.diff(old.outputs, checked.inputs, context);
      if (changes.some((change) => change.replaces)) {
        throw new Error("this small stack does not replace");
      }
      if (changes.length === 0 && !old.initErrors) {
        return old.outputs;
      }
      const outputs = await resource.update(old.id, old.outputs, checked.inputs, context);
      this.#record(context, name, { id: old.id, outputs, initErrors: false });
      return outputs;
    } catch (error) {
      if (error instanceof PartialChangeError) {
        this.#record(context, name, { id: error.id, outputs: error.outputs, initErrors: true });
        throw error.cause;
      }
      throw error;
    }
  }

  #record(run: Configured, name: string, stored: Stored | null): void {
    if (this.#dead.has(run)) {
      throw new Error("the provider is dead: nothing of it is recorded");
    }
    if (stored === null) {
      this.#stored.delete(name);
    } else {
      this.#stored.set(name, stored);
    }
  }

  async refresh(name: string): Promise<Values> {
    const old = this.#existing(name);
    const outputs = await this.#resourceOf(name).read(old.outputs, this.context);
    this.#stored.set(name, { ...old, outputs });
    return outputs;
  }

  async remove(name: string): Promise<void> {
    const { context } = this;
    await this.#resourceOf(name).delete(this.#existing(name).outputs, context);
    this.#record(context, name, null);
  }

  #resourceOf(name: string): ResourceLifecycle {
    return this.#resources.get(name) ?? subscriptionCertificateLink;
  }

  /** What state knows of a resource; undefined where nothing was stored. */
  stored(name: string): Values | undefined {
    return this.#stored.get(name)?.outputs;
  }

  /** Puts an older state back, as a restored backup would. */
  rollBack(name: string, outputs: Values): void {
    this.#stored.set(name, { ...this.#existing(name), outputs });
  }

  /** The first subscription, where links go unless they say otherwise. */
  get subscription(): string {
    return this.emulator.subscriptions[0] ?? "";
  }

  /** Thumbprints on a subscription, less the one that the run signs in with. */
  registered(subscription = 0): string[] {
    return this.emulator
      .certificates(this.emulator.subscriptions[subscription] ?? "")
      .map(({ thumbprint }) => thumbprint)
      .filter((thumbprint) => thumbprint !== this.emulator.credentialThumbprint);
  }

  /** Thumbprints on the first application, in the order in which they came. */
  onApplication(): string[] {
    const [application] = this.emulator.directory.applications;
    return this.emulator.directory.keyCredentials(application?.objectId ?? "").map(({ thumbprint }) => thumbprint);
  }

  async stop(): Promise<void> {
    await this.context.connection.close();
    await this.emulator.stop();
  }

  #existing(name: string): Stored {
    const found = this.#stored.get(name);
    if (found === undefined) {
      throw new Error(`there is no ${name}`);
    }
    return found;
  }
}
