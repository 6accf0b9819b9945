import { LocalEngineError, messageOf } from "../errors";
import type { StepOp } from "../events";
import type { Outcome, ProviderClient } from "../processes/providerClient";
import type { Run } from "../run";
import type { OperationType, ResourceState } from "../state/deployment";
import type { Change } from "../state/snapshot";
import { markSecretOutputs, type Properties, unknown } from "../values";
import type { ImportPlan, Lifecycle, StepPlan } from "./plan";
import { providerOf } from "./providerResources";
import { type Entry, targetOf } from "./resources";

/** How one registration ended: what the program is told. */
export type StepResult =
  | { readonly kind: "success"; readonly resource: ResourceState; readonly unknown?: boolean }
  | { readonly kind: "failed"; readonly urn: string };

type PlanOf<K extends StepPlan["kind"]> = Extract<StepPlan, { kind: K }>;

/** Carries plans out: calls the provider, and records what it answered before anybody else learns of it. */
export class Executor {
  readonly #run: Run;
  readonly #written = new Map<string, number>();

  constructor(run: Run) {
    this.#run = run;
  }

  async execute(plan: StepPlan): Promise<StepResult> {
    switch (plan.kind) {
      case "create":
        return this.#create(plan, "create");
      case "same":
        return this.#same(plan);
      case "update":
        return this.#update(plan);
      case "replace":
        return this.#replace(plan);
      case "untargeted":
        return this.#keep(plan);
      case "skipCreate":
        return { kind: "success", resource: plan.next, unknown: true };
    }
  }

  /** Gives a registered component, or the stack, the outputs that its program told at the end of its construction. */
  setOutputs(urn: string, outputs: Properties): void {
    const entry = this.#written.get(urn);
    const resource = entry === undefined ? undefined : this.#run.state.get(entry);
    if (entry !== undefined && resource !== undefined) {
      this.#run.state.record([{ kind: "put", entry, resource: { ...resource, outputs } }]);
    }
  }

  async #create(plan: PlanOf<"create">, op: "create" | "create-replacement", old?: Entry): Promise<StepResult> {
    const { next, client } = plan;
    const end = this.#run.progress.begin(op, next);
    const { dryRun: preview } = this.#run;
    const timeoutSeconds = next.customTimeouts?.["create"] ?? 0;
    const outcome = await this.#call("creating", next, client, end, async () => {
      if (client === undefined) {
        return { id: "", outputs: {}, inputs: undefined, initErrors: [] };
      }
      const created = await client.create(targetOf(next), next.inputs ?? {}, { timeoutSeconds, preview });
      if (created.id === "" && !preview) {
        throw new Error("The provider did not return an id from create.");
      }
      return created;
    });
    if (outcome === undefined) {
      return { kind: "failed", urn: next.urn };
    }
    const now = this.#run.now().toISOString();
    const resource = this.#finished({ ...next, created: now, modified: now }, outcome);
    this.#record(resource, outcome, [
      ...(old === undefined
        ? []
        : [{ kind: "put", entry: old.entry, resource: { ...old.resource, delete: true } } as const]),
    ]);
    return this.#conclude(resource, outcome, end);
  }

  #same({ old, next }: PlanOf<"same">): StepResult {
    const end = this.#run.progress.begin("same", next);
    const resource: ResourceState = {
      ...next,
      ...(old.resource.id !== undefined && { id: old.resource.id }),
      outputs: markSecretOutputs(old.resource.outputs ?? {}, next.inputs ?? {}, next.additionalSecretOutputs ?? []),
    };
    this.#put(resource, [{ kind: "remove", entry: old.entry }]);
    end("done");
    return { kind: "success", resource };
  }

  async #update({ old, next, client, details }: PlanOf<"update">): Promise<StepResult> {
    const { dryRun: preview } = this.#run;
    const end = this.#run.progress.begin("update", next, details);
    const id = old.resource.id ?? "";
    const state = {
      id,
      oldInputs: old.resource.inputs ?? {},
      oldOutputs: old.resource.outputs ?? {},
      news: next.inputs ?? {},
      ignoreChanges: [...(next.ignoreChanges ?? [])],
    };
    const timeoutSeconds = next.customTimeouts?.["update"] ?? 0;
    const outcome = await this.#call("updating", { ...next, id }, client, end, async () =>
      client === undefined
        ? { id: "", outputs: old.resource.outputs ?? {}, inputs: undefined, initErrors: [] }
        : client.update(targetOf(next), state, { timeoutSeconds, preview }),
    );
    if (outcome === undefined) {
      return { kind: "failed", urn: next.urn };
    }
    // As Pulumi does: what the provider recorded in the outputs counts, and the next diff still sees the old inputs.
    const inputs = outcome.initErrors.length > 0 ? (old.resource.inputs ?? {}) : (next.inputs ?? {});
    const modified = next.custom ? this.#run.now().toISOString() : next.modified;
    const finished = this.#finished({ ...next, ...(modified && { modified }) }, { ...outcome, id });
    const resource: ResourceState = { ...finished, inputs };
    this.#record(resource, outcome, [{ kind: "remove", entry: old.entry }]);
    return this.#conclude(resource, outcome, end);
  }

  async #replace({ old, next, client, deleteFirst }: PlanOf<"replace">): Promise<StepResult> {
    let oldNow: Entry = old;
    if (deleteFirst && old.resource.pendingReplacement !== true) {
      if (!(await this.deleteResource("delete-replaced", old, { pendingReplacement: true }))) {
        return { kind: "failed", urn: next.urn };
      }
      oldNow = { ...old, resource: { ...old.resource, pendingReplacement: true } };
    }
    if (this.#run.progress.stopped.aborted) {
      return { kind: "failed", urn: next.urn };
    }
    const gone = deleteFirst || oldNow.resource.pendingReplacement === true;
    const created = await this.#create(
      { kind: "create", next, client },
      "create-replacement",
      gone ? undefined : oldNow,
    );
    if (gone && this.#written.has(next.urn)) {
      this.#run.state.record([{ kind: "remove", entry: oldNow.entry }]);
    }
    if (created.kind === "success") {
      this.#run.progress.begin("replace", next)("done");
    }
    return created;
  }

  /** Takes over what exists already, as it is; what the program says otherwise is an update that comes after it. */
  async import({ next, id, client }: ImportPlan): Promise<Entry | undefined> {
    const { progress, now } = this.#run;
    const end = progress.begin("import", next);
    try {
      const found = await client.read(targetOf(next), id, {}, {});
      if (found.id === "" || found.inputs === undefined) {
        throw new LocalEngineError(`There is no ${next.type} with the id ${id}.`);
      }
      const moment = now().toISOString();
      const there = { ...next, inputs: found.inputs, created: moment, modified: moment };
      const resource = this.#finished(there, found);
      const entry = this.#put(resource, []);
      end("done");
      return { entry, resource };
    } catch (error) {
      end("failed");
      progress.fail(`Import failed: ${messageOf(error)}`, next.urn);
      return undefined;
    }
  }

  /** Reads a resource that this stack does not manage. Done in previews as well: reading changes nothing. */
  async read(next: ResourceState, old: Entry | undefined, client: ProviderClient): Promise<ResourceState> {
    const end = this.#run.progress.begin("read", next);
    try {
      const inputs = next.inputs ?? {};
      const outcome =
        next.id === unknown ? undefined : await client.read(targetOf(next), next.id ?? "", inputs, inputs);
      if (outcome?.id === "") {
        throw new LocalEngineError(`There is no ${next.type} with the id ${next.id}.`);
      }
      const resource: ResourceState = {
        ...next,
        id: outcome?.id ?? unknown,
        outputs: markSecretOutputs(outcome?.outputs ?? {}, inputs, next.additionalSecretOutputs ?? []),
        initErrors: outcome?.initErrors ?? [],
      };
      this.#put(resource, old === undefined ? [] : [{ kind: "remove", entry: old.entry }]);
      end("done");
      return resource;
    } catch (error) {
      end("failed");
      this.#run.progress.fail(`Read failed: ${messageOf(error)}`, next.urn);
      throw error;
    }
  }

  #keep({ old, before }: PlanOf<"untargeted">): StepResult {
    for (const { entry, resource } of [...before, old]) {
      // It may have been kept already, as somebody's dependency.
      if (!this.#written.has(resource.urn)) {
        const end = this.#run.progress.begin("same", resource);
        this.#put(resource, [{ kind: "remove", entry }]);
        end("done");
      }
    }
    return { kind: "success", resource: old.resource };
  }

  /**
   * Deletes one resource of the state, or records that it is gone.
   * @param keepAs the entry stays, with these fields: its replacement is about to be made
   * @returns whether it is gone
   */
  async deleteResource(
    op: "delete" | "delete-replaced" | "discard",
    { entry, resource }: Entry,
    keepAs?: { readonly pendingReplacement: true },
    skipProvider = false,
  ): Promise<boolean> {
    const { state, progress } = this.#run;
    const end = progress.begin(op, resource);
    if (op === "delete" && resource.protect === true) {
      end("failed");
      // The others are still looked at: a person wants to hear of all protected resources at once.
      progress.failLater();
      const todo = "Set protect: false in the program and run up first.";
      progress.tell("error", `${resource.urn} can't be deleted because it is protected. ${todo}`, resource.urn);
      return false;
    }
    const isManaged = resource.custom && resource.external !== true && resource.retainOnDelete !== true;
    const reference = resource.provider ?? "";
    const outcome = await this.#call("deleting", resource, undefined, end, async () => {
      if (isManaged && reference !== "" && !skipProvider) {
        const client = await providerOf(this.#run, reference);
        const stored = { id: resource.id ?? "", inputs: resource.inputs ?? {}, outputs: resource.outputs ?? {} };
        await client.delete(targetOf(resource), stored, resource.customTimeouts?.["delete"] ?? 0);
      }
      return { id: "", outputs: {}, inputs: undefined, initErrors: [] };
    });
    if (outcome === undefined) {
      return false;
    }
    const change: Change =
      keepAs === undefined ? { kind: "remove", entry } : { kind: "put", entry, resource: { ...resource, ...keepAs } };
    state.record([...outcome.ended, change]);
    end("done");
    return true;
  }

  /**
   * Calls the provider between a pending operation and its end. In a preview, one that can't preview is not called, and the
   * inputs stand in for the outputs.
   */
  async #call(
    type: OperationType,
    resource: ResourceState,
    client: Lifecycle | undefined,
    end: (outcome: "done" | "failed") => void,
    call: () => Promise<Outcome>,
  ): Promise<(Outcome & { readonly ended: readonly Change[] }) | undefined> {
    const { state, progress, dryRun } = this.#run;
    if (dryRun && client?.previews !== true) {
      return {
        id: "",
        outputs: resource.custom ? (resource.inputs ?? {}) : {},
        inputs: undefined,
        initErrors: [],
        ended: [],
      };
    }
    const operation = resource.custom && !dryRun ? state.nextNumber() : undefined;
    const ended: readonly Change[] = operation === undefined ? [] : [{ kind: "end", operation }];
    try {
      if (operation !== undefined) {
        state.record([{ kind: "begin", operation, type, resource }]);
      }
      return { ...(await call()), ended };
    } catch (error) {
      end("failed");
      if (progress.killed) {
        // Nobody knows what the provider had done: the operation stays in the state as pending.
        return undefined;
      }
      state.record(ended);
      progress.fail(`${failures[type]} failed: ${messageOf(error)}`, resource.urn);
      return undefined;
    }
  }

  #finished(next: ResourceState, outcome: Outcome): ResourceState {
    return {
      ...next,
      id: outcome.id,
      outputs: markSecretOutputs(outcome.outputs, next.inputs ?? {}, next.additionalSecretOutputs ?? []),
      initErrors: outcome.initErrors,
    };
  }

  #record(resource: ResourceState, outcome: { readonly ended: readonly Change[] }, changes: readonly Change[]): void {
    this.#put(resource, [...outcome.ended, ...changes]);
  }

  #put(resource: ResourceState, changes: readonly Change[]): number {
    const entry = this.#run.state.nextNumber();
    this.#written.set(resource.urn, entry);
    this.#run.state.record([...changes, { kind: "put", entry, resource }]);
    return entry;
  }

  #conclude(
    resource: ResourceState,
    outcome: Outcome,
    end: (outcome: "done" | "failed", result?: StepOp) => void,
  ): StepResult {
    if (outcome.initErrors.length === 0) {
      end("done");
      return { kind: "success", resource };
    }
    end("failed");
    this.#run.progress.fail(
      `The resource exists but is not complete:\n${outcome.initErrors.map((reason) => `  * ${reason}`).join("\n")}`,
      resource.urn,
    );
    return { kind: "failed", urn: resource.urn };
  }
}

const failures: Readonly<Record<OperationType, string>> = {
  creating: "Create",
  updating: "Update",
  deleting: "Delete",
  reading: "Read",
};
