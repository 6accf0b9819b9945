import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ChaosResult } from "./chaosRun";

const tallySchema = z.strictObject({
  suite: z.string(),
  operation: z.string(),
  /** What was disturbed. */
  disturbance: z.string(),
  cases: z.int(),
  failed: z.int(),
  knownLimit: z.int(),
});

/** How many cases of one kind ran, and how they ended. */
export type Tally = z.infer<typeof tallySchema>;

/** What the suites left in a folder, in the order of their files' names. */
export function readTallies(from: string): readonly Tally[] {
  return readdirSync(from)
    .toSorted()
    .flatMap((file) => z.array(tallySchema).parse(JSON.parse(readFileSync(join(from, file), "utf8"))));
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
    const none: Tally = { suite: this.#suite, operation, disturbance, cases: 0, failed: 0, knownLimit: 0 };
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
      writeFileSync(join(folder, `${this.#suite.replaceAll(/\W+/g, "-")}.json`), JSON.stringify(all));
    }
  }
}
