import { describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import type { Roster } from "../../roster/roster";
import type { Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import { rosterSnapshot } from "./rosterSnapshot";

const production = {
  name: "production",
  subscriptionId: "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b",
  certificateLimit: 100,
};
const staging = { name: "staging", subscriptionId: "b1946ac9-2f5e-4d8a-9c3b-5e6f7a8b9c0d", certificateLimit: 100 };
const person = (id: string, ...subscriptions: string[]) => ({ id, name: `${id} X.`, subscriptions });

const team: Roster = {
  subscriptions: [production, staging],
  people: [person("alice", "production", "staging"), person("bob"), person("carol", "production"), person("dora")],
  groups: [{ id: "on-call", members: ["alice", "bob"], subscriptions: ["production"] }],
};
const without = (...ids: string[]): Roster => ({
  ...team,
  people: team.people.filter(({ id }) => !ids.includes(id)),
  groups: team.groups.map((group) => ({ ...group, members: group.members.filter((id) => !ids.includes(id)) })),
});

const context = configuredFrom({}, testPorts({ now: new Date("2027-01-01T00:00:00Z") }));
const inputsFor = (roster: unknown, more: Values = {}): Values => ({ resourceName: "contoso", roster, ...more });

function failuresFrom(before: Roster | null, after: unknown, more: Values = {}): readonly string[] {
  const oldInputs = before === null ? null : rosterSnapshot.check(inputsFor(before), context).inputs;
  return rosterSnapshot.check(inputsFor(after, more), context, oldInputs).failures.map(({ reason }) => reason);
}

async function explained(before: Roster, after: Roster, more: Values = {}): Promise<readonly string[]> {
  const { inputs } = rosterSnapshot.check(inputsFor(before), context);
  const { outputs } = await rosterSnapshot.create(inputs, context);
  const { inputs: news } = rosterSnapshot.check(inputsFor(after, more), context, inputs);
  return rosterSnapshot.diff(outputs, news, context).changes.map(({ reason }) => reason);
}

const notAfter = "2027-03-01T00:00:00Z";
const bring = (roster: Roster, ...doors: string[]): Roster => ({
  ...roster,
  people: roster.people.map((one) =>
    one.id === "bob"
      ? { ...one, certificates: [{ id: "yubikey", thumbprint: "3F2A".repeat(10), notAfter, subscriptions: doors }] }
      : one,
  ),
});

describe("a certificate that somebody brings", () => {
  const named = `the certificate yubikey (${"3F2A".repeat(10)})`;

  it("is said to open what it opens, also where its holder gets in already", async () => {
    expect(await explained(team, bring(team, "production", "staging"))).toEqual([
      "opens: bob (bob X.) gets into staging (yubikey)",
      `opens: bob (bob X.) brings ${named}, into production and staging`,
    ]);
    expect(await explained(bring(team, "production"), bring(team, "production"))).toEqual([]);
  });

  it("is said to open it no longer, when it is taken out or its holder leaves", async () => {
    expect(await explained(bring(team, "production", "staging"), bring(team, "production"))).toEqual([
      "closes: bob (bob X.) stays, and loses staging",
      `closes: ${named} of bob (bob X.) no longer opens staging`,
    ]);
    expect(await explained(bring(team, "staging"), without("bob"))).toEqual([
      "closes: bob (bob X.) left, and loses production and staging",
      `closes: ${named} of bob (bob X.) no longer opens staging`,
      "closes: bob (bob X.) is no longer in on-call: its key is replaced, and what they knew of it is revoked",
    ]);
  });

  it("is another one under the same name where the thumbprint differs", async () => {
    const renewed = JSON.parse(JSON.stringify(bring(team, "staging")).replaceAll("3F2A", "4B1C")) as Roster;
    expect(await explained(bring(team, "staging"), renewed)).toEqual([
      `opens: bob (bob X.) brings the certificate yubikey (${"4B1C".repeat(10)}), into staging`,
      `closes: ${named} of bob (bob X.) no longer opens staging`,
    ]);
  });

  it.each([
    ["2027-01-29T00:00:00Z", []],
    [
      "2027-01-31T00:00:00Z",
      [
        "the certificate yubikey of bob (bob X.) expires on 2027-03-01, and nothing here can renew it: another one has to be in its place by then",
      ],
    ],
    [
      notAfter,
      ["the certificate yubikey of bob (bob X.) expired on 2027-03-01: take it out, or put another one in its place"],
    ],
  ])("is spoken of in time when it expires: on %s", (now, warnings) => {
    const then = configuredFrom({}, testPorts({ now: new Date(now) }));
    expect(rosterSnapshot.check(inputsFor(bring(team, "production")), then).warnings).toEqual(warnings);
  });

  it("keeps a subscription from having nobody who opens it", () => {
    const alone = { ...team, people: team.people.map((one) => (one.id === "alice" ? person("alice") : one)) };
    expect(failuresFrom(team, alone)).toHaveLength(1);
    expect(failuresFrom(team, bring(alone, "staging"))).toEqual([]);
    expect(failuresFrom(bring(alone, "staging"), alone)).toEqual([
      expect.stringMatching(/^nobody of the roster would open staging .* today bob can/),
    ]);
  });
});

describe("a change of the roster that looks like a mistake", () => {
  it("is refused where more than a quarter of the people would leave, with everybody who would go", () => {
    expect(failuresFrom(team, without("bob", "dora"))).toEqual([
      "2 of 4 people would leave at once, more than the 25 % that pass without a word: bob (bob X.) and dora (dora X.). If the file was cut short, mend it. If they left, list their ids under `expected: { leavers: [...] }` in the roster",
    ]);
  });

  it("passes where a quarter leaves, where the limit is higher, and where they are expected", () => {
    expect(failuresFrom(team, without("dora"))).toEqual([]);
    expect(failuresFrom(team, without("bob", "dora"), { leaversLimitPercent: 50 })).toEqual([]);
    expect(failuresFrom(team, without("bob", "dora"), { expected: { leavers: ["bob", "dora"] } })).toEqual([]);
    // One of them is no mistake, and the other alone is a quarter.
    expect(failuresFrom(team, without("bob", "dora"), { expected: { leavers: ["bob"] } })).toEqual([]);
  });

  it("is refused where nobody is left, also the first time", () => {
    const nobody = { subscriptions: [], people: [], groups: [] };
    expect(failuresFrom(team, nobody)).toEqual([expect.stringMatching(/^there is nobody in the roster/)]);
    expect(failuresFrom(null, nobody)).toEqual([expect.stringMatching(/^there is nobody in the roster/)]);
  });

  it("is refused where a subscription loses everybody who opens it, whatever it is called by then", () => {
    const closing = {
      ...team,
      people: team.people.map((one) => (one.id === "alice" ? person("alice", "production") : one)),
    };
    const refusal =
      "nobody of the roster would open staging (b1946ac9-2f5e-4d8a-9c3b-5e6f7a8b9c0d) any more; today alice can. If that is meant, add it to `expected: { closedSubscriptions: [...] }` in the roster";
    expect(failuresFrom(team, closing)).toEqual([refusal]);
    const another = { ...staging, subscriptionId: "00000000-0000-4000-8000-000000000001" };
    expect(failuresFrom(team, { ...team, subscriptions: [production, another] })).toEqual([refusal]);
    expect(failuresFrom(team, { ...team, subscriptions: [production], people: closing.people })).toEqual([refusal]);
    for (const closed of ["staging", staging.subscriptionId, staging.subscriptionId.toUpperCase()]) {
      expect(failuresFrom(team, closing, { expected: { closedSubscriptions: [closed] } })).toEqual([]);
    }
  });

  it("is refused where nobody can read what the roster was before", () => {
    const { failures } = rosterSnapshot.check(inputsFor(team), context, { roster: { people: "many" } });
    expect(failures.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/can't be read, so nobody knows who would leave/),
    ]);
  });

  it("is refused where the roster is not known in the preview", () => {
    const { failures } = rosterSnapshot.check(inputsFor(unknownValue), context);
    expect(failures).toEqual([{ property: "roster", reason: expect.stringMatching(/has to be known in the preview/) }]);
  });

  it("is refused with the property where a program hands over nonsense", () => {
    const { failures } = rosterSnapshot.check(
      inputsFor({ ...team, people: [{ ...person("eve"), id: "Eve\u001b[2J" }] }),
      context,
    );
    expect(failures).toEqual([{ property: "roster.people[0].id", reason: expect.stringMatching(/must be 1 to 64/) }]);
  });

  it("names fifty people and counts the others", () => {
    const many = {
      ...team,
      people: Array.from({ length: 200 }, (_, index) => person(`p${String(index).padStart(3, "0")}`)),
      groups: [],
    };
    const [refusal] = failuresFrom(
      { ...many, subscriptions: [] },
      { ...many, subscriptions: [], people: many.people.slice(0, 1) },
    );
    expect(refusal).toMatch(/^199 of 200 people would leave at once.*p050 \(p050 X\.\) and 149 more\. If the file/);
  });
});

describe("what a preview says of a roster", () => {
  it("is whom it lets in and whom it shuts out, person by person", async () => {
    const after: Roster = {
      ...without("carol"),
      people: [
        person("alice", "production", "staging"),
        person("bob", "staging"),
        person("dora"),
        person("eve", "staging"),
      ],
      groups: [{ id: "on-call", members: ["alice", "eve"], subscriptions: ["production"] }],
    };
    expect(await explained(team, after)).toEqual([
      "opens: bob (bob X.) gets into staging (own key)",
      "closes: bob (bob X.) stays, and loses production",
      "closes: bob (bob X.) is no longer in on-call: its key is replaced, and what they knew of it is revoked",
      "closes: carol (carol X.) left, and loses production",
      "opens: eve (eve X.) is new, and gets into production (key of on-call) and staging (own key)",
    ]);
  });

  it("says that a group's certificate is removed with its last member", async () => {
    const after = { ...team, groups: [{ id: "on-call", members: [], subscriptions: ["production"] }] };
    expect(await explained(team, after)).toEqual([
      "closes: alice (alice X.) is no longer in on-call: its certificate is removed",
      "closes: bob (bob X.) stays, and loses production",
      "closes: bob (bob X.) is no longer in on-call: its certificate is removed",
    ]);
  });

  it("does not take a new name for a new person", async () => {
    const renamed = { ...team, people: team.people.map((one) => ({ ...one, name: `${one.id} Y.` })) };
    expect(await explained(team, renamed)).toEqual(["records the roster; nobody's access changes"]);
  });

  it("is nothing where nothing changed, and little where only a setting did", async () => {
    expect(await explained(team, team)).toEqual([]);
    expect(await explained(team, team, { expected: { leavers: ["zoe"] } })).toEqual(["expected is recorded"]);
    expect(await explained(team, team, { leaversLimitPercent: 25 })).toEqual([]);
  });

  it("warns of what would be too full during an overlap, and names who could share", () => {
    const full = { ...team, subscriptions: [{ ...production, certificateLimit: 5, administrator: "Ada" }, staging] };
    expect(rosterSnapshot.check(inputsFor(full), context).warnings).toEqual([
      "production would hold 3 of 5 certificates, 6 while all of them rotate: some rotations would find no room. Of those, 2 are personal: alice and carol could share the certificate of a group",
    ]);
  });
});

describe("a roster of 5,000 people on 200 subscriptions", () => {
  const subscriptions = Array.from({ length: 200 }, (_, index) => ({
    name: `s${index}`,
    subscriptionId: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    certificateLimit: 100,
  }));
  const people = Array.from({ length: 5_000 }, (_, index) =>
    person(`p${index}`, ...[0, 37, 74, 111].map((offset) => `s${(index + offset) % 200}`).sort()),
  );
  const groups = Array.from({ length: 500 }, (_, index) => ({
    id: `g${index}`,
    members: people.slice(10 * index, 10 * index + 10).map(({ id }) => id),
    subscriptions: [`s${index % 200}`],
  }));
  const before: Roster = { subscriptions, people, groups };
  /** A tenth of them leave, and everybody else moves. */
  const after: Roster = {
    subscriptions,
    people: people.slice(500).map((one, index) => ({ ...one, subscriptions: [`s${index % 200}`] })),
    groups: groups.slice(50),
  };

  it("is compared, and every change told, within three seconds", async () => {
    // Of the processor: a busy machine makes it no slower.
    const start = process.cpuUsage();
    const sentences = await explained(before, after);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(3_000);
    expect(sentences.filter((sentence) => sentence.includes(") left"))).toHaveLength(500);
  });
});
