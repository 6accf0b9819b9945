import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChaosResult } from "./chaosRun";

/** How many cases of one kind ran, and how they ended. */
export interface Tally {
  readonly suite: string;
  readonly operation: string;
  /** What was disturbed. */
  readonly disturbance: string;
  cases: number;
  failed: number;
  knownLimit: number;
}

/** Where the suites leave their numbers for the document: set by `make chaos`, for it alone runs every case. */
const folder = process.env["CHAOS_RESULTS"];

/** Counts the cases of one suite, tells of those that failed at once, and at the end how to run them again. */
export class Score {
  readonly #suite: string;
  readonly #file: string;
  readonly #seed: number;
  readonly #tallies = new Map<string, Tally>();
  readonly #failed: string[] = [];

  /** @param file the test file, as the words that pick it out on the command line */
  constructor(suite: string, file: string, seed: number) {
    this.#suite = suite;
    this.#file = file;
    this.#seed = seed;
  }

  add(name: string, operation: string, disturbance: string, { wrong, unknownToState }: ChaosResult): void {
    const key = `${operation}/${disturbance}`;
    const none = { suite: this.#suite, operation, disturbance, cases: 0, failed: 0, knownLimit: 0 };
    const tally = this.#tallies.get(key) ?? none;
    this.#tallies.set(key, tally);
    tally.cases++;
    tally.knownLimit += unknownToState.length > 0 ? 1 : 0;
    if (wrong.length > 0) {
      tally.failed++;
      this.#failed.push(name);
      process.stdout.write(`${name}\n${wrong.map((sentence) => `    ${sentence}\n`).join("")}`);
    }
  }

  failedOf(operation: string): readonly string[] {
    return this.#failed.filter((name) => name.startsWith(`${operation}/`));
  }

  tell(): void {
    const all = [...this.#tallies.values()];
    const sum = (count: (tally: Tally) => number) => all.reduce((total, tally) => total + count(tally), 0);
    const replays = this.#failed.map(
      (name) => `  CHAOS_SEED=${this.#seed} CHAOS_CASE='${name}' npm run test:chaos -- ${this.#file}\n`,
    );
    process.stdout.write(
      `${this.#suite}: ${sum(({ cases }) => cases)} cases, ${sum(({ failed }) => failed)} failed, ` +
        `${sum(({ knownLimit }) => knownLimit)} ended in the known limit; CHAOS_SEED=${this.#seed}\n${replays.join("")}`,
    );
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${this.#file}.json`), JSON.stringify(all));
    }
  }
}
