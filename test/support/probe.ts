import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Emulator } from "../../emulator/emulator";
import type { AccessBook, Expectation, Key } from "./accessBook";
import { deployedKey } from "./deployedKeys";
import type { ProbedDoors } from "./probedDoors";
import type { Project } from "./project";
import { recordedLinks } from "./recordedLinks";
import type { SignInAnswer } from "./signIn";

/** Whose sign-in it was: a consumer's, or that of whoever else has the key. */
type Kind = "consumer" | "notHandedOutYet" | "predecessor" | "gone";

/** What the probe did during one run. */
export interface Tally {
  readonly title: string;
  /** Complete rounds: every key at every door. */
  rounds: number;
  /** How much had been added or removed when a round began: each number is a moment between two changes. */
  readonly moments: Set<number>;
  readonly signIns: Record<Kind, { accepted: number; refused: number }>;
  /** Rounds in which some doors let a new key in and others did not yet. */
  mixedRounds: number;
  readonly violations: string[];
}

/** Between two rounds for which nobody waits: the run needs the machine too. */
const restMs = 500;

interface ProbeSettings {
  readonly emulator: Emulator;
  readonly doors: ProbedDoors;
  readonly project: Project;
  readonly book: AccessBook;
  /** The credentials of the program as it is now, and the ids of the doors that each is for. */
  readonly credentials: () => ReadonlyMap<string, readonly string[]>;
}

/**
 * Signs in all the time while something runs: as the consumer of each credential with what it has at that moment, and
 * with every key that there ever was, at every door.
 */
export class Probe {
  readonly #settings: ProbeSettings;
  readonly #authority: string;
  #running = false;
  #nextRound: PromiseWithResolvers<void> | null = null;
  #asked = Promise.withResolvers<void>();
  #firstChange = Promise.withResolvers<void>();

  constructor(settings: ProbeSettings) {
    this.#settings = settings;
    this.#authority = readFileSync(settings.emulator.caCertificatePath, "utf8");
  }

  /** Resolves after a complete round that has begun after this call; at once while nothing is probed. */
  looked(): Promise<void> {
    if (!this.#running) {
      return Promise.resolve();
    }
    this.#nextRound ??= Promise.withResolvers<void>();
    this.#asked.resolve();
    return this.#nextRound.promise;
  }

  /** Resolves when a round of this run begins before which something was added or removed. */
  firstChange(): Promise<void> {
    return this.#firstChange.promise;
  }

  /** Probes before, all the while, and after `said` has taken note of what the run says. */
  async during<T>(
    title: string,
    run: () => Promise<T>,
    said: (result: T) => void,
  ): Promise<{ readonly result: T; readonly tally: Tally }> {
    const none = () => ({ accepted: 0, refused: 0 });
    const tally: Tally = {
      title,
      rounds: 0,
      moments: new Set(),
      signIns: { consumer: none(), notHandedOutYet: none(), predecessor: none(), gone: none() },
      mixedRounds: 0,
      violations: [],
    };
    this.#firstChange = Promise.withResolvers<void>();
    this.#running = true;
    const probing = this.#probeAllTheWhile(tally);
    try {
      const result = await run();
      this.#running = false;
      await probing;
      this.#takeNote(title);
      said(result);
      await this.#round(tally);
      return { result, tally };
    } finally {
      this.#running = false;
      await probing;
    }
  }

  async #probeAllTheWhile(tally: Tally): Promise<void> {
    try {
      while (this.#running) {
        const waiting = this.#nextRound;
        this.#nextRound = null;
        this.#asked = Promise.withResolvers<void>();
        this.#takeNote(tally.title);
        await this.#round(tally);
        waiting?.resolve();
        await Promise.race([this.#asked.promise, wait(restMs)]);
      }
    } finally {
      this.#running = false;
      this.#nextRound?.resolve();
      this.#nextRound = null;
    }
  }

  #takeNote(title: string): void {
    const { project, book, credentials } = this.#settings;
    for (const name of credentials().keys()) {
      const made = deployedKey(project, name, "made");
      if (made !== null) {
        book.learn(made);
      }
    }
    book.record(recordedLinks(project), title);
  }

  async #round(tally: Tally): Promise<void> {
    const { emulator, doors, project, book, credentials } = this.#settings;
    const consumers = [...credentials()].flatMap(([name, opened]) => {
      const key = deployedKey(project, name, "handedOut");
      return key === null ? [] : [{ key: book.learn(key), opened }];
    });
    const changes = this.#changes();
    tally.moments.add(changes);
    if (changes > 0) {
      this.#firstChange.resolve();
    }
    const seen = new Map<string, Set<SignInAnswer>>();
    await Promise.all(
      doors.ids(emulator).map(async (door) => {
        for (const key of book.keys().filter((one) => book.wasLinked(door, one))) {
          const consumer = consumers.find((one) => one.key === key && one.opened.includes(door));
          const answer = await this.#knock(tally, door, key, consumer !== undefined);
          if (credentials().get(key.certificate)?.includes(door)) {
            seen.set(key.thumbprint, (seen.get(key.thumbprint) ?? new Set()).add(answer));
          }
        }
      }),
    );
    const isMixed = [...credentials().keys()].some((name) => {
      const newest = book.keys().findLast((key) => key.certificate === name);
      return newest !== undefined && (seen.get(newest.thumbprint)?.size ?? 0) > 1;
    });
    tally.mixedRounds += isMixed ? 1 : 0;
    tally.rounds++;
  }

  async #knock(tally: Tally, door: string, key: Key, isConsumer: boolean): Promise<SignInAnswer> {
    const { emulator, doors, book } = this.#settings;
    const now = emulator.clock.now();
    const expected = book.ofKey(door, key, now);
    const answer = await doors.signIn(emulator, this.#authority, door, key.pem);
    this.#judge(tally, door, key, expected, answer, "whoever has the key");
    if (isConsumer) {
      this.#judge(tally, door, key, book.ofConsumer(key), answer, "the consumer of the credential");
    }
    if (answer === "accepted" || answer === "refused") {
      tally.signIns[isConsumer ? "consumer" : this.#kindOf(key, expected)][answer]++;
      book.observe(door, key, answer === "accepted", now);
    }
    return answer;
  }

  #kindOf(key: Key, { answer }: Expectation): Kind {
    const { book } = this.#settings;
    return answer === "refused" ? "gone" : book.newest(key.certificate) === key ? "notHandedOutYet" : "predecessor";
  }

  #judge(tally: Tally, door: string, key: Key, expected: Expectation, answer: SignInAnswer, who: string): void {
    const { emulator, doors } = this.#settings;
    if (answer !== expected.answer && (expected.answer !== "either" || answer.startsWith("neither"))) {
      const moment = `${emulator.clock.now().toISOString()}, after ${this.#changes()} changes`;
      tally.violations.push(
        `${moment}, during "${tally.title}": door ${doors.ids(emulator).indexOf(door)} (${door}), ${key.certificate} ${key.thumbprint}, ${who}: ${answer}, and it had to be ${expected.answer}, because ${expected.because}`,
      );
    }
  }

  /** How much was added or removed in this run. */
  #changes(): number {
    const { emulator, doors } = this.#settings;
    return emulator
      .journal()
      .filter(
        ({ method, path, status }) =>
          method !== "GET" && path.includes(doors.changesAt) && status !== null && status < 300,
      ).length;
  }
}
