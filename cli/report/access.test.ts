import { describe, expect, it } from "vitest";
import {
  certificate,
  current,
  type ExportedResource,
  link,
  previous,
  production,
  snapshot,
  staging,
  stateOf,
} from "../../test/support/exportedStack";
import { type Access, accessIn } from "./access";
import { lineagesOf } from "./versions";

function accessOf(...stacks: readonly (readonly ExportedResource[])[]): Access {
  const states = stacks.map((resources, index) => stateOf(resources, `stack${index}`).content);
  return accessIn(states, lineagesOf(states));
}

/** `alice> own> production` */
function lines({ people, doors, keys }: Access): readonly string[] {
  return keys.map(({ kind, label, holders, doors: opened }) => {
    const who = holders.map((place) => people[place]?.id).join(" ");
    const where = opened.map(
      (place) => doors[place]?.name ?? doors[place]?.subscriptionId ?? doors[place]?.application,
    );
    return `${who}> ${kind} ${label}> ${where.join(" ")}`;
  });
}

const subscriptions = [
  { name: "production", subscriptionId: production },
  { name: "staging", subscriptionId: staging },
];
const alice = { id: "alice", name: "Alice Archer", subscriptions: ["production"] };
const bob = { id: "bob", name: "Bob Brown", subscriptions: [] };
const old = { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z" };
const new_ = { thumbprint: current, registeredAt: "2026-06-01T00:00:00Z" };
const superseded = (revoked: boolean, heldBy: readonly string[]) => ({
  previous: [{ thumbprint: previous, notAfter: "2027-05-01T00:00:00Z", revoked, heldBy }],
});

describe("who can sign in where", () => {
  const cases: readonly { rule: string; resources: readonly ExportedResource[]; says: readonly string[] }[] = [
    {
      rule: "follows from who holds what is registered",
      resources: [
        certificate("a", { holders: ["alice"] }),
        link("a1", "a"),
        link("a2", "a", { subscriptionId: staging }),
      ],
      says: [`alice> own a> ${production} ${staging}`],
    },
    {
      rule: "counts applications as doors",
      resources: [
        certificate("a", { holders: ["alice"] }),
        { ...link("a1", "a", { subscriptionId: undefined, appId: "app-1" }) },
      ],
      says: ["alice> own a> app-1"],
    },
    {
      rule: "counts everybody who was listed while a key was current, also who has left since",
      resources: [certificate("a", { holders: ["alice"], heldBy: ["alice", "bob"] }), link("a1", "a")],
      says: [`alice bob> shared a> ${production}`],
    },
    {
      rule: "counts what somebody brought along, under the roster's name for it",
      resources: [
        snapshot("team", {
          subscriptions,
          people: [
            alice,
            { ...bob, certificates: [{ id: "yubikey", thumbprint: current, subscriptions: ["staging"] }] },
          ],
          groups: [],
        }),
        link("team/people/bob/yubikey/staging", "-", { lineage: undefined, holder: "bob", subscriptionId: staging }),
      ],
      says: ["bob> own bob/yubikey> staging", "alice> missing alice> production"],
    },
    {
      rule: "says where a roster wants what somebody brings and no door has it yet",
      resources: [
        snapshot("team", {
          subscriptions,
          people: [{ ...bob, certificates: [{ id: "yubikey", thumbprint: current, subscriptions: ["staging"] }] }],
          groups: [],
        }),
      ],
      says: ["bob> missing bob/yubikey> staging"],
    },
    {
      rule: "counts the holders of a predecessor until it is taken off",
      resources: [
        certificate("a", { holders: ["alice"], ...superseded(false, ["bob"]) }),
        link("a1", "a", { registered: [new_, old] }),
      ],
      says: [`alice> own a> ${production}`, `bob> previous a> ${production}`],
    },
    {
      rule: "names who left and can still get in",
      resources: [
        certificate("a", { holders: ["alice"], ...superseded(true, ["bob"]) }),
        link("a1", "a", { registered: [old, new_] }),
      ],
      says: [`bob> revoked a> ${production}`, `alice> own a> ${production}`],
    },
    {
      rule: "counts a link that waits for its deletion: its door is open until then",
      resources: [certificate("a", { holders: ["alice"] }), link("a1", "a", {}, { delete: true })],
      says: [`alice> own a> ${production}`],
    },
    {
      rule: "does not count what somebody took away",
      resources: [
        certificate("a", { holders: ["alice"] }),
        link("a1", "a", { registered: [{ ...new_, missingSince: "2026-06-02T00:00:00Z" }] }),
      ],
      says: [],
    },
    {
      rule: "is one person whatever the case of the name",
      resources: [
        certificate("a", { holders: ["Alice"] }),
        link("a1", "a"),
        certificate("b", { holders: ["alice "] }),
        link("b1", "b"),
      ],
      says: [`alice> own a> ${production}`, `alice> own b> ${production}`],
    },
    {
      rule: "says what a roster wants and no door has yet",
      resources: [
        snapshot("team", {
          subscriptions,
          people: [alice, bob],
          groups: [{ id: "on-call", members: ["alice", "bob"], subscriptions: ["production", "staging"] }],
        }),
        certificate("team/people/alice", { holders: ["alice"] }),
        link("team/people/alice/production", "team/people/alice"),
      ],
      says: ["alice> own alice> production", "bob> missing on-call> production", "alice bob> missing on-call> staging"],
    },
  ];
  it.each(cases)("$rule", ({ resources, says }) => {
    expect(lines(accessOf(resources))).toEqual(says);
  });

  it("has everybody of a roster, by name, and who is in none and holds a key of its certificates", () => {
    const roster = { subscriptions, people: [alice, bob], groups: [] };
    const { people, doors } = accessOf(
      [
        snapshot("team", roster),
        certificate("team/people/alice", { holders: ["alice"], ...superseded(true, ["zoe"]) }),
        link("team/people/alice/production", "team/people/alice", { registered: [new_, old] }),
      ],
      [
        certificate("other", { holders: ["eve"] }),
        link("o1", "other", { subscriptionId: undefined, objectId: "app-1" }),
      ],
    );
    expect(people).toEqual([
      { id: "alice", name: "Alice Archer", isInRoster: true },
      { id: "bob", name: "Bob Brown", isInRoster: true },
      { id: "eve", name: null, isInRoster: null },
      { id: "zoe", name: null, isInRoster: false },
    ]);
    expect(doors.map(({ name, application }) => name ?? application)).toEqual(["production", "staging", "app-1"]);
  });

  it("names the certificates of which nobody has written down who holds them", () => {
    const access = accessOf([certificate("b"), link("b1", "b"), link("b2", "b"), link("alone", "nobody")]);
    expect(access).toMatchObject({ keys: [], people: [], untracked: ["alone", "b"] });
  });
});
