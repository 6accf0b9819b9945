import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { type ChaosCase, caseNamed, kills, nameOf, pairs, seeded, singleFaults } from "./chaosCases";
import { type Operation, operations } from "./chaosOperations";
import type { ChaosPlane } from "./chaosPlane";
import { type Beginning, ChaosProgram } from "./chaosProgram";
import { type Course, runCase, undisturbedCourse } from "./chaosRun";
import { Score } from "./chaosTally";
import { foreignCertificate } from "./foreignCertificate";

/** CHAOS=all runs every case, or as many as `drawn` says; otherwise a sample that takes less than a minute. */
const runsAll = process.env["CHAOS"] === "all";
/** A gate must not depend on luck: the sample is always the same one, and only `make chaos` draws another each time. */
const seed = Number(process.env["CHAOS_SEED"] ?? (runsAll ? randomInt(2 ** 31) : 1));
const wantedCase = process.env["CHAOS_CASE"];

interface Drawn {
  /** Of all single faults at all requests, and of pairs, for each operation. */
  readonly singles: number;
  readonly pairs: number;
}

export interface KillAnywhere {
  readonly plane: ChaosPlane;
  /** Name in the document. */
  readonly suite: string;
  /** Words that pick the test file out on the command line. */
  readonly file: string;
  readonly inFull: Drawn;
  readonly inSample: Drawn;
}

/** Declares the suite: every operation, killed or disturbed at each of its requests, and whatever may follow. */
export function killAnywhere({ plane, suite, file, inFull, inSample }: KillAnywhere): void {
  const drawn = runsAll ? inFull : inSample;
  const foreign: { der: Buffer; thumbprint: string }[] = [];
  const score = new Score(suite, file, seed);
  let emulator: Emulator;
  let chaos: ChaosProgram;

  beforeAll(async () => {
    foreign.push(await foreignCertificate());
    emulator = await startEmulator({ now: new Date("2027-01-01") });
    chaos = new ChaosProgram(emulator, plane, new Map());
  });

  afterAll(async () => {
    await chaos.stack.stop();
    score.tell();
  });

  describe.each(operations)("$name, killed or disturbed at each of its requests", (operation) => {
    let beginning: Beginning;
    let course: Course;

    beforeAll(async () => {
      beginning = await beginningOf(operation);
    });

    it("goes right when nothing is in its way", async () => {
      const result = await undisturbedCourse(chaos, operation, beginning, thumbprints());
      course = result;
      expect(result.wrong).toEqual([]);
      expect(result.effects.length).toBeGreaterThan(0);
    });

    it(`converges, whatever went wrong (CHAOS_SEED=${seed})`, { timeout: 1_200_000 }, async () => {
      for (const one of casesOf(operation, course)) {
        const result = await runCase(chaos, one, operation, beginning, course, thumbprints());
        score.add(nameOf(one), operation.name, disturbanceOf(one), result);
      }
      expect(score.failedOf(operation.name)).toEqual([]);
    });
  });

  describe("the known limit: a link whose very first create was killed after the upload, and that then left the program", () => {
    it("has no state, so its certificate stays until somebody declares the link again or removes it by hand", async () => {
      const operation = operations.find(({ name }) => name === "create") as Operation;
      const beginning = await beginningOf(operation);
      const course = await undisturbedCourse(chaos, operation, beginning, thumbprints());
      const one = caseNamed("create/killAfter@0/removed");
      const left = await runCase(chaos, one, operation, beginning, course, thumbprints());
      expect(left.wrong).toEqual([]);
      expect(left.unknownToState).toEqual([chaos.stack.stored("a")?.["thumbprint"]]);

      chaos.program = { ...chaos.program, links: { "link-a": "a" } };
      await chaos.stack.newRun();
      expect((await chaos.up()).size).toBe(0);
      chaos.program = { ...chaos.program, links: {} };
      await chaos.stack.newRun();
      expect((await chaos.up()).size).toBe(0);
      expect(chaos.registered()).toEqual(thumbprints());
    });
  });

  async function beginningOf(operation: Operation): Promise<Beginning> {
    chaos.begin({
      program: { certificates: {}, links: {} },
      date: "2027-01-01T00:00:00Z",
      stored: new Map(),
      certificates: foreign.map(({ der }) => der),
    });
    await operation.before(chaos);
    return chaos.beginning();
  }

  function thumbprints(): readonly string[] {
    return foreign.map(({ thumbprint }) => thumbprint);
  }

  function casesOf(operation: Operation, { requests, effects }: Course): readonly ChaosCase[] {
    if (wantedCase !== undefined) {
      const one = caseNamed(wantedCase);
      return one.operation === operation.name ? [one] : [];
    }
    const random = seeded(seed);
    return [
      ...kills(operation.name, effects.length),
      ...sample(singleFaults(operation.name, requests), drawn.singles, random),
      ...pairs(operation.name, requests, drawn.pairs, random),
    ];
  }
}

function disturbanceOf(one: ChaosCase): string {
  if (one.kind === "orphan") {
    return "engine killed, its provider lives on";
  }
  if (one.kind !== "faults") {
    return "provider killed";
  }
  return one.at.length > 1 ? "two faults" : `fault ${one.at[0]?.fault}`;
}

function sample<T>(from: readonly T[], count: number, random: () => number): readonly T[] {
  if (from.length <= count) {
    return from;
  }
  const rest = [...from];
  return Array.from({ length: count }, () => rest.splice(Math.floor(random() * rest.length), 1)).flat();
}
