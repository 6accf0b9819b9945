import { stringify } from "yaml";
import type { Roster } from "../../provider/roster/roster";

/** What happened to people since the last time that somebody looked, as a news sheet would say it. */
export interface CompanyMonth {
  readonly date: string;
  readonly roster: Roster;
  readonly news: readonly string[];
}

interface Staff {
  readonly people: Map<string, string[]>;
  readonly groups: Map<string, string[]>;
}

const groupNames = ["on-call", "night", "audit", "build", "backup", "network"];
const rotateEveryHours = 2_160;

/**
 * A year of 40 people, 12 subscriptions and 6 groups, month by month: two people join, two move and two leave in each,
 * one of those who left comes back, one group loses its last member. The same numbers give the same year.
 */
export function companyYear(subscriptionIds: readonly string[], seed: number): readonly CompanyMonth[] {
  const draw = diceOf(seed);
  const subscriptions = subscriptionIds.map((subscriptionId, index) => ({
    name: `sub-${String(index + 1).padStart(2, "0")}`,
    subscriptionId,
    certificateLimit: 100,
  }));
  const some = (of: readonly string[], count: number) =>
    of
      .toSorted(() => draw() - 0.5)
      .slice(0, count)
      .sort();
  const names = subscriptions.map(({ name }) => name);
  const opened = new Map(groupNames.map((group) => [group, some(names, 3)]));
  const staff: Staff = { people: new Map(), groups: new Map(groupNames.map((group) => [group, []])) };
  let hired = 0;
  const hire = (id = `p${String(++hired).padStart(3, "0")}`): string => {
    staff.people.set(id, some(names, 1 + Math.floor(draw() * 3)));
    const group = groupNames[Math.floor(draw() * groupNames.length)] ?? "";
    staff.groups.get(group)?.push(id);
    return id;
  };
  const leave = (id: string): void => {
    staff.people.delete(id);
    for (const [group, members] of staff.groups) {
      staff.groups.set(
        group,
        members.filter((member) => member !== id),
      );
    }
  };
  const gone: string[] = [];
  for (let index = 0; index < 40; index++) {
    hire();
  }
  const snapshot = (): Roster => ({
    subscriptions,
    people: [...staff.people].sort().map(([id, theirs]) => ({ id, name: `Person ${id}`, subscriptions: theirs })),
    groups: [...staff.groups].map(([id, members]) => ({
      id,
      members: members.toSorted(),
      subscriptions: opened.get(id) ?? [],
    })),
  });
  const months: CompanyMonth[] = [{ date: "2027-01-01", roster: snapshot(), news: ["everybody begins"] }];
  for (let month = 2; month <= 12; month++) {
    const news: string[] = [];
    for (const id of some([...staff.people.keys()], 2)) {
      leave(id);
      gone.push(id);
      news.push(`${id} leaves`);
    }
    for (const id of some([...staff.people.keys()], 2)) {
      const before = staff.people.get(id);
      leave(id);
      hire(id);
      news.push(`${id} moves from ${before?.join(", ")} to ${staff.people.get(id)?.join(", ")}`);
    }
    const back = month === 6 ? gone.shift() : undefined;
    news.push(`${hire(back)} ${back === undefined ? "joins" : "comes back"}`, `${hire()} joins`);
    if (month === 9) {
      staff.groups.set("audit", []);
      news.push("audit has no member any more");
    }
    months.push({ date: `2027-${String(month).padStart(2, "0")}-01`, roster: snapshot(), news });
  }
  return months;
}

/** As somebody would write it. */
export function rosterText({ subscriptions, people, groups }: Roster): string {
  return stringify({
    defaults: { organization: "Contoso" },
    subscriptions: Object.fromEntries(subscriptions.map(({ name, subscriptionId }) => [name, subscriptionId])),
    people: Object.fromEntries(
      people.map(({ id, name, subscriptions: theirs }) => [id, { name, subscriptions: theirs }]),
    ),
    groups: Object.fromEntries(
      groups.map(({ id, members, subscriptions: theirs }) => [
        id,
        { members, subscriptions: theirs, rotateEveryHours },
      ]),
    ),
  });
}

/** @returns numbers from 0 to less than 1 (mulberry32) */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
