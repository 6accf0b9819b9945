import { join } from "node:path";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { LocalEngineError, messageOf } from "./errors";
import type { EngineEvent, RunResult } from "./events";
import type { Child } from "./processes/childProcess";
import { exitCodeAlreadyReported, startProgram } from "./processes/programProcess";
import { Progress } from "./progress";
import { passphraseOf } from "./project/config";
import { requireLoopback } from "./project/loopback";
import { newEncryptionSalt } from "./project/passphrase";
import { readEncryptionSalt, readProject } from "./project/project";
import { dynamicPackage, Providers, pluginPackage } from "./providers";
import type { Run } from "./run";
import { engineService } from "./services/engineService";
import { monitorService } from "./services/monitorService";
import { startServer } from "./services/server";
import { Slots } from "./slots";
import { type Deployment, toDeployment } from "./state/deployment";
import {
  copyState,
  defaultStateFolder,
  readStackState,
  type StackFiles,
  type StackState,
  stackFiles,
  WritableState,
} from "./state/stackState";
import { deleteUnwanted } from "./steps/deletions";
import { ProgramDeployment } from "./steps/deployment";
import { Executor } from "./steps/executor";
import { refreshAll } from "./steps/refresh";
import { providedPackage } from "./urn";
import { mask, type Properties } from "./values";

export interface RunOptions {
  /** The folder of Pulumi.yaml. */
  readonly projectDirectory: string;
  readonly stack: string;
  /** Where the state is kept; default `.azure-certificates` in the project's folder. */
  readonly stateDirectory?: string | undefined;
  /** The moment that providers and program take as now (`AZURE_CERTIFICATES_AS_OF`). */
  readonly asOf?: Date | undefined;
  /** Variables for program and providers; they win over this process's own. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Configuration that wins over the stack's file; `name` means `<project>:name`. */
  readonly config?: Readonly<Record<string, string>> | undefined;
  /** Go on with what does not depend on a resource that failed. */
  readonly continueOnError?: boolean | undefined;
  /** Change only these URNs. */
  readonly targets?: readonly string[] | undefined;
  /** Read every resource first, as `options: {refresh: always}` in Pulumi.yaml does. */
  readonly refresh?: boolean | undefined;
  /** How many resources are created, updated, deleted or read at once; default 16. */
  readonly parallel?: number | undefined;
  /** The first abort lets running steps finish and saves; {@link RunOptions.kill} does not wait. */
  readonly signal?: AbortSignal | undefined;
  /** Ends all processes at once. What was under way stays in the state as a pending operation. */
  readonly kill?: AbortSignal | undefined;
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
}

const defaultParallel = 16;
const programGraceMs = 5_000;

/** What an update would do. Changes nothing, writes nothing. */
export function preview(options: RunOptions): Promise<RunResult> {
  return start(options, "preview", runProgram);
}

/** Makes the world as the program says. */
export function up(options: RunOptions): Promise<RunResult> {
  return start(options, "up", runProgram);
}

/** Makes the state as the world is. Runs no program. */
export function refresh(options: RunOptions): Promise<RunResult> {
  return start(options, "refresh", async ({ run }) => {
    await refreshAll(run);
    return stackOutputs(run.state);
  });
}

/** Deletes everything the state holds. Runs no program. */
export function destroy(options: RunOptions): Promise<RunResult> {
  return start(options, "destroy", async ({ run }) => {
    await deleteUnwanted(run, new Executor(run), () => false, new Set());
    return {};
  });
}

/**
 * The state, in the form of `pulumi stack export --show-secrets`: with all secrets in plain text. `pulumi stack import`
 * takes it if it names a passphrase to encrypt them with: that of the stack's file, or else of the environment.
 */
export function exportStack(
  options: Pick<RunOptions, "projectDirectory" | "stack" | "stateDirectory" | "environment">,
): Deployment {
  const { version, deployment } = toDeployment(readStackState(filesOf(options)), new Date());
  const passphrase = passphraseOf({ ...process.env, ...options.environment });
  const salt =
    readEncryptionSalt(options.projectDirectory, options.stack) ??
    (passphrase === undefined ? undefined : newEncryptionSalt(passphrase));
  if (salt === undefined) {
    return { version, deployment };
  }
  const { manifest, ...rest } = deployment;
  return { version, deployment: { manifest, secrets_providers: { type: "passphrase", state: { salt } }, ...rest } };
}

interface Started {
  readonly run: Run;
  readonly options: RunOptions;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Gives the run a state that begins where the last one ended. */
  readonly restate: () => Run;
  readonly serve: (deployment: ProgramDeployment) => Promise<string>;
}

/** @throws LocalEngineError where the run can't start; what goes wrong later is in the result */
async function start(
  options: RunOptions,
  kind: "preview" | "up" | "refresh" | "destroy",
  work: (started: Started) => Promise<Properties>,
): Promise<RunResult> {
  const dryRun = kind === "preview";
  const environment = environmentOf(options);
  const project = readProject({
    projectDirectory: options.projectDirectory,
    stack: options.stack,
    overrides: options.config ?? {},
    environment,
  });
  requireLoopback((key) => project.config.get(key)?.text, environment);
  const progress = new Progress({
    onEvent: options.onEvent ?? (() => {}),
    now: () => new Date(),
    continueOnError: options.continueOnError ?? false,
  });
  const files = filesOf(options);
  const writable = dryRun ? undefined : new WritableState(files, () => new Date());
  const state = writable?.state ?? copyState(readStackState(files));
  const server = await startServer([{ definition: EngineService, handlers: engineService(progress) }]);
  const providers = new Providers({ project, engineAddress: server.address, environment, progress });
  const servers = [server];
  const run: Run = {
    project,
    dryRun,
    continueOnError: options.continueOnError ?? false,
    targets: new Set(options.targets ?? []),
    now: () => new Date(),
    state,
    providers,
    slots: new Slots(Math.max(1, options.parallel ?? defaultParallel)),
    progress,
  };
  const onAbort = (): void => {
    progress.cancel();
    void providers.cancel();
  };
  const onKill = (): void => {
    progress.kill();
    providers.kill();
  };
  if (options.signal?.aborted === true) {
    onAbort();
  }
  options.signal?.addEventListener("abort", onAbort);
  options.kill?.addEventListener("abort", onKill);
  let outputs: Properties = {};
  try {
    takeOverPendingOperations(run, kind === "refresh");
    outputs = await work({
      run,
      options,
      environment,
      restate: () => ({ ...run, state: writable?.fold() ?? copyState(run.state.content()) }),
      serve: async (deployment) => {
        const both = await startServer([
          { definition: EngineService, handlers: engineService(progress) },
          { definition: ResourceMonitorService, handlers: monitorService(deployment, progress) },
        ]);
        servers.push(both);
        return both.address;
      },
    });
  } catch (error) {
    progress.fail(error instanceof LocalEngineError ? error.message : `${messageOf(error)}\n${stackOf(error)}`);
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    await providers.stop();
    options.kill?.removeEventListener("abort", onKill);
    for (const each of servers) {
      each.close();
    }
    close(writable, progress);
  }
  return {
    succeeded: progress.outcome === "succeeded",
    outcome: progress.outcome,
    steps: progress.steps,
    failedSteps: progress.failedSteps,
    diagnostics: progress.diagnostics,
    changes: progress.changes,
    outputs: Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, mask(value)])),
  };
}

function endOf(code: number | null): string {
  return code === null ? "The program was ended by a signal." : `The program ended with exit code ${code}.`;
}

/** A state that can't be written fails the run, whatever else came of it; its journal stays and says what was done. */
function close(writable: WritableState | undefined, progress: Progress): void {
  try {
    writable?.close();
  } catch (error) {
    if (!(error instanceof LocalEngineError)) {
      throw error;
    }
    progress.fail(error.message);
  }
}

async function runProgram({ run: first, options, environment, restate, serve }: Started): Promise<Properties> {
  let run = first;
  if (options.refresh === true || run.project.refreshAlways) {
    await refreshAll(run);
    if (run.progress.outcome !== "succeeded") {
      return stackOutputs(run.state);
    }
    run = { ...restate(), progress: run.progress };
    run.progress.forgetChanges();
  }
  const deployment = new ProgramDeployment(run);
  const address = await serve(deployment);
  run.providers.warmUp(expectedPackage(run));
  const program = startProgram({
    project: run.project,
    address,
    dryRun: run.dryRun,
    parallel: options.parallel ?? defaultParallel,
    environment,
    onLine: (line, stream) => run.progress.tell(stream === "stderr" ? "info#err" : "info", line),
  });
  const kill = (): void => program.kill();
  options.kill?.addEventListener("abort", kill);
  const code = await ended(program, run);
  options.kill?.removeEventListener("abort", kill);
  // Steps that were running when the run was stopped are finished before anything is saved.
  await run.slots.idle();
  if (code !== 0 && !run.progress.stopped.aborted) {
    run.progress.fail(code === exitCodeAlreadyReported ? undefined : endOf(code));
  }
  await deployment.finish(code === 0);
  return deployment.finishOutputs();
}

/** The exit code of the program, which is ended when the run is stopped and it does not end by itself. */
async function ended(program: Child, run: Run): Promise<number | null> {
  const { stopped } = run.progress;
  const onStop = (): void => {
    void run.slots.idle().then(() => program.stop(programGraceMs));
  };
  if (stopped.aborted) {
    onStop();
  }
  stopped.addEventListener("abort", onStop);
  try {
    return await program.ended;
  } finally {
    stopped.removeEventListener("abort", onStop);
  }
}

/**
 * What a run that did not end had begun. Updates and deletions are repeated if they are still wanted; a creation may have
 * left something behind that no state knows, so it is named until a refresh.
 */
function takeOverPendingOperations(run: Run, forgetAll: boolean): void {
  for (const { type, resource, operation } of run.state.pendingOperations()) {
    const todo = forgetAll
      ? "It is forgotten now."
      : "Look whether it is there, remove it if this program does not know it, and run refresh.";
    if (type === "creating") {
      run.progress.tell(
        "warning",
        `A run that was ended at once was creating this resource: nobody knows whether it exists. ${todo}`,
        resource.urn,
      );
    }
    if (forgetAll || type !== "creating") {
      run.state.record([{ kind: "end", operation }]);
    }
  }
}

/** Which provider the program will most likely need: the one that served it last, or that its project names. */
function expectedPackage({ state, project }: Run): string {
  const served = state.entries().map(({ resource }) => providedPackage(resource.type));
  const fallback = project.pluginFolders.has(pluginPackage) ? pluginPackage : dynamicPackage;
  return served.find((packageName) => packageName !== "") ?? fallback;
}

function stackOutputs(state: StackState): Properties {
  return state.entries().find(({ resource }) => resource.type === "pulumi:pulumi:Stack")?.resource.outputs ?? {};
}

function filesOf(options: Pick<RunOptions, "projectDirectory" | "stack" | "stateDirectory">): StackFiles {
  return stackFiles(options.stateDirectory ?? join(options.projectDirectory, defaultStateFolder), options.stack);
}

function environmentOf(options: RunOptions): Record<string, string | undefined> {
  return {
    ...process.env,
    ...options.environment,
    ...(options.asOf !== undefined && { AZURE_CERTIFICATES_AS_OF: wholeSeconds(options.asOf) }),
  };
}

function wholeSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? "") : "";
}
