import { administratorCertificateLimit } from "../defaults";
import type { Roster } from "./roster";

/** A certificate that a roster asks for. */
export interface RosterCertificate {
  /** `pasted`: made elsewhere, and brought along by a person. */
  readonly kind: "person" | "group" | "pasted";
  /** Id of the person or group; of a pasted one, its own among those of its person. */
  readonly id: string;
  /** As `people/alice`, `groups/on-call` or `people/alice/yubikey`: no two certificates of a roster have the same. */
  readonly path: string;
  /** Ids of the people who hold its key, sorted. */
  readonly holders: readonly string[];
  /** Names of the subscriptions that accept it, sorted. */
  readonly subscriptions: readonly string[];
}

/** How a person gets in: with a key of their own that is made here, with these that they brought, or those of these groups. */
export interface Entry {
  readonly own: boolean;
  /** Ids of the certificates that they brought along, sorted. */
  readonly pasted: readonly string[];
  /** Ids, sorted. */
  readonly groups: readonly string[];
}

/** How full something is that takes a limited number of certificates. */
export interface Fullness {
  readonly kind: "subscription" | "administrator";
  readonly name: string;
  /** Certificates of the roster. */
  readonly certificates: number;
  /** While all that can rotate do: each stands beside its predecessor. */
  readonly duringOverlap: number;
  readonly certificateLimit: number;
}

/** One for each person with subscriptions of their own, each that somebody brought along, and each group with members and subscriptions, in this order, sorted. */
export function certificatesOf({ people, groups }: Roster): readonly RosterCertificate[] {
  const personal = people.map(({ id, subscriptions }): RosterCertificate => {
    return { kind: "person", id, path: `people/${id}`, holders: [id], subscriptions };
  });
  const brought = people.flatMap(({ id: person, certificates = [] }) =>
    certificates.map(({ id, subscriptions }): RosterCertificate => {
      return { kind: "pasted", id, path: `people/${person}/${id}`, holders: [person], subscriptions };
    }),
  );
  const shared = groups.map(({ id, members, subscriptions }): RosterCertificate => {
    return { kind: "group", id, path: `groups/${id}`, holders: members, subscriptions };
  });
  // A key that opens nothing is one more to lose, and one that nobody holds is nobody's.
  return [...personal, ...brought, ...shared].filter(
    ({ holders, subscriptions }) => holders.length > 0 && subscriptions.length > 0,
  );
}

/** Who gets in where, by person and subscription; nothing where they don't. */
export function accessOf(roster: Roster): ReadonlyMap<string, ReadonlyMap<string, Entry>> {
  const access = new Map(roster.people.map(({ id }) => [id, new Map<string, Entry>()]));
  for (const { kind, id, holders, subscriptions } of certificatesOf(roster)) {
    for (const holder of holders) {
      const row = access.get(holder);
      for (const subscription of subscriptions) {
        const entry = row?.get(subscription) ?? { own: false, pasted: [], groups: [] };
        row?.set(subscription, withKey(entry, kind, id));
      }
    }
  }
  return access;
}

function withKey(entry: Entry, kind: RosterCertificate["kind"], id: string): Entry {
  switch (kind) {
    case "person":
      return { ...entry, own: true };
    case "pasted":
      return { ...entry, pasted: [...entry.pasted, id] };
    case "group":
      return { ...entry, groups: [...entry.groups, id] };
  }
}

/** Of each subscription and each administrator that the roster names, in the roster's order. */
export function fullnessOf(roster: Roster): readonly Fullness[] {
  const counted = new Map<string, Count>();
  for (const { kind, subscriptions } of certificatesOf(roster)) {
    const one = { certificates: 1, duringOverlap: kind === "pasted" ? 1 : 2 };
    for (const name of subscriptions) {
      counted.set(name, sum(counted.get(name), one));
    }
  }
  const subscriptions = roster.subscriptions.map(
    ({ name, certificateLimit }): Fullness => ({
      kind: "subscription",
      name,
      ...sum(counted.get(name), nothing),
      certificateLimit,
    }),
  );
  const administered = new Map<string, Count>();
  for (const { name, administrator } of roster.subscriptions) {
    if (administrator !== undefined) {
      administered.set(administrator, sum(administered.get(administrator), counted.get(name) ?? nothing));
    }
  }
  const administrators = [...administered].map(
    ([name, count]): Fullness => ({
      kind: "administrator",
      name,
      ...count,
      certificateLimit: administratorCertificateLimit,
    }),
  );
  return [...subscriptions, ...administrators];
}

type Count = Pick<Fullness, "certificates" | "duringOverlap">;
const nothing: Count = { certificates: 0, duringOverlap: 0 };

function sum(left: Count | undefined, right: Count): Count {
  const { certificates, duringOverlap } = left ?? nothing;
  return {
    certificates: certificates + right.certificates,
    duringOverlap: duringOverlap + right.duringOverlap,
  };
}
