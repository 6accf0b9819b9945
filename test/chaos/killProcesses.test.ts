import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seeded } from "../support/chaosCases";
import type { PlaneName } from "../support/chaosEmulator";
import { draw, type KillCase, killNamed, killsOf, nameOfKill, type Victim } from "../support/chaosKillCases";
import { runKillCase, undisturbedProcessCourse } from "../support/chaosKillRun";
import { type Operation, operations } from "../support/chaosOperations";
import { Score } from "../support/chaosTally";
import { type ProcessBeginning, ProcessWorld } from "../support/chaosWorld";
import type { Host } from "../support/project";

/** CHAOS=all kills at every place; otherwise a sample that takes less than a minute. */
const runsAll = process.env["CHAOS"] === "all";
const seed = Number(process.env["CHAOS_SEED"] ?? (runsAll ? randomInt(2 ** 31) : 1));
/** What serves the resources, and where links lead. Of what hardly depends on that, all but the first have a sample. */
const suites: readonly { readonly host: Host; readonly plane: PlaneName; readonly name: string }[] = [
  { host: "dynamic", plane: "subscription", name: "real processes" },
  { host: "plugin", plane: "subscription", name: "real processes, with the native plugin" },
  { host: "dynamic", plane: "application", name: "real processes, on an application" },
  { host: "plugin", plane: "application", name: "real processes, on an application, with the native plugin" },
];
/** Worlds of each suite that work side by side, in processes of their own: one more than the cores that this is meant for, as all of them wait now and then. */
const lanes = 3;
const wantedCase = process.env["CHAOS_CASE"] === undefined ? undefined : killNamed(process.env["CHAOS_CASE"]);
const sampleSize = 1;
/** Of the kills of each operation in which it hardly matters what the provider is. */
const sampleOfOthers = 2;

/** The longest first, so that all worlds end at about the same time. */
const names = ["leave", "rotate", "remove", "destroy", "retire", "create"];
const played = operations
  .filter(({ name }) => (wantedCase === undefined ? names.includes(name) : name === wantedCase.operation))
  .toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));

/** An application is changed by so many requests that each place has its turn only in the long run. */
const sampleOnApplication = 8;

/** What a suite plays: in the sample, most of it once. */
function playedBy({ host, plane }: (typeof suites)[number]): readonly Operation[] {
  const inFull = plane === "application" ? ["leave", "rotate"] : names;
  const inSample = plane === "application" ? ["leave"] : host === "plugin" ? ["leave"] : ["leave", "rotate", "create"];
  const all = runsAll || wantedCase !== undefined ? inFull : inSample;
  return played.filter(({ name }) => all.includes(name));
}

/** One suite: its worlds, what is left for them to play, and how it went. */
interface Stage {
  readonly suite: (typeof suites)[number];
  readonly worlds: readonly ProcessWorld[];
  readonly left: Operation[];
  readonly score: Score;
}

const stages: Stage[] = [];

beforeAll(async () => {
  stages.push(
    ...(await Promise.all(
      suites.map(async (suite) => ({
        suite,
        worlds: await Promise.all(Array.from({ length: lanes }, () => ProcessWorld.start(suite))),
        left: [...playedBy(suite)],
        score: new Score(suite.name, "killProcesses", seed),
      })),
    )),
  );
});

afterAll(async () => {
  await Promise.all(stages.flatMap(({ worlds }) => worlds.map((world) => world.stop())));
  for (const { score } of stages) {
    score.tell();
  }
});

it(`converges, whichever process is killed at whatever place (CHAOS_SEED=${seed})`, {
  timeout: 3_600_000,
}, async () => {
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (const { suite, worlds, left, score } of stages) {
        const world = worlds[lane] ?? expect.unreachable("there is a world for each lane");
        const begun: Begun = new Map();
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          await play(world, suite, next, score, begun);
        }
      }
    }),
  );
  expect(played.flatMap(({ name }) => stages.flatMap(({ score }) => score.failedOf(name)))).toEqual([]);
});

/** Several operations begin at the same place. */
type Begun = Map<Operation["before"], ProcessBeginning>;

async function play(
  world: ProcessWorld,
  suite: (typeof suites)[number],
  operation: Operation,
  score: Score,
  begun: Begun,
): Promise<void> {
  const beginning = begun.get(operation.before) ?? (await world.beginningOf(operation.before));
  begun.set(operation.before, beginning);
  const course = await undisturbedProcessCourse(world, operation, beginning);
  score.add(`${operation.name}/undisturbed`, operation.name, "nothing", course);
  const random = seeded(seed + operations.indexOf(operation));
  for (const one of chosen(suite, killsOf(operation.name, course, random), random)) {
    const result = await runKillCase(world, one, operation, beginning).catch((error: Error) => ({
      wrong: [error.message],
      unknownToState: [],
    }));
    score.add(nameOfKill(one), operation.name, disturbanceOf(one), result);
  }
}

const disturbances: Readonly<Record<Victim, string>> = {
  engine: "engine killed",
  orphan: "engine killed, its provider lives on",
  program: "program killed",
  provider: "provider killed",
  emulator: "Azure killed",
  interrupted: "^C",
  interruptedTwice: "^C twice",
  disk: "disk full",
};

function disturbanceOf({ victim, point }: KillCase): string {
  return point.kind === "write" || point.kind === "half" ? "engine killed at its writes" : disturbances[victim];
}

function chosen(
  { host, plane }: (typeof suites)[number],
  all: readonly KillCase[],
  random: () => number,
): readonly KillCase[] {
  if (wantedCase !== undefined) {
    return [wantedCase];
  }
  if (!runsAll) {
    return draw(all, sampleSize, random);
  }
  if (plane === "application") {
    return draw(all, sampleOnApplication, random);
  }
  if (host === "dynamic") {
    return all;
  }
  const others = all.filter(({ victim }) => victim !== "provider");
  return [...all.filter(({ victim }) => victim === "provider"), ...draw(others, sampleOfOthers, random)];
}
