import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../errors";
import type { StepOp } from "../events";
import type { Run } from "../run";
import type { ResourceState } from "../state/deployment";
import { isProviderType } from "../urn";
import { sameProperties } from "../values";
import { diffResource } from "./planner";
import { providerOf } from "./providerResources";
import { type Entry, targetOf } from "./resources";

/** Reads every resource of the state from its provider, in parallel; those that are gone leave the state. */
export async function refreshAll(run: Run): Promise<void> {
  const entries = run.state.entries();
  const chosen = entries.filter(({ resource }) => run.targets.size === 0 || run.targets.has(resource.urn));
  await Promise.all(
    chosen.map((each) =>
      run.slots.run(async () => {
        if (!run.progress.stopped.aborted) {
          await refreshOne(run, each);
        }
      }),
    ),
  );
  forgetMissing(run, entries);
}

async function refreshOne(run: Run, { entry, resource }: Entry): Promise<void> {
  const end = run.progress.begin("refresh", resource);
  if (!resource.custom || isProviderType(resource.type) || resource.pendingReplacement === true) {
    end("done", "same");
    return;
  }
  try {
    const { refreshed, result } = await readResource(run, resource);
    run.state.record([
      refreshed === undefined ? { kind: "remove", entry } : { kind: "put", entry, resource: refreshed },
    ]);
    end("done", result);
  } catch (error) {
    end("failed");
    run.progress.tell("error", `Read failed: ${messageOf(error)}`, resource.urn);
    // The others are read all the same: each one tells something about the world.
    run.progress.failLater();
  }
}

async function readResource(
  run: Run,
  old: ResourceState,
): Promise<{ refreshed: ResourceState | undefined; result: StepOp }> {
  const client = await providerOf(run, old.provider ?? "");
  const inputs = old.inputs ?? {};
  const outputs = old.outputs ?? {};
  const answer = await client.read(targetOf(old), old.id ?? "", inputs, outputs);
  if (answer.id === "") {
    return { refreshed: undefined, result: "delete" };
  }
  if (answer.initErrors.length > 0) {
    run.progress.tell(
      "warning",
      `The resource is not complete:\n${answer.initErrors.map((reason) => `  * ${reason}`).join("\n")}`,
      old.urn,
    );
  }
  const now = run.now().toISOString();
  const unchanged = sameProperties(answer.outputs, outputs) && sameProperties(answer.inputs ?? inputs, inputs);
  const refreshed: ResourceState = {
    ...old,
    id: answer.id,
    inputs: answer.inputs ?? inputs,
    outputs: answer.outputs,
    initErrors: answer.initErrors,
    ...(!unchanged && { modified: now }),
  };
  if (old.external === true) {
    return { refreshed, result: unchanged ? "same" : "update" };
  }
  // What an update with the same program would do next, looked at from the other side.
  const diff = await diffResource(refreshed, { ...old, id: answer.id }, client, old.ignoreChanges ?? []);
  return { refreshed, result: diff.changes === true ? "update" : "same" };
}

/**
 * A resource that is gone may be somebody's dependency or parent: the state must not name what it does not hold. Its
 * children become its parent's, and properties without dependencies are not listed any more.
 */
function forgetMissing(run: Run, before: readonly Entry[]): void {
  const parents = new Map(before.map(({ resource }) => [resource.urn, resource.parent ?? ""]));
  const entries = run.state.entries();
  const present = new Set(entries.map(({ resource }) => resource.urn));
  const keep = (urns: readonly string[] = []): string[] => urns.filter((urn) => present.has(urn));
  const existing = (urn: string): string => (urn === "" || present.has(urn) ? urn : existing(parents.get(urn) ?? ""));
  for (const { entry, resource } of entries) {
    const { deletedWith, ...rest } = resource;
    const dependencies = Object.entries(resource.propertyDependencies ?? {}).map(([key, urns]): [string, string[]] => [
      key,
      keep(urns),
    ]);
    const repaired: ResourceState = {
      ...rest,
      ...(deletedWith !== undefined && present.has(deletedWith) && { deletedWith }),
      ...(resource.parent !== undefined && { parent: existing(resource.parent) }),
      ...(resource.dependencies !== undefined && { dependencies: keep(resource.dependencies) }),
      ...(resource.propertyDependencies !== undefined && {
        propertyDependencies: Object.fromEntries(dependencies.filter(([, urns]) => urns.length > 0)),
      }),
    };
    if (!isDeepStrictEqual(repaired, resource)) {
      run.state.record([{ kind: "put", entry, resource: repaired }]);
    }
  }
}
