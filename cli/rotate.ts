import { Command, Option } from "commander";
import { messageOf } from "../local-engine/errors";
import { asOf } from "./asOf";
import { listenForInterrupts } from "./interrupts";
import { harmless, printError, printJson, printLine, printNote } from "./output";
import { decide, exitCodeOf, type RotationWishes, rotateExitCodes } from "./rotate/rotationDecision";
import { planRotation } from "./rotate/rotationPlan";
import {
  outcomeText,
  planText,
  type RotationOutcome,
  type RotationReport,
  rotationJson,
} from "./rotate/rotationReport";
import { parseStackExport } from "./stackExport";
import { openStack } from "./stackRunner/openStack";
import type { RunResult, StackRunner } from "./stackRunner/stackRunner";
import { withDependents } from "./stackRunner/withDependents";
import { type DueItem, whatIsDue } from "./whatIsDue";

interface RotateOptions {
  readonly stack?: string;
  readonly cwd: string;
  readonly local?: true;
  readonly apply?: true;
  readonly onlyDue?: true;
  readonly allowDeletes?: true;
  readonly json?: true;
}

const explanation = `
It previews the stack and tells what is due apart from everything else that the preview holds. The preview is Pulumi's, of
the program in this folder: what it needs there, as the passphrase or a login, it needs here. Where no Pulumi CLI is on PATH or
in PULUMI_HOME, the local engine takes its place, which speaks to the emulator on this machine only.

With --apply it runs the update, and looks at the state once more. Without anything due it runs none, whatever else the
preview holds. An update goes on with what does not depend on a resource that failed.

--only-due updates the due certificates and links and what depends on them (files with the key, and whatever else the
program gives it to), and touches nothing else. Without it the update is that of the whole program; it is refused if it would
delete or replace anything that is not a rotation, unless --allow-deletes says that somebody has looked at that.

Examples:
  $ azure-certificates rotate --stack prod                      what is due, and why
  $ azure-certificates rotate --stack prod --apply --only-due   in a schedule: nothing that nobody has reviewed
  $ AZURE_CERTIFICATES_AS_OF=2027-03-01T00:00:00Z azure-certificates rotate --stack prod   what would be due on that day

Exit codes:
  0    nothing is due; with --apply: everything that was due is done
  1    an error: nothing was changed. Also where --apply was refused
  2    something is due, and --apply was not given
  3    with --apply: the update failed, or something is still due after it`;

/** `azure-certificates rotate`: what is due by a preview of the stack; with `--apply`, done. */
export function rotateCommand(): Command {
  return new Command("rotate")
    .description("Preview a stack, say what is due and why, and with --apply carry it out.")
    .option("--stack <name>", "which stack (default: the one that Pulumi has selected in the folder)")
    .addOption(new Option("-C, --cwd <folder>", "the folder of Pulumi.yaml").default(process.cwd(), "here"))
    .option("--apply", "run the update")
    .option("--only-due", "update what is due and what depends on it, nothing else")
    .option("--allow-deletes", "with --apply: also where the update deletes or replaces something that is no rotation")
    .option("--local", "use the local engine, also where a Pulumi CLI is found; its default stack is dev")
    .option("--json", "print JSON instead of text")
    .addHelpText("after", explanation)
    .action(async (options: RotateOptions) => {
      const runner = await openStack(options, process.env);
      const moment = asOf(process.env["AZURE_CERTIFICATES_AS_OF"]);
      process.exitCode = await rotate(runner, options, () => moment ?? new Date());
    });
}

/** @returns how the command exits */
export async function rotate(
  runner: StackRunner,
  options: Omit<RotateOptions, "stack" | "cwd" | "local">,
  clock: () => Date,
): Promise<number> {
  const wishes: RotationWishes = {
    apply: options.apply ?? false,
    onlyDue: options.onlyDue ?? false,
    allowDeletes: options.allowDeletes ?? false,
  };
  const state = await runner.export();
  const now = clock();
  const { items, next } = dueIn(state, now);
  const preview = await runner.preview({ say: () => {} });
  if (!preview.succeeded) {
    printError(
      [`The preview of the stack ${runner.stack} failed: nothing was changed.`, ...preview.diagnostics].join("\n"),
    );
    return rotateExitCodes.error;
  }
  const plan = planRotation({ items, steps: preview.steps, withDependents: (urns) => withDependents(urns, state) });
  const decision = decide(plan, wishes);
  const report: RotationReport = { now, stack: runner.stack, engine: runner.name, plan, decision, wishes, next };
  if (!options.json) {
    printLine(planText(report));
  }
  const outcome = decision.kind === "apply" ? await apply(runner, decision.targets, clock) : null;
  const exitCode = exitCodeOf(
    decision,
    wishes,
    outcome && { succeeded: outcome.result.succeeded, stillDue: outcome.stillDue.length },
  );
  if (options.json) {
    printJson(rotationJson(report, outcome, exitCode));
  } else if (outcome !== null) {
    printLine(`\n${outcomeText(outcome)}`);
  }
  if (outcome !== null && outcome.result.diagnostics.length > 0) {
    printError(["Not everything went well:", ...outcome.result.diagnostics].join("\n"));
  }
  if (decision.kind === "refuse") {
    const names = decision.removals.map(({ operation, name }) => `  ${operation} ${name}`);
    printError(
      [
        "Refused: the update would take away what is no rotation. Nothing was changed. Look at the preview; then give --only-due to leave it as it is, or --allow-deletes if it is meant.",
        ...names,
      ].join("\n"),
    );
  }
  return exitCode;
}

async function apply(
  runner: StackRunner,
  targets: readonly string[] | null,
  clock: () => Date,
): Promise<RotationOutcome> {
  const interrupts = listenForInterrupts();
  try {
    const result = await runner.up({
      ...(targets !== null && { targets }),
      continueOnError: true,
      signal: interrupts.first,
      say: (line) => printNote(harmless(line)),
    });
    return await afterwards(runner, result, clock);
  } finally {
    interrupts.stop();
  }
}

/** The update has run: what goes wrong from here on must not look as if nothing had been changed. */
async function afterwards(runner: StackRunner, result: RunResult, clock: () => Date): Promise<RotationOutcome> {
  try {
    const { items, next } = dueIn(await runner.export(), clock());
    return { result, stillDue: items, next };
  } catch (error) {
    const unread = `Whether anything is still due is not known. ${messageOf(error)}`;
    const diagnostics = [...result.diagnostics, unread];
    return { result: { ...result, succeeded: false, diagnostics }, stillDue: [], next: null };
  }
}

function dueIn(state: string, now: Date): { readonly items: readonly DueItem[]; readonly next: DueItem | null } {
  const all = whatIsDue(parseStackExport(state), now);
  return { items: all.filter(({ date }) => date <= now), next: all.find(({ date }) => date > now) ?? null };
}
