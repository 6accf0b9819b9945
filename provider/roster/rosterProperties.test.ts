import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PaperCompany, thumbprintOf } from "../../test/support/paperCompany";
import { accessOf, certificatesOf } from "./access";
import { changesBetween } from "./changes";
import { refusalsOf } from "./guards";
import type { PastedCertificate, Roster } from "./roster";

const doors = ["production", "staging", "test", "archive"];
const staff = ["alice", "bob", "carol", "dora", "eve", "frank"];
const teams = ["on-call", "night", "audit"];

const some = (of: readonly string[]) => fc.subarray([...of]).map((chosen) => chosen.sort());

/** Now and then another one under the same id. */
const brought = (person: string, ids: readonly string[]) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({ version: fc.nat(1), subscriptions: some(doors) }).map(({ version, subscriptions }) => {
        return { id, thumbprint: `${person} ${id} ${version}`, notAfter: "2028-01-01T00:00:00Z", subscriptions };
      }),
    ),
  );

const rosters: fc.Arbitrary<Roster> = some(staff).chain((people) =>
  fc.record({
    subscriptions: fc.constant(
      doors.map((name, index) => ({
        name,
        subscriptionId: `00000000-0000-4000-8000-00000000000${index}`,
        certificateLimit: 100,
      })),
    ),
    people: fc.tuple(
      ...people.map((id) =>
        fc
          .record({
            subscriptions: some(doors),
            certificates: some(["card", "phone"]).chain((ids) => brought(id, ids)),
          })
          .map((theirs) => ({ id, name: id.toUpperCase(), ...theirs })),
      ),
    ),
    groups: some(teams).chain((groups) =>
      fc.tuple(
        ...groups.map((id) => fc.record({ id: fc.constant(id), members: some(people), subscriptions: some(doors) })),
      ),
    ),
  }),
);

const history = fc.tuple(rosters, rosters, rosters);
const now = new Date("2027-01-01T00:00:00Z");

/** Paths of the certificates that the two rosters do not ask for in the same way. */
function changedPaths(before: Roster, after: Roster): ReadonlySet<string> {
  const asked = (roster: Roster) =>
    new Map(certificatesOf(roster).map((one) => [one.path, JSON.stringify([one, thumbprintOf(roster, one)])]));
  const [was, is] = [asked(before), asked(after)];
  return new Set([...was.keys(), ...is.keys()].filter((path) => was.get(path) !== is.get(path)));
}

describe("from any roster to any other", () => {
  it("each subscription ends with the certificates that the roster says, and no others of ours", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const company = new PaperCompany();
        for (const roster of steps) {
          company.apply(roster, now);
          for (const { name } of roster.subscriptions) {
            const expected = certificatesOf(roster).filter(({ subscriptions }) => subscriptions.includes(name));
            expect(company.currentOn(name)).toEqual(expected.map(({ path }) => path).sort());
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("no key opens a subscription for anybody who ever knew it and has no business there", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const company = new PaperCompany();
        for (const roster of steps) {
          company.apply(roster, now);
          const access = accessOf(roster);
          for (const { subscription, person } of company.whoGetsIn()) {
            expect(access.get(person)?.has(subscription), `${person} on ${subscription}`).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("a second time nothing is done", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const company = new PaperCompany();
        for (const roster of steps) {
          company.apply(roster, now);
          expect([...company.apply(roster, now)]).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("only people and groups that changed are touched", () => {
    fc.assert(
      fc.property(history, ([first, ...others]) => {
        const company = new PaperCompany();
        company.apply(first, now);
        let before = first;
        for (const roster of others) {
          const changed = changedPaths(before, roster);
          expect([...company.apply(roster, now)].filter((path) => !changed.has(path))).toEqual([]);
          before = roster;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("what is said of it is who gets in afterwards and did not before, and the other way round", () => {
    fc.assert(
      fc.property(rosters, rosters, (before, after) => {
        const pairs = (roster: Roster) =>
          [...accessOf(roster)].flatMap(([person, row]) => [...row.keys()].map((door) => `${person} ${door}`));
        const [was, is] = [new Set(pairs(before)), new Set(pairs(after))];
        const changes = changesBetween(before, after);
        const opened = changes.flatMap(({ person, opened: all }) => all.map((one) => `${person} ${one.subscription}`));
        const closed = changes.flatMap(({ person, closed: all }) => all.map((door) => `${person} ${door}`));
        expect(opened.sort()).toEqual([...is].filter((pair) => !was.has(pair)).sort());
        expect(closed.sort()).toEqual([...was].filter((pair) => !is.has(pair)).sort());
      }),
      { numRuns: 300 },
    );
  });

  it("what is said of brought certificates is which key opens which door afterwards and did not before", () => {
    fc.assert(
      fc.property(rosters, rosters, (before, after) => {
        const pairsOf = (list: readonly PastedCertificate[] = []) =>
          list.flatMap(({ thumbprint, subscriptions }) => subscriptions.map((door) => `${thumbprint} ${door}`));
        const pairs = (roster: Roster) => roster.people.flatMap(({ certificates }) => pairsOf(certificates));
        const [was, is] = [new Set(pairs(before)), new Set(pairs(after))];
        const changes = changesBetween(before, after);
        const opened = changes.flatMap(({ openedWith }) => pairsOf(openedWith));
        const closed = changes.flatMap(({ closedTo }) => pairsOf(closedTo));
        expect(opened.sort()).toEqual([...is].filter((pair) => !was.has(pair)).sort());
        expect(closed.sort()).toEqual([...was].filter((pair) => !is.has(pair)).sort());
      }),
      { numRuns: 300 },
    );
  });

  it("who left is refused or was expected, wherever more than the limit would go", () => {
    fc.assert(
      fc.property(rosters, rosters, some(staff), fc.nat(100), (before, after, leavers, percent) => {
        const refusals = refusalsOf(before, after, { leavers, closedSubscriptions: doors }, percent);
        const gone = before.people.filter(({ id }) => !after.people.some((one) => one.id === id));
        const unexpected = gone.filter(({ id }) => !leavers.includes(id));
        const isTooMany = unexpected.length > (before.people.length * percent) / 100;
        const isEmptied = after.people.length === 0 && unexpected.length > 0;
        expect(refusals.length > 0).toBe(isTooMany || isEmptied);
      }),
      { numRuns: 300 },
    );
  });
});
