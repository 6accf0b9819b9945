import type { Fault } from "../../emulator/faults";
import { thumbprintOf } from "../../emulator/thumbprint";
import type { Ports } from "../../provider/ports";
import { type ChaosCase, faults } from "./chaosCases";
import { byLineage, silentlyOpen, wrongAfterSuccess, wrongInJournal } from "./chaosChecks";
import { followUps, type Operation } from "./chaosOperations";
import type { Beginning, ChaosProgram } from "./chaosProgram";

const runsToSucceed = 4;
const overlapAndADayMs = 8 * 24 * 3_600_000;

export interface ChaosResult {
  /** What broke an invariant; empty: nothing. */
  readonly wrong: readonly string[];
  /** What is left behind of a link that was killed in its very first create and then left the program: nothing knows it. */
  readonly unknownToState: readonly string[];
}

/** Where each request that changes something stands among all requests of an undisturbed operation. */
export interface Course {
  readonly requests: number;
  readonly effects: readonly number[];
}

/** The operation as it is without any trouble. */
export async function undisturbedCourse(
  chaos: ChaosProgram,
  operation: Operation,
  beginning: Beginning,
  foreign: readonly string[],
): Promise<Course & ChaosResult> {
  chaos.begin(beginning);
  operation.change(chaos);
  await chaos.stack.newRun(jumpingClock());
  const failures = await chaos.up();
  const journal = chaos.journal();
  return {
    requests: journal.length,
    effects: journal.flatMap(({ method }, index) => (method === "GET" ? [] : [index])),
    wrong: [
      ...[...failures.values()].map(({ message }) => message),
      ...wrongAfterSuccess(chaos.observe()),
      ...wrongInJournal(chaos.observe(), begunWith(beginning), foreign),
    ],
    unknownToState: [],
  };
}

/** One case from its beginning to the day after the last overlap has ended. */
export async function runCase(
  chaos: ChaosProgram,
  one: ChaosCase,
  operation: Operation,
  beginning: Beginning,
  course: Course,
  foreign: readonly string[],
): Promise<ChaosResult> {
  const { stack } = chaos;
  const wrong: string[] = [];
  chaos.begin(beginning);
  operation.change(chaos);

  const death = await disturb(chaos, one, course);
  const disturbed = chaos.up();
  if (death === null) {
    const failures = await disturbed;
    wrong.push(...silentlyOpen(chaos.observe(), failures));
  } else {
    await Promise.race([disturbed, death.stopped]);
  }
  const orphan = stack.context;
  const known = new Set(stack.snapshot().keys());

  followUps[one.followUp]?.(chaos);
  wrong.push(...(await untilItSucceeds(chaos, death !== null)));
  if (death !== null) {
    const effectsBefore = effectsOf(chaos);
    death.release();
    await disturbed;
    await orphan.connection.close();
    if (!death.came()) {
      wrong.push("the run never asked whether its engine is there");
    }
    if (effectsOf(chaos) !== effectsBefore) {
      wrong.push("the orphan went on after its engine was gone");
    }
  }
  const unknownToState = leftUnknown(chaos, one, known);
  const isUnknown = (sentence: string) => unknownToState.some((thumbprint) => sentence.startsWith(thumbprint));
  wrong.push(...wrongAfterSuccess(chaos.observe()).filter((sentence) => !isUnknown(sentence)));

  stack.emulator.misbehave([]);
  chaos.at(new Date(stack.clock.now.getTime() + overlapAndADayMs));
  wrong.push(...(await untilItSucceeds(chaos, false)));
  wrong.push(...wrongAfterSuccess(chaos.observe()).filter((sentence) => !isUnknown(sentence)));
  for (const [name, present] of byLineage(chaos.observe())) {
    const left = present.filter(
      (thumbprint) => thumbprint !== stack.stored(name)?.["thumbprint"] && !unknownToState.includes(thumbprint),
    );
    wrong.push(...left.map((thumbprint) => `${thumbprint} of ${name} outlives its overlap`));
  }
  wrong.push(...wrongInJournal(chaos.observe(), begunWith(beginning), foreign));
  const there = chaos.registered();
  wrong.push(...foreign.filter((one) => !there.includes(one)).map((one) => `the foreign ${one} is gone`));
  return { wrong: [...new Set(wrong)], unknownToState };
}

async function untilItSucceeds(chaos: ChaosProgram, besideAnother: boolean): Promise<readonly string[]> {
  const wrong: string[] = [];
  let failures: ReadonlyMap<string, Error> = new Map();
  for (let run = 0; run < runsToSucceed; run++) {
    if (besideAnother && run === 0) {
      chaos.stack.startRun(jumpingClock());
    } else {
      await chaos.stack.newRun(jumpingClock());
    }
    failures = await chaos.up();
    wrong.push(...silentlyOpen(chaos.observe(), failures));
    if (failures.size === 0) {
      return wrong;
    }
  }
  return [...wrong, ...[...failures].map(([name, { message }]) => `${name} does not recover: ${message}`)];
}

interface Death {
  /** The dying run has come to where it does nothing more. */
  readonly stopped: Promise<void>;
  /** Lets the orphan go on. */
  readonly release: () => void;
  /** Whether the run ever came to the effect at which it was to die. */
  readonly came: () => boolean;
}

/** Begins the run of the operation, with what is to go wrong in it. */
async function disturb(chaos: ChaosProgram, one: ChaosCase, course: Course): Promise<Death | null> {
  const { stack } = chaos;
  if (one.kind === "faults") {
    const script = one.at.map(({ fault, request }, index): Fault => {
      const action = faults[fault];
      if (action === undefined) {
        throw new TypeError(`${fault} is no fault`);
      }
      // A request that meets one fault is not counted by those after it in the script.
      return { match: chaos.plane.disturbs, skip: request - index, do: action(stack.clock.now) };
    });
    await stack.newRun(jumpingClock());
    stack.emulator.misbehave(script);
    return null;
  }
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let effects = 0;
  await stack.newRun({
    ...jumpingClock(),
    beforeEffect: async () => {
      const isLast = effects === one.effect;
      const isDead = effects > one.effect || (isLast && one.kind === "killBefore");
      effects++;
      if (isLast) {
        stack.die(run);
      }
      if (isDead) {
        if (one.kind === "orphan") {
          stop();
          await released;
        }
        throw new Error("the engine is gone");
      }
    },
  });
  const run = stack.context;
  const request = course.effects[one.effect];
  if (one.kind === "killAfter" && request !== undefined) {
    stack.emulator.misbehave([{ match: chaos.plane.disturbs, skip: request, do: { kind: "reset", when: "after" } }]);
  }
  return { stopped, release, came: () => effects > one.effect };
}

/** A first create that died after its upload leaves no state; once the link is out of the program, nothing looks there again. */
function leftUnknown(chaos: ChaosProgram, one: ChaosCase, known: ReadonlySet<string>): readonly string[] {
  const uploadedThenDied = one.kind === "killAfter" || one.kind === "orphan";
  if (!uploadedThenDied || (one.followUp !== "removed" && one.followUp !== "destroy")) {
    return [];
  }
  const created = chaos.epochs[1]?.links ?? {};
  return Object.entries(created)
    .filter(([link]) => !known.has(link))
    .flatMap(([, name]) => byLineage(chaos.observe()).get(name) ?? []);
}

function begunWith({ certificates, stored }: Beginning): Parameters<typeof wrongInJournal>[1] {
  return {
    registered: certificates.map((der) => thumbprintOf(der)),
    stored: new Map([...stored].map(([name, { outputs }]) => [name, outputs])),
  };
}

function effectsOf(chaos: ChaosProgram): number {
  return chaos.journal().filter(({ method }) => method !== "GET").length;
}

/** Waiting takes no time, and the time that was waited has passed all the same. */
function jumpingClock(): Partial<Ports> {
  let jumpedMs = 0;
  return {
    monotonicMs: () => performance.now() + jumpedMs,
    sleep: async (milliseconds, signal) => {
      signal.throwIfAborted();
      jumpedMs += milliseconds;
    },
  };
}
