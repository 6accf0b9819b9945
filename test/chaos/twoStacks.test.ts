import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seeded } from "../support/chaosCases";
import { draw } from "../support/chaosKillCases";
import { type Operation, operations } from "../support/chaosOperations";
import { Score } from "../support/chaosTally";
import { runTwoStacks, type SideKill } from "../support/chaosTwoStacks";
import { type ProcessBeginning, ProcessWorld } from "../support/chaosWorld";

/** CHAOS=all runs all pairs several times; otherwise one of them. What meets what is decided by the machine: a seed gives the places, not the order. */
const runsAll = process.env["CHAOS"] === "all";
const seed = Number(process.env["CHAOS_SEED"] ?? (runsAll ? randomInt(2 ** 31) : 1));
const wantedCase = process.env["CHAOS_CASE"];
const killsPerPair = 2;

/** Operations that happen on the same day, for there is one clock. */
const pairs = [
  ["leave", "remove"],
  ["rotate", "rotate"],
  ["retire", "retire"],
  ["destroy", "leave"],
  ["create", "create"],
] as const;

const score = new Score("two stacks", "twoStacks", seed);
let one: ProcessWorld;
let other: ProcessWorld;

beforeAll(async () => {
  one = await ProcessWorld.start();
  other = await ProcessWorld.start({ beside: one.emulator });
});

afterAll(async () => {
  await one.stop();
  await other.stop();
  score.tell();
});

it(`two stacks on one subscription leave each other alone, killed or not (CHAOS_SEED=${seed})`, {
  timeout: 3_600_000,
}, async () => {
  const random = seeded(seed);
  for (const [first, second] of runsAll || wantedCase !== undefined ? pairs : pairs.slice(0, 1)) {
    const cases = Array.from({ length: runsAll ? killsPerPair : 1 }, () => drawKills(random));
    const wanted = wantedCase?.startsWith(`${first}+${second}/`) ? [killsNamed(wantedCase)] : cases;
    if (wantedCase === undefined || wanted !== cases) {
      await play(operationNamed(first), operationNamed(second), wanted);
    }
  }
  expect(pairs.flatMap((pair) => score.failedOf(pair.join("+")))).toEqual([]);
});

type Kills = readonly [SideKill, SideKill];

async function play(first: Operation, second: Operation, cases: readonly Kills[]): Promise<void> {
  const begunOne: ProcessBeginning = await one.beginningOf(first.before);
  const begunOther: ProcessBeginning = await other.beginningOf(second.before);
  for (const [killOne, killOther] of cases) {
    const result = await runTwoStacks(
      { world: one, operation: first, beginning: begunOne, kill: killOne },
      { world: other, operation: second, beginning: begunOther, kill: killOther },
    ).catch((error: Error) => ({ wrong: [error.message], unknownToState: [] }));
    const kills = [killOne, killOther].map(({ victim, request }) => `${victim}@request${request}`);
    const names = `${first.name}+${second.name}`;
    score.add(`${names}/${kills.join("/")}`, names, "a process of each killed", result);
  }
}

function drawKills(random: () => number): Kills {
  const [first = "engine", second = "engine"] = [0, 1].flatMap(() => draw(["engine", "provider"] as const, 1, random));
  const request = Math.floor(random() * 6);
  return [
    { victim: first, request },
    { victim: second, request: request + 1 + Math.floor(random() * 4) },
  ];
}

function killsNamed(name: string): Kills {
  const kills = [...name.matchAll(/(engine|provider)@request(\d+)/g)].map(
    ([, victim, request]): SideKill => ({ victim: victim as "engine" | "provider", request: Number(request) }),
  );
  const [first, second] = kills;
  if (first === undefined || second === undefined) {
    throw new TypeError(`${name} names no case`);
  }
  return [first, second];
}

function operationNamed(name: string): Operation {
  return operations.find((each) => each.name === name) as Operation;
}
