import { LocalEngineError } from "../errors";
import type { Run } from "../run";
import type { ResourceState } from "../state/deployment";
import type { Executor } from "./executor";
import { dependenciesOf, type Entry, referencesOf, reversed, transitive } from "./resources";

/**
 * Deletes what is no longer wanted: every resource that was replaced, and every one that the program did not register
 * (`isWanted` says no). Dependents go first, independent ones at the same time.
 */
export async function deleteUnwanted(
  run: Run,
  executor: Executor,
  isWanted: (urn: string) => boolean,
  failed: ReadonlySet<string>,
): Promise<void> {
  const entries = run.state.entries();
  const graph = dependenciesOf(entries);
  const unwanted = entries.filter(({ resource }) => resource.delete === true || !isWanted(resource.urn));
  const allowed = allowedBy(run, entries, graph);
  const condemned = unwanted.filter((each) => allowed(each));
  refuseUntargeted(run, condemned);
  for (const { resource } of unwanted.filter((each) => !allowed(each) && each.resource.delete !== true)) {
    run.progress.begin("same", resource)("done");
  }
  const urns = new Set(condemned.map(({ resource }) => resource.urn));
  const failedEntries = entries.filter(({ resource }) => failed.has(resource.urn));
  const kept = transitive(graph, failedEntries);
  for (const wave of schedule(condemned, graph)) {
    const undeleted = await Promise.all(
      wave
        .filter((each) => !kept.has(each))
        .map((each) =>
          run.slots.run(async () => {
            if (run.progress.stopped.aborted) {
              return undefined;
            }
            return (await deleteOne(run, executor, each, urns)) ? undefined : each;
          }),
        ),
    );
    const stuck = undeleted.filter((each) => each !== undefined);
    for (const each of transitive(graph, stuck)) {
      kept.add(each);
    }
    if (run.progress.stopped.aborted) {
      return;
    }
  }
}

async function deleteOne(run: Run, executor: Executor, each: Entry, condemned: ReadonlySet<string>): Promise<boolean> {
  const { resource } = each;
  if (resource.pendingReplacement === true) {
    run.state.record([{ kind: "remove", entry: each.entry }]);
    return true;
  }
  const goesWithAnother = resource.deletedWith !== undefined && condemned.has(resource.deletedWith);
  return executor.deleteResource(deletionOf(resource), each, undefined, goesWithAnother);
}

function deletionOf(resource: ResourceState): "delete" | "delete-replaced" | "discard" {
  if (resource.external === true) {
    return "discard";
  }
  return resource.delete === true ? "delete-replaced" : "delete";
}

/** With targets, only these and what depends on them are looked at. */
function allowedBy(
  run: Run,
  entries: readonly Entry[],
  graph: ReadonlyMap<Entry, ReadonlySet<Entry>>,
): (entry: Entry) => boolean {
  if (run.targets.size === 0) {
    return () => true;
  }
  const targeted = entries.filter(({ resource }) => run.targets.has(resource.urn));
  const reached = transitive(reversed(graph), targeted);
  return (entry) => run.targets.has(entry.resource.urn) || reached.has(entry);
}

function refuseUntargeted(run: Run, condemned: readonly Entry[]): void {
  if (run.targets.size === 0) {
    return;
  }
  const untargeted = condemned.filter(({ resource }) => !run.targets.has(resource.urn));
  for (const { resource } of untargeted) {
    const needs = [...referencesOf(resource)].find((urn) => run.targets.has(urn)) ?? "a target";
    run.progress.fail(
      `${resource.urn} would be deleted too, because it depends on ${needs}, but it is not among the targets. Add it with --target.`,
      resource.urn,
    );
  }
  if (untargeted.length > 0 && !run.dryRun) {
    throw new LocalEngineError("Nothing was deleted: the targets leave out what depends on them.");
  }
}

/** The condemned in waves: each wave can go at once, after those before it. */
export function schedule(
  condemned: readonly Entry[],
  graph: ReadonlyMap<Entry, ReadonlySet<Entry>>,
): readonly (readonly Entry[])[] {
  const waves: Entry[][] = [];
  const left = new Set(condemned);
  while (left.size > 0) {
    // Found from the far end: what depends on nothing that is left goes last.
    const wave = [...left].filter((each) => ![...(graph.get(each) ?? [])].some((dependency) => left.has(dependency)));
    for (const each of wave) {
      left.delete(each);
    }
    waves.unshift(wave);
  }
  return waves;
}
