import type { Emulator } from "../../emulator/emulator";
import type { Values } from "../../provider/resources/lifecycle";
import type { Epoch, Observation } from "./chaosChecks";
import type { ChaosStack, Program } from "./chaosOperations";
import { type ChaosPlane, countedRequests } from "./chaosPlane";
import { SmallStack, type Stored } from "./smallStack";

/** State and subscription at one moment, to begin many cases from. */
export interface Beginning {
  readonly program: Program;
  readonly date: string;
  readonly stored: ReadonlyMap<string, Stored>;
  readonly certificates: readonly Buffer[];
}

/**
 * A program and the state that an engine keeps of it. Certificates need no network, so each distinct one is made once and
 * handed out again: what a case costs is its requests.
 */
export class ChaosProgram implements ChaosStack {
  readonly stack: SmallStack;
  program: Program = { certificates: {}, links: {} };
  /** How the case began, and its updates so far, for whoever looks back at the journal. */
  epochs: Epoch[] = [];
  readonly plane: ChaosPlane;
  readonly #made: Map<string, Values>;

  constructor(emulator: Emulator, plane: ChaosPlane, made: Map<string, Values>) {
    this.stack = SmallStack.on(emulator, "2027-01-01");
    this.plane = plane;
    this.#made = made;
  }

  get now(): Date {
    return this.stack.clock.now;
  }

  stored(name: string): Values | undefined {
    return this.stack.stored(name);
  }

  async succeed(): Promise<void> {
    await this.stack.newRun();
    const [failure] = (await this.up()).values();
    if (failure !== undefined) {
      throw failure;
    }
  }

  at(date: string | Date): void {
    this.stack.at(new Date(date).toISOString());
  }

  /**
   * One update: certificates, links side by side, then what left the program unless something failed.
   *
   * @returns what failed, by the resource's name
   */
  async up(): Promise<ReadonlyMap<string, Error>> {
    const { certificates, links } = this.program;
    for (const [name, inputs] of Object.entries(certificates)) {
      await this.#certificate(name, inputs);
    }
    this.epochs.push({
      requests: this.journal().length,
      links,
      certificates: new Map(Object.keys(certificates).map((name) => [name, this.stack.stored(name) ?? {}])),
    });
    const failures = new Map<string, Error>();
    const attempt = async (name: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        failures.set(name, error as Error);
      }
    };
    await Promise.all(
      Object.entries(links).map(([name, certificate]) =>
        attempt(name, () => this.plane.link(this.stack, name, this.stack.stored(certificate) ?? {})),
      ),
    );
    if (failures.size === 0) {
      const gone = [...this.stack.snapshot()].filter(([name]) => !(name in links) && !(name in certificates));
      const goneLinks = gone.filter(([, { outputs }]) => "registered" in outputs);
      await Promise.all(goneLinks.map(([name]) => attempt(name, () => this.stack.remove(name))));
      if (failures.size === 0) {
        this.#forget(gone.map(([name]) => name));
      }
    }
    return failures;
  }

  /** Thumbprints on the door. */
  registered(): readonly string[] {
    return this.plane.registered(this.stack.emulator).map(({ thumbprint }) => thumbprint);
  }

  /** The requests of the case. */
  journal(): Observation["journal"] {
    return countedRequests(this.plane, this.stack.emulator);
  }

  /** Everything as it is now, for the checks. */
  observe(): Observation {
    const { emulator } = this.stack;
    return {
      now: this.now,
      links: this.program.links,
      stored: outputsOf(this.stack.snapshot()),
      registered: this.registered(),
      epochs: this.epochs,
      journal: this.journal(),
      credentialThumbprint: emulator.credentialThumbprint,
    };
  }

  beginning(): Beginning {
    return {
      program: this.program,
      date: this.stack.clock.now.toISOString(),
      stored: this.stack.snapshot(),
      certificates: this.plane.registered(this.stack.emulator).map(({ der }) => der),
    };
  }

  /** Everything as it was: also what a list that lags behind would still show. */
  begin({ program, date, stored, certificates }: Beginning): void {
    const { emulator } = this.stack;
    emulator.misbehave([]);
    for (const thumbprint of this.registered()) {
      this.plane.take(emulator, thumbprint);
    }
    this.at(date);
    for (const der of certificates) {
      this.plane.plant(emulator, der);
    }
    emulator.clearJournal();
    this.program = program;
    this.stack.restore(stored);
    const outputs = outputsOf(stored);
    const begun = Object.keys(program.certificates).map((name) => [name, outputs.get(name) ?? {}] as const);
    this.epochs = [{ requests: 0, links: program.links, certificates: new Map(begun) }];
  }

  /** To delete a certificate touches nothing but the state. */
  #forget(names: readonly string[]): void {
    const left = [...this.stack.snapshot()].filter(([name]) => !names.includes(name));
    this.stack.restore(new Map(left));
  }

  async #certificate(name: string, inputs: Values): Promise<void> {
    const { thumbprint, previous } = this.stack.stored(name) ?? {};
    const key = JSON.stringify([name, thumbprint, previous, this.stack.clock.now, inputs]);
    const known = this.#made.get(key);
    if (known === undefined) {
      this.#made.set(key, await this.stack.certificate(name, inputs));
    } else {
      const snapshot = new Map(this.stack.snapshot());
      snapshot.set(name, { id: String(known["lineage"]), outputs: known, initErrors: false });
      this.stack.restore(snapshot);
    }
  }
}

function outputsOf(stored: ReadonlyMap<string, Stored>): ReadonlyMap<string, Values> {
  return new Map([...stored].map(([name, { outputs }]) => [name, outputs]));
}
