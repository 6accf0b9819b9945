import { describe, expect, it } from "vitest";
import { accessOf, certificatesOf, fullnessOf } from "./access";
import type { Roster } from "./roster";

const roster: Roster = {
  subscriptions: [
    {
      name: "production",
      subscriptionId: "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b",
      certificateLimit: 3,
      administrator: "Ada",
    },
    {
      name: "staging",
      subscriptionId: "b1946ac9-2f5e-4d8a-9c3b-5e6f7a8b9c0d",
      certificateLimit: 100,
      administrator: "Ada",
    },
  ],
  people: [
    { id: "alice", name: "Alice Archer", subscriptions: ["production", "staging"] },
    {
      id: "bob",
      name: "Bob Brown",
      subscriptions: [],
      certificates: [
        { id: "yubikey", thumbprint: "3F2A".repeat(10), notAfter: "2028-01-01T00:00:00Z", subscriptions: ["staging"] },
      ],
    },
    { id: "carol", name: "Carol", subscriptions: [] },
  ],
  groups: [
    { id: "empty", members: [], subscriptions: ["production"] },
    { id: "on-call", members: ["alice", "bob"], subscriptions: ["production"] },
  ],
};

describe("what a roster asks for", () => {
  it("is a certificate for each person with doors of their own, those that people bring, and one for each group with members", () => {
    expect(certificatesOf(roster).map(({ kind, id, holders }) => [kind, id, holders])).toEqual([
      ["person", "alice", ["alice"]],
      ["pasted", "yubikey", ["bob"]],
      ["group", "on-call", ["alice", "bob"]],
    ]);
  });

  it("lets each person in with their own key, what they bring, those of their groups, or not at all", () => {
    const access = accessOf(roster);
    expect(access.get("alice")?.get("production")).toEqual({ own: true, pasted: [], groups: ["on-call"] });
    expect(access.get("alice")?.get("staging")).toEqual({ own: true, pasted: [], groups: [] });
    expect(access.get("bob")?.get("production")).toEqual({ own: false, pasted: [], groups: ["on-call"] });
    expect(access.get("bob")?.get("staging")).toEqual({ own: false, pasted: ["yubikey"], groups: [] });
    expect(access.get("carol")?.size).toBe(0);
  });

  it("fills subscriptions and their administrator's allowance twice while everything rotates, but for what people bring", () => {
    expect(fullnessOf(roster)).toEqual([
      {
        kind: "subscription",
        name: "production",
        certificates: 2,
        duringOverlap: 4,
        certificateLimit: 3,
      },
      { kind: "subscription", name: "staging", certificates: 2, duringOverlap: 3, certificateLimit: 100 },
      { kind: "administrator", name: "Ada", certificates: 4, duringOverlap: 7, certificateLimit: 100 },
    ]);
  });
});
