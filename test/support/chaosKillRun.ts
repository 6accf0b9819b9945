import { existsSync, readFileSync, statSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Fault } from "../../emulator/faults";
import { byLineage, wrongAfterSuccess, wrongInJournal } from "./chaosChecks";
import type { KillCase, KillPoint, ProcessCourse, Victim } from "./chaosKillCases";
import { followUps, type Operation } from "./chaosOperations";
import type { ChaosResult } from "./chaosRun";
import type { Ending, EngineRun, ProcessBeginning, ProcessWorld } from "./chaosWorld";
import { untilIdle } from "./untilIdle";

const runsToSucceed = 4;
const patienceMs = 60_000;
const pollMs = 40;
/** What `ulimit -f` of a POSIX shell counts in. */
const blockBytes = 512;

/** How long the answer at which the victim dies is held: for ever, unless somebody survives who waits for it. */
const heldMs: Readonly<Record<Victim, number>> = {
  engine: 600_000,
  orphan: 2_000,
  program: 1_000,
  provider: 600_000,
  emulator: 600_000,
  interrupted: 1_000,
  interruptedTwice: 600_000,
  disk: 0,
};

/** What an operation does when nothing is in its way. */
export async function undisturbedProcessCourse(
  world: ProcessWorld,
  operation: Operation,
  beginning: ProcessBeginning,
): Promise<ProcessCourse & ChaosResult> {
  await world.begin(beginning);
  operation.change(world);
  const { code, text } = await world.run();
  const seen = await world.observe();
  return {
    requests: seen.journal.map(({ method }) => method),
    writes: world.processes.writes(),
    wrong: [...(code === 0 ? [] : [`it fails: ${text}`]), ...(await wrongNow(world, beginning))],
    unknownToState: [],
  };
}

/** One case: the operation, the kill, what follows until it succeeds, and a look back at everything. */
export async function runKillCase(
  world: ProcessWorld,
  one: KillCase,
  operation: Operation,
  beginning: ProcessBeginning,
): Promise<ChaosResult> {
  const wrong: string[] = [];
  await world.begin(beginning);
  operation.change(world);
  const { point, victim } = one;
  if (point.kind === "write" || point.kind === "half") {
    const { ended } = await world.startRun({ killAt: { write: point.index, half: point.kind === "half" } });
    const { signal } = await ended;
    wrong.push(...(signal === "SIGKILL" ? [] : ["the engine never came to that write"]));
    world.processes.endRun();
  } else if (point.kind === "room") {
    wrong.push(...(await runWithoutRoom(world, point.index)));
  } else {
    await world.emulator.misbehave([holdAt(point, heldMs[victim])]);
    const run = await world.startRun();
    await untilReached(world, point, run);
    wrong.push(...(await kill(world, victim, run)));
  }
  const known = new Set(world.outputs().keys());

  await world.emulator.misbehave([]);
  followUps[one.followUp]?.(world);
  wrong.push(...(await untilItSucceeds(world)));
  if (victim === "orphan") {
    wrong.push(...(await letTheOrphanGoOn(world)));
  }

  const unknownToState = await leftUnknown(world, one, known);
  const sentences = await wrongNow(world, beginning);
  wrong.push(...sentences.filter((sentence) => !unknownToState.some((left) => sentence.startsWith(left))));
  return { wrong: [...new Set(wrong)], unknownToState };
}

function holdAt(point: KillPoint, milliseconds: number): Fault {
  return point.kind === "start"
    ? { do: { kind: "slow", milliseconds } }
    : { skip: "index" in point ? point.index : 0, do: { kind: "slow", milliseconds, when: "after" } };
}

/** The request has taken effect and is not answered; at the start: a link is begun, and its first request is not served. */
async function untilReached(world: ProcessWorld, point: KillPoint, run: EngineRun): Promise<void> {
  const reached = async () =>
    point.kind === "start"
      ? // A destroy starts its provider when the first deletion has begun.
        world.processes.living("provider").length > 0 &&
        existsSync(world.files.journal) &&
        /"kind":"begin".*CertificateLink/.test(readFileSync(world.files.journal, "utf8"))
      : (await world.emulator.journal()).length > ("index" in point ? point.index : 0);
  const deadline = performance.now() + patienceMs;
  while (!(await reached())) {
    if (performance.now() > deadline || run.process.exitCode !== null) {
      throw new Error(`the run never came to ${JSON.stringify(point)}: ${run.process.exitCode}`);
    }
    await wait(pollMs);
  }
}

/** @returns what is wrong with how the run took it */
export async function kill(world: ProcessWorld, victim: Victim, run: EngineRun): Promise<readonly string[]> {
  const { processes, emulator } = world;
  switch (victim) {
    case "engine":
      processes.kill("engine");
      processes.endRun();
      await run.ended;
      return [];
    case "orphan":
      // It stands still while the next run does its work, and does not even see the answer.
      processes.signal("provider", "SIGSTOP");
      processes.kill("engine");
      await run.ended;
      return [];
    case "program":
    case "provider": {
      processes.kill(victim);
      const ending = await run.ended;
      return ending.code === 0
        ? [`its ${victim} was killed, and the run says that it succeeded`]
        : honestFailure(ending);
    }
    case "emulator": {
      await emulator.kill();
      await emulator.restart(world.now);
      return trueSuccess(world, await run.ended);
    }
    case "interrupted":
    case "interruptedTwice":
      return interrupt(world, victim, run);
    case "disk":
      throw new TypeError("a disk does not fill at a request");
  }
}

/** ^C reaches the whole group in the foreground; the engine keeps its children out of that group. */
async function interrupt(world: ProcessWorld, victim: Victim, run: EngineRun): Promise<readonly string[]> {
  const group = -(run.process.pid ?? Number.NaN);
  process.kill(group, "SIGINT");
  if (victim === "interruptedTwice") {
    await run.said("Press Ctrl-C again to end at once.");
    process.kill(group, "SIGINT");
  }
  const { code, text } = await run.ended;
  const survivors = await world.processes.survivors(["program", "provider"]);
  return [
    ...(code === 130 ? [] : [`it was interrupted and ends with ${code}: ${text}`]),
    ...survivors.map((role) => `its ${role} lives on after an interruption`),
  ];
}

/** The limit holds for every file that the run writes; what is there already stays readable. */
async function runWithoutRoom(world: ProcessWorld, hundredths: number): Promise<readonly string[]> {
  const before = [...world.outputs().keys()];
  const blocks = Math.ceil((statSync(world.files.state).size * hundredths) / 100 / blockBytes);
  const { ended } = await world.startRun({ shell: `ulimit -f ${blocks}` });
  const ending = await ended;
  const lost = before.filter((name) => !world.outputs().has(name) && isWanted(world, name));
  const isSaid =
    ending.code === 0 || ending.text.includes("The state of this stack can't be written: the file may not");
  return [
    ...(await trueSuccess(world, ending)),
    ...(isSaid ? [] : [`the disk took no more, and the run says only: ${ending.text}`]),
    ...lost.map((name) => `${name} is lost from the state`),
  ];
}

function isWanted({ program }: ProcessWorld, name: string): boolean {
  return name in program.links || name in program.certificates;
}

/** A run may well come through a disturbance; but then everything has to be as it says. */
async function trueSuccess(world: ProcessWorld, ending: Ending): Promise<readonly string[]> {
  return ending.code === 0
    ? wrongAfterSuccess(await world.observe()).map((sentence) => `the run says that it succeeded, but ${sentence}`)
    : honestFailure(ending);
}

function honestFailure({ code, text }: Ending): readonly string[] {
  const isSaid = code === 1 && /Failed\. What was done is kept\.|^error: /m.test(text);
  return [
    ...(isSaid ? [] : [`the run ends with ${code} and says: ${text}`]),
    ...(/\n\s+at .*:\d+:\d+/.test(text) ? [`it shows a stack to a person: ${text}`] : []),
  ];
}

export async function untilItSucceeds(world: ProcessWorld): Promise<readonly string[]> {
  let last = "";
  const wrong: string[] = [];
  for (let run = 0; run < runsToSucceed; run++) {
    const ending = await world.run();
    if (ending.code === 0) {
      return wrong;
    }
    wrong.push(...honestFailure(ending));
    last = ending.text;
  }
  return [...wrong, `it does not recover: ${last}`];
}

/** It gets its answer, and has to find out that nobody waits for what it does next. */
async function letTheOrphanGoOn(world: ProcessWorld): Promise<readonly string[]> {
  const { processes } = world;
  if (processes.living("provider").length === 0) {
    return ["the orphan did not live to see the next run"];
  }
  const effects = async () => (await world.emulator.journal()).filter(({ method }) => method !== "GET").length;
  const before = await effects();
  processes.signal("provider", "SIGCONT");
  await untilIdle(processes.living("provider"));
  processes.kill("provider");
  return (await effects()) === before ? [] : ["the orphan went on after its engine was gone"];
}

/** @param others certificates of another stack on the same subscription: its own checks look at what happens to them */
export async function wrongNow(
  world: ProcessWorld,
  beginning: ProcessBeginning,
  others: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const all = await world.observe();
  const isOthers = (thumbprint: string | undefined) => thumbprint !== undefined && others.has(thumbprint);
  const journal = all.journal.map((entry) => (isOthers(entry.thumbprint) ? { ...entry, method: "GET" } : entry));
  const seen = { ...all, journal };
  return [
    ...wrongAfterSuccess(seen),
    ...wrongInJournal(seen, beginning, [world.foreign]),
    ...(seen.registered.includes(world.foreign) ? [] : ["the foreign certificate is gone"]),
  ];
}

/** The known limit: a first create that was killed after its upload leaves no state; once its link has gone, nothing looks there again. */
async function leftUnknown(world: ProcessWorld, one: KillCase, known: ReadonlySet<string>): Promise<readonly string[]> {
  if (one.operation !== "create" || (one.followUp !== "removed" && one.followUp !== "destroy")) {
    return [];
  }
  const seen = await world.observe();
  const links = Object.entries(seen.epochs[1]?.links ?? {}).filter(([link]) => !known.has(link));
  return links.flatMap(([, name]) => byLineage(seen).get(name) ?? []);
}
