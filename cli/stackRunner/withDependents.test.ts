import { describe, expect, it } from "vitest";
import { withDependents } from "./withDependents";

const state = JSON.stringify({
  version: 3,
  deployment: {
    resources: [
      { urn: "stack" },
      { urn: "alice", parent: "stack" },
      { urn: "bob", parent: "stack", dependencies: null },
      { urn: "alice/prod", propertyDependencies: { certificate: ["alice"], subscriptionId: null } },
      { urn: "file", dependencies: ["alice/prod"] },
      { urn: "bob/prod", dependencies: ["bob"], deletedWith: "" },
      { urn: "goes with bob", deletedWith: "bob/prod" },
      { urn: "child of the file", parent: "file" },
    ],
  },
});

describe("what depends on a resource", () => {
  it.each([
    { of: ["alice"], reaches: ["alice", "alice/prod", "file", "child of the file"] },
    { of: ["file"], reaches: ["file", "child of the file"] },
    {
      of: ["bob/prod", "alice/prod"],
      reaches: ["alice/prod", "file", "bob/prod", "goes with bob", "child of the file"],
    },
    { of: ["new"], reaches: ["new"] },
    { of: [], reaches: [] },
  ])("of $of is $reaches", ({ of, reaches }) => {
    expect(withDependents(of, state)).toEqual(reaches);
  });

  it("says so where a state does not tell", () => {
    expect(() => withDependents(["alice"], '{"deployment":{"resources":[{}]}}')).toThrow(/does not say what depends/);
  });
});
