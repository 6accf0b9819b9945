import { LocalEngineError } from "../errors";
import type { Diff } from "../processes/providerClient";
import type { Run } from "../run";
import type { ResourceState } from "../state/deployment";
import { defaultProviderUrn, isProviderType, makeUrn, nameOf, packageOf, stackType } from "../urn";
import { changedKeys, type Properties } from "../values";
import type { Goal } from "./goal";
import type { ImportPlan, Lifecycle, Plan, StepPlan } from "./plan";
import { covers, parsePath, putBack } from "./propertyPath";
import { providerLifecycle, providerOf, type RegisteredProvider, registerDefaultProvider } from "./providerResources";
import { type Entry, referencesOf, targetOf } from "./resources";

/** A registration that was refused; the reasons have been told. */
export class RefusedError extends LocalEngineError {}

/** Decides what happens to each resource that a program registers. One registration at a time. */
export class Planner {
  readonly #run: Run;
  readonly #olds = new Map<string, Entry>();
  /** URNs that need no deletion at the end: registered in this run, or renamed to one that was. */
  readonly #seen = new Set<string>();
  readonly #registered = new Set<string>();
  readonly #skippedCreates = new Set<string>();
  /** By URN. */
  readonly #defaultProviders = new Map<string, Promise<RegisteredProvider>>();

  constructor(run: Run) {
    this.#run = run;
    for (const entry of run.state.entries()) {
      if (entry.resource.delete !== true) {
        this.#olds.set(entry.resource.urn, entry);
      }
    }
  }

  wasSeen(urn: string): boolean {
    return this.#seen.has(urn);
  }

  urnOf(goal: Pick<Goal, "parent" | "type" | "name">): string {
    const { project } = this.#run;
    return makeUrn(project.stack, project.name, goal.parent, goal.type, goal.name);
  }

  async plan(goal: Goal): Promise<Plan> {
    const urn = this.urnOf(goal);
    if (this.#registered.has(urn)) {
      this.#refuse(urn, `Two resources have the same type, parent and name: ${urn}. Give one of them another name.`);
    }
    this.#registered.add(urn);
    const old = this.#findOld(urn, goal.aliases);
    this.#seen.add(urn);
    const { reference, client } = await this.#servedBy(goal);
    const next = this.#nextState(urn, goal, old, reference);
    if (!this.#isTargeted(next)) {
      return this.#planUntargeted(urn, next, old);
    }
    this.#refuseSkippedDependencies(next);
    if (goal.importId !== "" && old?.resource.id !== goal.importId) {
      return this.#planImport(goal, old, next);
    }
    const inputs = await this.#check(next, goal.properties, old, goal.ignoreChanges, client);
    const checked: ResourceState = { ...next, inputs };
    if (old === undefined || old.resource.external === true) {
      return { kind: "create", next: checked, client };
    }
    return this.#planExisting(goal, old, checked, client);
  }

  /** What has been imported is treated as any other resource from then on. */
  async planImported(goal: Goal, imported: Entry): Promise<StepPlan> {
    const { reference, client } = await this.#servedBy(goal);
    const next = this.#nextState(imported.resource.urn, goal, imported, reference);
    const inputs = await this.#check(next, goal.properties, imported, goal.ignoreChanges, client);
    return this.#planExisting(goal, imported, { ...next, inputs }, client);
  }

  /** The provider that the program chose for a resource or a function, or the default one, registered when it is first needed. */
  async provider(wanted: Pick<Goal, "type" | "provider" | "version">): Promise<RegisteredProvider> {
    if (wanted.provider !== "") {
      return { reference: wanted.provider, client: await providerOf(this.#run, wanted.provider) };
    }
    const { project } = this.#run;
    const packageName = packageOf(wanted.type);
    const urn = defaultProviderUrn(project.stack, project.name, packageName, wanted.version);
    this.#seen.add(urn);
    const provider =
      this.#defaultProviders.get(urn) ??
      registerDefaultProvider(this.#run, { packageName, version: wanted.version }, this.#olds.get(urn));
    this.#defaultProviders.set(urn, provider);
    return provider;
  }

  async #servedBy(goal: Goal): Promise<{ readonly reference: string; readonly client: Lifecycle | undefined }> {
    if (!goal.custom) {
      return { reference: "", client: undefined };
    }
    return isProviderType(goal.type)
      ? { reference: "", client: providerLifecycle(this.#run) }
      : await this.provider(goal);
  }

  async #planImport(goal: Goal, old: Entry | undefined, next: ResourceState): Promise<ImportPlan> {
    if (old !== undefined) {
      this.#refuse(
        next.urn,
        `${next.urn} is to be imported as ${goal.importId}, but the state has it already, as ${old.resource.id}. Remove the option import.`,
      );
    }
    const { client } = await this.provider(goal);
    return { kind: "import", next, id: goal.importId, client };
  }

  findOld(urn: string): Entry | undefined {
    return this.#olds.get(urn);
  }

  /** The old entry of a resource that is read, not registered; it needs no deletion any more. */
  claim(urn: string): Entry | undefined {
    this.#seen.add(urn);
    return this.#olds.get(urn);
  }

  #findOld(urn: string, aliases: readonly string[]): Entry | undefined {
    const name = [urn, ...aliases].find((each) => this.#olds.has(each));
    if (name === undefined || name === urn) {
      return name === undefined ? undefined : this.#olds.get(name);
    }
    if (this.#seen.has(name)) {
      this.#refuse(urn, `${urn} has the alias ${name}, but another resource of this program has that name already.`);
    }
    this.#seen.add(name);
    return this.#olds.get(name);
  }

  #nextState(urn: string, goal: Goal, old: Entry | undefined, provider: string): ResourceState {
    return {
      urn,
      custom: goal.custom,
      type: goal.type,
      inputs: goal.properties,
      parent: goal.parent,
      protect: goal.protect,
      dependencies: goal.dependencies,
      provider,
      propertyDependencies: goal.propertyDependencies,
      additionalSecretOutputs: goal.additionalSecretOutputs,
      aliases: old === undefined || old.resource.urn === urn ? [] : [old.resource.urn],
      customTimeouts: Object.fromEntries(Object.entries(goal.customTimeouts).filter(([, seconds]) => seconds > 0)),
      retainOnDelete: goal.retainOnDelete,
      deletedWith: goal.deletedWith,
      ignoreChanges: goal.ignoreChanges,
      replaceOnChanges: goal.replaceOnChanges,
      ...(old?.resource.created && { created: old.resource.created }),
      ...(old?.resource.modified && { modified: old.resource.modified }),
    };
  }

  #isTargeted(resource: ResourceState): boolean {
    const { targets } = this.#run;
    return targets.size === 0 || resource.type === stackType || targets.has(resource.urn);
  }

  #planUntargeted(urn: string, next: ResourceState, old: Entry | undefined): Plan {
    if (old === undefined) {
      this.#skippedCreates.add(urn);
      return { kind: "skipCreate", next };
    }
    return { kind: "untargeted", old, before: this.#unseenDependencies(old, new Set()) };
  }

  /** What left the program but not the state must still stand before whoever refers to it. */
  #unseenDependencies(entry: Entry, visited: Set<string>): Entry[] {
    visited.add(entry.resource.urn);
    return [...referencesOf(entry.resource)].flatMap((urn) => {
      const dependency = this.#olds.get(urn);
      if (dependency === undefined || this.#seen.has(urn) || visited.has(urn)) {
        return [];
      }
      const before = this.#unseenDependencies(dependency, visited);
      this.#seen.add(urn);
      return [...before, dependency];
    });
  }

  #refuseSkippedDependencies(next: ResourceState): void {
    const skipped = [...referencesOf(next)].filter((reference) => this.#skippedCreates.has(reference));
    if (skipped.length > 0) {
      this.#refuse(
        next.urn,
        `${next.urn} needs ${skipped.join(", ")}, which does not exist yet and is not among the targets. Add it with --target.`,
      );
    }
  }

  async #check(
    next: ResourceState,
    properties: Properties,
    old: Entry | undefined,
    ignoreChanges: readonly string[],
    client: Lifecycle | undefined,
  ): Promise<Properties> {
    const olds = old === undefined || old.resource.external === true ? undefined : (old.resource.inputs ?? {});
    const news = olds === undefined ? properties : putBack(properties, olds, ignoreChanges);
    if (client === undefined) {
      return news;
    }
    const { inputs, failures } = await client.check(targetOf(next), olds ?? {}, news);
    if (failures.length > 0) {
      for (const { property, reason } of failures) {
        const about = property === "" ? "" : `property ${property} has a problem: `;
        this.#run.progress.tell("error", `resource '${nameOf(next.urn)}': ${about}${reason}`, next.urn);
      }
      this.#refuse(next.urn);
    }
    return inputs;
  }

  async #planExisting(goal: Goal, old: Entry, next: ResourceState, client: Lifecycle | undefined): Promise<StepPlan> {
    const hasInitErrors = (old.resource.initErrors ?? []).length > 0;
    const diff = await diffResource(old.resource, next, client, goal.ignoreChanges);
    const replaceKeys = [...diff.replaces, ...replacedOnChanges(diff, goal.replaceOnChanges, hasInitErrors)];
    const replace = old.resource.pendingReplacement === true || (diff.changes === true && replaceKeys.length > 0);
    if (client !== undefined && (replace || (hasInitErrors && replaceKeys.includes(initErrorKey)))) {
      return this.#planReplace(goal, old, next, client, goal.deleteBeforeReplace ?? diff.deleteBeforeReplace);
    }
    if (diff.changes === true || hasInitErrors) {
      return { kind: "update", old, next, client, details: diff.details };
    }
    return { kind: "same", old, next };
  }

  async #planReplace(
    goal: Goal,
    old: Entry,
    next: ResourceState,
    client: Lifecycle,
    deleteFirst: boolean,
  ): Promise<StepPlan> {
    if (goal.importId !== "") {
      this.#refuse(
        next.urn,
        `${next.urn} would be replaced, and its option import names the one that is there. Remove the option import, or make the program agree with what is there.`,
      );
    }
    if (goal.protect && old.resource.protect === true) {
      const message = `${next.urn} must be replaced but is protected. Remove protect from it in the program first.`;
      if (!this.#run.dryRun) {
        this.#refuse(next.urn, message);
      }
      this.#run.progress.fail(message, next.urn);
    }
    const dependent = deleteFirst ? this.#dependentOf(old.resource.urn) : undefined;
    if (dependent !== undefined) {
      this.#refuse(
        next.urn,
        `The local engine does not support deleteBeforeReplace of a resource whose outputs others use: ${dependent} uses ` +
          `${next.urn}. Run this program with the Pulumi CLI.`,
      );
    }
    // Defaults that the first check carried over from the old inputs are to be drawn anew.
    const inputs = await this.#check(next, goal.properties, undefined, [], client);
    return { kind: "replace", old, next: { ...next, inputs }, client, deleteFirst };
  }

  #dependentOf(urn: string): string | undefined {
    for (const { resource } of this.#olds.values()) {
      if (Object.values(resource.propertyDependencies ?? {}).some((urns) => urns.includes(urn))) {
        return resource.urn;
      }
    }
    return undefined;
  }

  #refuse(urn: string, message?: string): never {
    if (message !== undefined) {
      this.#run.progress.tell("error", message, urn);
    }
    throw new RefusedError(message ?? `${urn} has invalid inputs.`);
  }
}

const initErrorKey = "#initerror";

function replacedOnChanges(diff: Diff, replaceOnChanges: readonly string[], hasInitErrors: boolean): string[] {
  const paths = replaceOnChanges.map(parsePath);
  const changed = [...diff.diffs, ...(hasInitErrors ? [initErrorKey] : [])];
  return changed.filter((key) => paths.some((path) => covers(path, key === initErrorKey ? [key] : parsePath(key))));
}

/** Asks the provider; where it does not say, or nobody provides the resource, the inputs decide. */
export async function diffResource(
  old: ResourceState,
  next: ResourceState,
  client: Lifecycle | undefined,
  ignoreChanges: readonly string[],
): Promise<Diff> {
  const oldInputs = old.inputs ?? {};
  const news = next.inputs ?? {};
  const diff =
    client === undefined
      ? { changes: null, replaces: [], diffs: [], details: [], deleteBeforeReplace: false }
      : await client.diff(targetOf(next), {
          id: old.id ?? "",
          oldInputs,
          oldOutputs: old.outputs ?? {},
          news,
          ignoreChanges: [...ignoreChanges],
        });
  if (diff.changes !== null) {
    return diff;
  }
  const diffs = changedKeys(oldInputs, putBack(news, oldInputs, ignoreChanges));
  return { ...diff, changes: diffs.length > 0, diffs };
}
