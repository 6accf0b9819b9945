import { LocalEngineError, messageOf } from "../errors";
import type { ProviderClient } from "../processes/providerClient";
import { requireServed } from "../providers";
import type { Run } from "../run";
import { Slots } from "../slots";
import type { ResourceState } from "../state/deployment";
import { packageOf, stackType, typeOf } from "../urn";
import type { Properties } from "../values";
import { deleteUnwanted } from "./deletions";
import { Executor, type StepResult } from "./executor";
import type { Goal } from "./goal";
import type { Plan } from "./plan";
import { Planner, RefusedError } from "./planner";

/** The run is stopping: whoever asks gets no answer any more. */
export class StoppedError extends Error {}

/** What a program asks to be read, not managed (`Resource.get`). */
export interface ReadGoal {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly id: string;
  readonly provider: string;
  readonly version: string;
  readonly properties: Properties;
  readonly dependencies: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
}

/** Everything one program registers in one run, from the first registration to the deletions at the end. */
export class ProgramDeployment {
  readonly #run: Run;
  readonly #planner: Planner;
  readonly #executor: Executor;
  // Providers are promised that check and diff come one at a time.
  readonly #planning = new Slots(1);
  readonly #failed = new Set<string>();
  #stack: { urn: string; oldOutputs: Properties; outputs: Properties | undefined } | undefined;

  constructor(run: Run) {
    this.#run = run;
    this.#planner = new Planner(run);
    this.#executor = new Executor(run);
  }

  /** @throws StoppedError where the run is stopping */
  async register(goal: Goal): Promise<StepResult> {
    this.#requireGoing();
    if (goal.type === stackType) {
      const urn = this.#planner.urnOf(goal);
      this.#stack = { urn, oldOutputs: this.#planner.findOld(urn)?.resource.outputs ?? {}, outputs: undefined };
    }
    const urn = this.#planner.urnOf(goal);
    let plan = await this.#planned(urn, () => this.#planner.plan(goal));
    if (plan?.kind === "import") {
      const taking = plan;
      const imported = await this.#inItsTurn(() => this.#executor.import(taking));
      plan = imported && (await this.#planned(urn, () => this.#planner.planImported(goal, imported)));
      if (imported !== undefined && plan?.kind === "same") {
        return { kind: "success", resource: imported.resource };
      }
    }
    const next = plan;
    const result: StepResult =
      next === undefined ? { kind: "failed", urn } : await this.#inItsTurn(() => this.#executor.execute(next));
    if (result.kind === "failed") {
      this.#failed.add(result.urn);
      this.#requireGoing();
    }
    return result;
  }

  /** @returns nothing where it is refused, which has been told */
  async #planned<P extends Plan>(urn: string, plan: () => Promise<P>): Promise<P | undefined> {
    return this.#planning.run(async () => {
      this.#requireGoing();
      try {
        return await plan();
      } catch (error) {
        this.#run.progress.fail(error instanceof RefusedError ? undefined : messageOf(error), urn);
        return undefined;
      }
    });
  }

  async #inItsTurn<T>(step: () => Promise<T>): Promise<T> {
    return this.#run.slots.run(async () => {
      this.#requireGoing();
      return step();
    });
  }

  registerOutputs(urn: string, outputs: Properties): void {
    this.#requireGoing();
    if (typeOf(urn) === stackType) {
      if (this.#stack !== undefined) {
        this.#stack.outputs = outputs;
      }
    } else {
      this.#executor.setOutputs(urn, outputs);
    }
  }

  /** Reads a resource that this stack does not manage, and remembers it as external. */
  async read(goal: ReadGoal): Promise<ResourceState> {
    this.#requireGoing();
    requireServed(packageOf(goal.type));
    const urn = this.#planner.urnOf(goal);
    const provider = await this.#planning.run(async () => {
      const old = this.#planner.findOld(urn);
      if (old !== undefined && old.resource.external !== true) {
        throw new LocalEngineError(`${urn} is managed by this stack and can't be read as somebody else's. Rename one.`);
      }
      return this.#planner.provider(goal);
    });
    const next: ResourceState = {
      urn,
      custom: true,
      id: goal.id,
      type: goal.type,
      inputs: goal.properties,
      parent: goal.parent,
      external: true,
      dependencies: goal.dependencies,
      provider: provider.reference,
      additionalSecretOutputs: goal.additionalSecretOutputs,
    };
    return this.#run.slots.run(() => this.#executor.read(next, this.#planner.claim(urn), provider.client));
  }

  /** Calls a function of the plugin's package. Done in previews as well: functions change nothing. */
  async invoke(goal: {
    readonly token: string;
    readonly provider: string;
    readonly version: string;
    readonly args: Properties;
  }): ReturnType<ProviderClient["invoke"]> {
    this.#requireGoing();
    requireServed(packageOf(goal.token));
    const { client } = await this.#planning.run(() => this.#planner.provider({ ...goal, type: goal.token }));
    return client.invoke(goal.token, goal.args);
  }

  /**
   * What is left once the program has ended: what it did not register is deleted. A program that failed may not have come
   * to what it wants, so nothing is deleted then.
   */
  async finish(programEndedWell: boolean): Promise<void> {
    if (programEndedWell && !this.#run.progress.stopped.aborted) {
      await deleteUnwanted(this.#run, this.#executor, (urn) => this.#planner.wasSeen(urn), this.#failed);
    }
  }

  /** Writes the stack's outputs; after a failure, those that are missing keep their old values. */
  finishOutputs(): Properties {
    if (this.#stack?.outputs === undefined) {
      return this.#stack?.oldOutputs ?? {};
    }
    const { urn, oldOutputs, outputs } = this.#stack;
    const final = this.#run.progress.outcome === "succeeded" ? outputs : { ...oldOutputs, ...outputs };
    this.#executor.setOutputs(urn, final);
    return final;
  }

  #requireGoing(): void {
    if (this.#run.progress.stopped.aborted) {
      throw new StoppedError("The run is stopping.");
    }
  }
}
