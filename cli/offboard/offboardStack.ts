import { LocalEngineError } from "../../local-engine/errors";
import { CancelledError, ConfigurationError } from "../../provider/errors";
import { listInWords } from "../../provider/rotation/wording";
import type { RunResult, StackRunner } from "../stackRunner/stackRunner";
import { closeLinks, openLinks } from "./closeLinks";
import type { Doors } from "./doors";
import { firstLine } from "./doors";
import { type HeldCertificate, type Holdings, isOf, mergeHoldings, whatPersonHeld } from "./holdings";
import { type KnownState, readKnownState } from "./knownState";
import { verdictOf } from "./previewVerdict";
import type { Course, OffboardReport } from "./report";
import { targetsOf } from "./targets";
import { visitDoors } from "./visitDoors";

export interface StackOffboarding {
  readonly runner: StackRunner;
  /** The stack's state before anything is done. */
  readonly before: KnownState;
  /** What that state and an earlier run know of the person. */
  readonly holdings: Holdings;
  readonly knownStates: readonly KnownState[];
  /** The way to the doors, as the providers of a state go there. */
  readonly doorsOf: (state: KnownState) => Doors;
  /** For the person who waits. */
  readonly say: (line: string) => void;
  readonly now: () => Date;
  /** Ends a run of the engine early; the doors are read all the same. */
  readonly signal: AbortSignal;
}

/**
 * Lets a person go in an order that nothing can hold up: their own links first, without the program; then the update, which
 * rotates what they shared; then every door is read again. Run twice, or after a kill, it ends in the same report.
 *
 * @throws ConfigurationError ERR_CONFIGURATION: the program still gives the person something, so nothing was done
 */
export async function offboardStack(work: StackOffboarding): Promise<OffboardReport> {
  const { runner, before, holdings, say } = work;
  const { person } = holdings;
  if (holdings.certificates.length === 0) {
    return readDoors(work, holdings, before, { update: "skipped", failures: new Map() });
  }

  say(`Previewing ${runner.stack} with ${runner.name}: does the program let ${person} go?`);
  const preview = await attempted(() => runner.preview({ say: () => {}, signal: work.signal }));
  if (work.signal.aborted) {
    throw new CancelledError({ what: "Cancelled: nothing was changed.", todo: "Run it again to go on." });
  }
  const { leaving, mayGo } = preview.succeeded ? decided(work, preview) : undecided(work, preview);

  await destroyOwn(work, leaving, mayGo);
  const between = await exportOr(before, work);
  const failures = await closeWhatIsLeft(work, leaving, between);

  const update = preview.succeeded && !work.signal.aborted ? await updated(work) : "skipped";
  const after = update === "skipped" ? between : await exportOr(between, work);

  say("3 of 3: reading every door.");
  return readDoors(work, mergeHoldings(holdings, whatPersonHeld([after.stack], person)), after, { update, failures });
}

/** Reads every door, and once more after what is theirs alone was taken off those that still accepted it. */
async function readDoors(
  work: StackOffboarding,
  holdings: Holdings,
  after: KnownState,
  { update, failures }: Pick<Course, "update" | "failures">,
): Promise<OffboardReport> {
  const { knownStates, now, say } = work;
  // What an update leaves in the state, the program asks for.
  const declared = new Set(
    update === "done" ? [...after.stack.certificates, ...after.stack.links].map(({ urn }) => urn) : [],
  );
  const doors = work.doorsOf(after);
  const look = (known: Course["failures"]) => {
    const course: Course = { update, removes: true, declared, failures: known };
    return visitDoors(doors, { holdings, states: [after], knownStates, course, now: now() });
  };
  try {
    const report = await look(failures);
    const unwanted = holdings.certificates.filter(({ urn }) => !declared.has(urn));
    const missed = openLinks(report, { ...holdings, certificates: unwanted }).filter(({ urn }) => !failures.has(urn));
    if (missed.length === 0) {
      return report;
    }
    // The state had forgotten them, or somebody registered them again.
    say(`Taking what is ${holdings.person}'s alone off the doors that still accept it.`);
    return await look(new Map([...failures, ...(await closeLinks(missed, doors))]));
  } finally {
    await doors.end();
  }
}

interface Decision {
  readonly leaving: readonly HeldCertificate[];
  /** Whether what depends on their links may be deleted with them. */
  readonly mayGo: (urn: string) => boolean;
}

function decided({ holdings, before }: StackOffboarding, preview: RunResult): Decision {
  const { stillDeclared, leaving } = verdictOf(holdings, preview, before.stack);
  if (stillDeclared.length > 0) {
    const things = stillDeclared.map(({ certificate, because }) => `${certificate} (${because})`);
    throw new ConfigurationError({
      what: `The program still gives ${holdings.person} ${listInWords(things)}, so the next update would open again what is closed now. Nothing was changed.`,
      todo: `Take ${holdings.person} out of the roster or the program first, and run this again.`,
    });
  }
  const going = new Set(preview.steps.filter(({ operation }) => operation === "delete").map(({ urn }) => urn));
  return { leaving, mayGo: (urn) => going.has(urn) };
}

/** Without a preview the state alone says what is theirs. What is closed stays so: there is no update that could open it. */
function undecided({ holdings, say }: StackOffboarding, preview: RunResult): Decision {
  say("The preview failed, so there is no update. What is theirs alone is closed all the same, as the state has it:");
  tell(preview, say);
  say(
    `Nobody knows whether the program still has ${holdings.person}: make sure before the next update, which would open these doors again.`,
  );
  return { leaving: holdings.certificates.filter(({ own }) => own), mayGo: isOfThisPackage };
}

function isOfThisPackage(urn: string): boolean {
  return /(azure-certificates:index|dynamic\/azure-certificates):\w+::/.test(urn);
}

async function destroyOwn(
  { runner, before, holdings, say, signal }: StackOffboarding,
  leaving: readonly HeldCertificate[],
  mayGo: (urn: string) => boolean,
): Promise<void> {
  const { targets, leftOut } = targetsOf(leaving, holdings, before, mayGo);
  if (targets.length === 0 && leftOut.length === 0) {
    say(`1 of 3: nothing in the state is ${holdings.person}'s alone.`);
    return;
  }
  say(`1 of 3: deleting what is ${holdings.person}'s alone (${targets.length} of the stack's resources).`);
  if (targets.length > 0) {
    const result = await attempted(() =>
      runner.destroy({ targets, continueOnError: true, say: indented(say), signal }),
    );
    if (!result.succeeded) {
      tell(result, say);
    }
  }
}

/** What the engine did not delete goes without it: the doors matter, the state can wait. */
async function closeWhatIsLeft(
  { holdings, doorsOf, say }: StackOffboarding,
  leaving: readonly HeldCertificate[],
  between: KnownState,
): Promise<ReadonlyMap<string, string>> {
  const stillThere = new Set(between.stack.links.map(({ urn }) => urn));
  const closing = holdings.links.filter(
    (link) => stillThere.has(link.urn) && leaving.some((certificate) => isOf(certificate, link)),
  );
  if (closing.length === 0) {
    return new Map();
  }
  const names = listInWords(closing.map(({ name }) => name));
  say(
    `The engine did not delete ${names}: taking their certificates off the doors without it. The next update that succeeds forgets them.`,
  );
  const doors = doorsOf(between);
  try {
    return await closeLinks(closing, doors);
  } finally {
    await doors.end();
  }
}

async function updated({ runner, say, signal }: StackOffboarding): Promise<Course["update"]> {
  say("2 of 3: the update, which rotates every certificate that they shared.");
  const result = await attempted(() => runner.up({ continueOnError: true, say: indented(say), signal }));
  if (result.succeeded) {
    return "done";
  }
  say("The update failed, and the doors say how far it came:");
  tell(result, say);
  return "failed";
}

/** A run that can't begin must not keep the doors from being closed, nor from being read. */
async function attempted(run: () => Promise<RunResult>): Promise<RunResult> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof LocalEngineError)) {
      throw error;
    }
    const changes = { same: 0, create: 0, update: 0, replace: 0, delete: 0 };
    return { succeeded: false, changes, steps: [], diagnostics: [error.message] };
  }
}

/** The newest state that can be had. */
async function exportOr(earlier: KnownState, { runner, say }: StackOffboarding): Promise<KnownState> {
  try {
    return readKnownState(await runner.export(), earlier.source);
  } catch (error) {
    say(`The state can't be exported again (${firstLine(error)}): the report goes by the one before.`);
    return earlier;
  }
}

function tell({ diagnostics }: RunResult, say: (line: string) => void): void {
  for (const text of diagnostics) {
    indented(say)(text.split("\n")[0] ?? "");
  }
}

function indented(say: (line: string) => void): (line: string) => void {
  return (line) => say(`  ${line}`);
}
