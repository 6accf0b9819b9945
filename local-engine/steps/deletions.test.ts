import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ResourceState } from "../state/deployment";
import { schedule } from "./deletions";
import { dependenciesOf, type Entry } from "./resources";

function entriesOf(resources: readonly (Partial<ResourceState> & { urn: string })[]): Entry[] {
  return resources.map((resource, entry) => ({ entry, resource: { custom: true, type: "a:b:C", ...resource } }));
}

const waves = (entries: readonly Entry[]): string[][] =>
  schedule(entries, dependenciesOf(entries)).map((wave) => wave.map(({ resource }) => resource.urn));

describe("deletions", () => {
  it("begin with what nobody needs; independent ones go together", () => {
    expect(
      waves(
        entriesOf([{ urn: "a" }, { urn: "b", dependencies: ["a"] }, { urn: "c", propertyDependencies: { x: ["a"] } }]),
      ),
    ).toEqual([["b", "c"], ["a"]]);
  });

  it("respect parents, providers and deletedWith as well", () => {
    const entries = entriesOf([
      { urn: "provider", id: "1" },
      { urn: "parent", custom: false },
      { urn: "child", parent: "parent", provider: "provider::1" },
      { urn: "guest", deletedWith: "child" },
    ]);
    expect(waves(entries)).toEqual([["guest"], ["child"], ["provider", "parent"]]);
  });

  it("of a component's children wait for whoever depends on the component", () => {
    const entries = entriesOf([
      { urn: "component", custom: false },
      { urn: "child", parent: "component" },
      { urn: "user", dependencies: ["component"] },
    ]);
    expect(waves(entries)).toEqual([["user"], ["child"], ["component"]]);
  });

  it("never take anything away from under what is still there", () => {
    const graphs = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 12 }).map((lists) =>
      entriesOf(
        lists.map((picks, index) => ({
          urn: `r${index}`,
          dependencies: index === 0 ? [] : picks.map((pick) => `r${pick % index}`),
        })),
      ),
    );
    fc.assert(
      fc.property(graphs, (entries) => {
        const gone = new Set<string>();
        for (const wave of waves(entries)) {
          for (const urn of wave) {
            const dependents = entries.filter(({ resource }) => resource.dependencies?.includes(urn));
            expect(dependents.every(({ resource }) => gone.has(resource.urn))).toBe(true);
          }
          for (const urn of wave) {
            gone.add(urn);
          }
        }
        expect(gone.size).toBe(entries.length);
      }),
    );
  });
});
