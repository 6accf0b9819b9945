import type { Fault } from "../../emulator/faults";
import { AccessBook } from "./accessBook";
import { type DeployedCertificate, deployedKey, deployingProgram } from "./deployedKeys";
import type { Engine, Outcome, RunSettings } from "./engine";
import { HeldAnswers } from "./heldAnswers";
import { endOrphans, killedUpdate } from "./killedUpdate";
import { Probe, type Tally } from "./probe";
import type { ProbedDoors } from "./probedDoors";
import { recordedUrns } from "./recordedLinks";
import { World } from "./world";

const overlapHours = 168;

/** What an update came to, and what the probe saw of it. */
interface ProbedUpdate {
  readonly outcome: Outcome;
  readonly tally: Tally;
}

/**
 * A program with several certificates, doors and consumers, whose every update is probed. Each answer of the
 * service reaches the update only after every key was tried at every door: no state between two requests goes unseen,
 * on a fast machine or a slow one.
 */
export class ProbedStack {
  readonly world: World;
  readonly book: AccessBook;
  readonly doors: ProbedDoors;
  readonly #engine: Engine;
  readonly #probe: Probe;
  #held: HeldAnswers | null = null;
  #asOf = "2027-01-01";
  #certificates: Readonly<Record<string, DeployedCertificate>> = {};

  private constructor(engine: Engine, world: World, doors: ProbedDoors) {
    this.#engine = engine;
    this.world = world;
    this.doors = doors;
    this.book = new AccessBook(overlapHours);
    this.#probe = new Probe({
      emulator: world.emulator,
      doors,
      project: world.project,
      book: this.book,
      credentials: () =>
        new Map(
          Object.entries(this.#certificates).map(([name, { doors }]) => [name, doors.map((door) => this.door(door))]),
        ),
    });
  }

  static async start(
    engine: Engine,
    doors: ProbedDoors,
    certificates: Readonly<Record<string, DeployedCertificate>>,
  ): Promise<ProbedStack> {
    const world = await World.start(engine, { subscriptions: 3, emulator: doors.emulator });
    const stack = new ProbedStack(engine, world, doors);
    stack.#held = await HeldAnswers.start(stack.world.emulator.endpoint, () => stack.#probe.looked());
    world.project.addConfig({
      "azure-certificates:managementEndpoint": stack.#held.endpoint,
      // Of a token, nothing is held back: it changes no door.
      "azure-certificates:authorityHost": world.emulator.endpoint,
      doors: JSON.stringify(doors.ids(world.emulator)),
    });
    stack.change(certificates);
    return stack;
  }

  /** Its id. */
  door(index: number): string {
    return this.doors.ids(this.world.emulator)[index] ?? "";
  }

  at(date: string): void {
    this.#asOf = date;
    this.world.at(date);
  }

  /** Changes the program for the next update: certificates that are not named stay as they are. */
  change(certificates: Readonly<Record<string, DeployedCertificate>>): void {
    this.#certificates = { ...this.#certificates, ...certificates };
    this.world.project.setProgram(deployingProgram(this.#certificates, this.doors));
    this.book.link(
      Object.entries(this.#certificates).flatMap(([certificate, { doors }]) =>
        doors.map((door) => ({ certificate, door: this.door(door) })),
      ),
    );
  }

  misbehave(faults: readonly Fault[]): void {
    this.world.emulator.misbehave(faults);
  }

  /** The first update: nobody has a key before it. */
  async begin(): Promise<void> {
    const { outcome, tally } = await this.update("the first update");
    if (!outcome.succeeded || tally.violations.length > 0) {
      throw new Error([...tally.violations, outcome.text].join("\n"));
    }
  }

  /** Of these resources, as the state has them. */
  urns(...names: readonly string[]): string[] {
    return recordedUrns(this.world.project).filter((urn) => names.some((name) => urn.endsWith(`::${name}`)));
  }

  /** Credentials whose consumer does not have the newest key. */
  outdatedConsumers(): string[] {
    return Object.keys(this.#certificates).filter((name) => {
      const [handedOut, made] = (["handedOut", "made"] as const).map((which) =>
        deployedKey(this.world.project, name, which),
      );
      return made === null || handedOut?.thumbprint !== made?.thumbprint;
    });
  }

  /** An update, probed all the while; what it says of the keys that are gone is held against it from then on. */
  async update(title: string, settings: RunSettings = {}): Promise<ProbedUpdate> {
    this.world.emulator.clearJournal();
    const { result: outcome, tally } = await this.#probe.during(
      title,
      () => this.world.tryUp(settings),
      ({ succeeded }) => {
        if (succeeded && settings.targets === undefined) {
          this.book.settle(this.doors.ids(this.world.emulator), title, this.world.emulator.clock.now());
        }
      },
    );
    return { outcome, tally };
  }

  /** An update whose engine is killed as soon as it has changed something. */
  async killedUpdate(title: string): Promise<Tally> {
    this.world.emulator.clearJournal();
    const { tally } = await this.#probe.during(
      title,
      () =>
        killedUpdate(
          this.#engine,
          this.world.project,
          { asOf: new Date(this.#asOf).toISOString() },
          this.#probe.firstChange(),
        ),
      () => {},
    );
    return tally;
  }

  async stop(): Promise<void> {
    endOrphans(this.world.project);
    this.#held?.stop();
    await this.world.stop();
  }
}
