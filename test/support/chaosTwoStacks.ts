import { setTimeout as wait } from "node:timers/promises";
import { versionsOf } from "./chaosChecks";
import type { Victim } from "./chaosKillCases";
import { kill, untilItSucceeds, wrongNow } from "./chaosKillRun";
import type { Operation } from "./chaosOperations";
import type { ChaosResult } from "./chaosRun";
import type { EngineRun, ProcessBeginning, ProcessWorld } from "./chaosWorld";

/** Who of one stack dies, and after how many requests of both together. */
export interface SideKill {
  readonly victim: Victim;
  readonly request: number;
}

/** One of the two stacks. */
export interface Side {
  readonly world: ProcessWorld;
  readonly operation: Operation;
  readonly beginning: ProcessBeginning;
  readonly kill: SideKill;
}

const heldMs = 1_000;
const pollMs = 40;

/** Both run at once; each loses a process; each is run again until it succeeds, again at once. The first kill comes before the second. */
export async function runTwoStacks(one: Side, other: Side): Promise<ChaosResult> {
  const { emulator } = one.world;
  await other.world.begin(other.beginning, one.beginning.certificates);
  await one.world.begin(one.beginning, other.beginning.certificates);
  const sides = [one, other];
  for (const { world, operation } of sides) {
    operation.change(world);
  }
  const hold = { kind: "slow", milliseconds: heldMs, when: "after" } as const;
  await emulator.misbehave([
    { skip: one.kill.request, do: hold },
    // A request that meets the first fault is not counted by the second.
    { skip: other.kill.request - 1, do: hold },
  ]);
  const runs = await Promise.all(sides.map(({ world }) => world.startRun()));
  const wrong = (await Promise.all(sides.map((side, index) => killOne(side, runs[index] as EngineRun, runs)))).flat();
  await emulator.misbehave([]);
  wrong.push(...(await Promise.all(sides.map(({ world }) => untilItSucceeds(world)))).flat());
  for (const { world, beginning } of sides) {
    const beside = sides.find((side) => side.world !== world) as Side;
    const theirs = new Set([...versionsOf(await beside.world.observe()).values()].flatMap((versions) => [...versions]));
    wrong.push(...(await wrongNow(world, beginning, theirs)));
  }
  return { wrong: [...new Set(wrong)], unknownToState: [] };
}

/** Kills where it is said, or later if both stacks are slow to come there; not at all where this one is done before. */
async function killOne(side: Side, run: EngineRun, runs: readonly EngineRun[]): Promise<readonly string[]> {
  const isOver = ({ process }: EngineRun) => process.exitCode !== null || process.signalCode !== null;
  while ((await side.world.emulator.journal()).length <= side.kill.request && !runs.every(isOver)) {
    await wait(pollMs);
  }
  if (isOver(run)) {
    return [];
  }
  const wrong = await kill(side.world, side.kill.victim, run);
  const { code } = await run.ended;
  // It may have come to its end while it was killed: then it has lost nothing.
  return code === 0 ? [] : wrong;
}
