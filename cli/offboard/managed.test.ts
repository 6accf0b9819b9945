import { describe, expect, it } from "vitest";
import { exportText, thumbprintOf } from "../../test/support/exportTexts";
import { parseStackExport } from "../stackExport";
import { whatPersonHeld } from "./holdings";
import { managedBy } from "./managed";

const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const [made, brought, nobodys, strange] = [1, 2, 3, 4].map(thumbprintOf) as [string, string, string, string];

describe("who holds what the states manage", () => {
  const state = parseStackExport(
    exportText({
      certificates: [{ name: "on-call", thumbprint: made, holders: ["bob", "alice"] }],
      links: [
        { name: "card", subscriptionId, lineage: null, thumbprint: brought, holder: "Carol" },
        { name: "bare", subscriptionId, lineage: null, thumbprint: nobodys },
      ],
    }),
  );
  const { manages, holdersOf } = managedBy([state], whatPersonHeld([state], "dora"));

  it.each([
    { what: "of a certificate that is made here, its holders", thumbprint: made, holders: ["alice", "bob"] },
    { what: "of one that somebody brought, that person", thumbprint: brought, holders: ["carol"] },
    { what: "of one whose link names nobody, nobody knows", thumbprint: nobodys, holders: null },
  ])("$what", ({ thumbprint, holders }) => {
    expect(holdersOf(thumbprint)).toEqual(holders);
    expect(manages({ thumbprint, lineage: null })).toBe(true);
  });

  it("is not asked of strangers", () => {
    expect(manages({ thumbprint: strange, lineage: null })).toBe(false);
    expect(holdersOf(strange)).toBeNull();
  });
});
