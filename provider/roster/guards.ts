import { certificatesOf } from "./access";
import type { ExpectedChanges, Person, Roster } from "./roster";

/** A change of a roster that looks like a mistake, because somebody would be locked out. */
export type RosterRefusal =
  | { readonly reason: "nobodyIsLeft" }
  | {
      readonly reason: "manyLeave";
      /** Everybody who would go, those who were expected to among them. Sorted. */
      readonly leavers: readonly Person[];
      /** Of how many. */
      readonly people: number;
    }
  | {
      readonly reason: "nobodyOpens";
      readonly subscription: string;
      readonly subscriptionId: string;
      /** Ids of the people who open it today. Sorted. */
      readonly holders: readonly string[];
    };

/**
 * What has to be meant, and is not said to be.
 *
 * @param before null where no roster has been applied yet
 * @param leaversLimitPercent how many of 100 people may leave without being expected
 */
export function refusalsOf(
  before: Roster | null,
  after: Roster,
  expected: ExpectedChanges,
  leaversLimitPercent: number,
): readonly RosterRefusal[] {
  const staff = before?.people ?? [];
  const stay = new Set(after.people.map(({ id }) => id));
  const leavers = staff.filter(({ id }) => !stay.has(id));
  const unexpected = leavers.filter(({ id }) => !expected.leavers.includes(id));
  if (stay.size === 0 && (before === null || unexpected.length > 0)) {
    return [{ reason: "nobodyIsLeft" }];
  }
  return [
    ...(unexpected.length * 100 > staff.length * leaversLimitPercent
      ? [{ reason: "manyLeave" as const, leavers, people: staff.length }]
      : []),
    ...(before === null ? [] : subscriptionsWithoutHolders(before, after, expected)),
  ];
}

function subscriptionsWithoutHolders(
  before: Roster,
  after: Roster,
  { closedSubscriptions }: ExpectedChanges,
): readonly RosterRefusal[] {
  const holdersAfter = holdersBySubscription(after);
  return [...holdersBySubscription(before)].flatMap(([subscriptionId, { subscription, holders }]): RosterRefusal[] => {
    const isExpected = [subscription, subscriptionId].some((one) => closedSubscriptions.includes(one));
    return holdersAfter.has(subscriptionId) || isExpected
      ? []
      : [{ reason: "nobodyOpens", subscription, subscriptionId, holders }];
  });
}

/** By GUID: a subscription with another name is the same, and another one under its name is not. */
function holdersBySubscription(
  roster: Roster,
): ReadonlyMap<string, { readonly subscription: string; readonly holders: readonly string[] }> {
  const holders = new Map<string, Set<string>>();
  for (const certificate of certificatesOf(roster)) {
    for (const subscription of certificate.subscriptions) {
      holders.set(subscription, new Set([...(holders.get(subscription) ?? []), ...certificate.holders]));
    }
  }
  return new Map(
    roster.subscriptions.flatMap(({ name, subscriptionId }) => {
      const theirs = holders.get(name);
      return theirs === undefined
        ? []
        : [[subscriptionId, { subscription: name, holders: [...theirs].sort() }] as const];
    }),
  );
}
