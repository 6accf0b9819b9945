import type { DeploymentContent, OperationType, PendingOperation, ResourceState } from "./deployment";
import { renameUrns } from "./renameUrns";

/**
 * One change of the state. Entries are known by number: 0 … n-1 are the n resources the run found, higher numbers are
 * those it wrote. An entry that is put again keeps its place.
 */
export type Change =
  | {
      readonly kind: "begin";
      readonly operation: number;
      readonly type: OperationType;
      readonly resource: ResourceState;
    }
  | { readonly kind: "end"; readonly operation: number }
  | { readonly kind: "put"; readonly entry: number; readonly resource: ResourceState }
  | { readonly kind: "remove"; readonly entry: number };

/** The state of a stack while a run changes it. */
export class Snapshot {
  readonly #found: number;
  readonly #entries = new Map<number, ResourceState>();
  readonly #pending = new Map<number, PendingOperation>();

  constructor(content: DeploymentContent) {
    this.#found = content.resources.length;
    content.resources.forEach((resource, index) => {
      this.#entries.set(index, resource);
    });
    content.pendingOperations.forEach((operation, index) => {
      this.#pending.set(-1 - index, operation);
    });
  }

  apply(change: Change): void {
    switch (change.kind) {
      case "begin":
        this.#pending.set(change.operation, { resource: change.resource, type: change.type });
        break;
      case "end":
        this.#pending.delete(change.operation);
        break;
      case "put":
        this.#entries.set(change.entry, change.resource);
        break;
      case "remove":
        this.#entries.delete(change.entry);
        break;
    }
  }

  get(entry: number): ResourceState | undefined {
    return this.#entries.get(entry);
  }

  /** Number for the next entry or operation that this run writes. */
  firstFreeNumber(): number {
    return this.#found;
  }

  /** The entries in order: written ones first, in the order of their writing, so that nothing precedes what it depends on. */
  entries(): { entry: number; resource: ResourceState }[] {
    const all = [...this.#entries].map(([entry, resource]) => ({ entry, resource }));
    return [...all.filter(({ entry }) => entry >= this.#found), ...all.filter(({ entry }) => entry < this.#found)];
  }

  pendingOperations(): (PendingOperation & { readonly operation: number })[] {
    return [...this.#pending].map(([operation, pending]) => ({ ...pending, operation }));
  }

  content(): DeploymentContent {
    const resources = this.entries().map(({ resource }) => resource);
    const renamed = new Map<string, string>();
    for (const { urn, aliases } of resources) {
      for (const alias of aliases ?? []) {
        renamed.set(alias, urn);
      }
    }
    return {
      // Whoever has not been visited yet still refers to a renamed resource by its old name.
      resources: renamed.size === 0 ? resources : resources.map((resource) => renameUrns(resource, renamed)),
      pendingOperations: [...this.#pending.values()],
    };
  }
}
