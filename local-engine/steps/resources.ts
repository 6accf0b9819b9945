import type { Target } from "../processes/providerClient";
import type { ResourceState } from "../state/deployment";
import { nameOf, parseProviderReference } from "../urn";

/** A resource of the state, and the number under which the state knows it. */
export interface Entry {
  readonly entry: number;
  readonly resource: ResourceState;
}

export function targetOf(resource: ResourceState): Target {
  return { urn: resource.urn, name: nameOf(resource.urn), type: resource.type };
}

/** Every URN that must exist before this resource can: parent, provider, dependencies, and what it is deleted with. */
export function referencesOf(resource: ResourceState): Set<string> {
  const references = new Set([
    ...(resource.dependencies ?? []),
    ...Object.values(resource.propertyDependencies ?? {}).flat(),
  ]);
  for (const urn of [resource.parent, resource.deletedWith]) {
    if (urn !== undefined && urn !== "") {
      references.add(urn);
    }
  }
  if (resource.provider !== undefined && resource.provider !== "") {
    references.add(parseProviderReference(resource.provider).urn);
  }
  return references;
}

/**
 * For each entry, those it depends on. Whoever depends on a component depends on its children too. Only entries that
 * stand before it in the list count: the list is ordered that way, and a replaced resource has two entries of one URN.
 */
export function dependenciesOf(entries: readonly Entry[]): Map<Entry, Set<Entry>> {
  const dependencies = new Map<Entry, Set<Entry>>();
  const before = new Map<string, Entry[]>();
  const children = new Map<string, Entry[]>();
  const withChildren = (urn: string, found: Set<Entry>, self: ResourceState): void => {
    for (const each of before.get(urn) ?? []) {
      found.add(each);
      if (!each.resource.custom && self.parent !== urn) {
        for (const child of children.get(urn) ?? []) {
          found.add(child);
          withChildren(child.resource.urn, found, self);
        }
      }
    }
  };
  for (const each of entries) {
    const found = new Set<Entry>();
    for (const urn of referencesOf(each.resource)) {
      withChildren(urn, found, each.resource);
    }
    dependencies.set(each, found);
    append(before, each.resource.urn, each);
    if (each.resource.parent) {
      append(children, each.resource.parent, each);
    }
  }
  return dependencies;
}

/** All that the seeds depend on, at any distance, without the seeds themselves. */
export function transitive(graph: ReadonlyMap<Entry, ReadonlySet<Entry>>, seeds: Iterable<Entry>): Set<Entry> {
  const reached = new Set<Entry>();
  const frontier = [...seeds];
  for (let next = frontier.pop(); next !== undefined; next = frontier.pop()) {
    for (const each of graph.get(next) ?? []) {
      if (!reached.has(each)) {
        reached.add(each);
        frontier.push(each);
      }
    }
  }
  return reached;
}

/** The graph turned round: for each entry, those that depend on it. */
export function reversed(graph: ReadonlyMap<Entry, ReadonlySet<Entry>>): Map<Entry, Set<Entry>> {
  const turned = new Map<Entry, Set<Entry>>([...graph.keys()].map((entry) => [entry, new Set<Entry>()]));
  for (const [entry, dependencies] of graph) {
    for (const dependency of dependencies) {
      turned.get(dependency)?.add(entry);
    }
  }
  return turned;
}

function append(lists: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [entry]);
  } else {
    list.push(entry);
  }
}
