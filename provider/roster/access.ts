import { administratorCertificateLimit } from "../defaults";
import type { Roster } from "./roster";

/** A certificate that a roster asks for. */
export interface RosterCertificate {
  readonly kind: "person" | "group";
  /** Id of the person or group. */
  readonly id: string;
  /** As `people/alice` or `groups/on-call`: no two certificates of a roster have the same. */
  readonly path: string;
  /** Ids of the people who hold its key, sorted. */
  readonly holders: readonly string[];
  /** Names of the subscriptions that accept it, sorted. */
  readonly subscriptions: readonly string[];
}

/** How a person gets in: with a key of their own, or of these groups. */
export interface Entry {
  readonly own: boolean;
  /** Ids, sorted. */
  readonly groups: readonly string[];
}

/** How full something is that takes a limited number of certificates. */
export interface Fullness {
  readonly kind: "subscription" | "administrator";
  readonly name: string;
  /** Certificates of the roster. */
  readonly certificates: number;
  /** While all of them rotate: each stands beside its predecessor. */
  readonly duringOverlap: number;
  readonly certificateLimit: number;
}

/** One for each person with subscriptions of their own and each group with members and subscriptions, people first, sorted. */
export function certificatesOf({ people, groups }: Roster): readonly RosterCertificate[] {
  const personal = people.map(({ id, subscriptions }): RosterCertificate => {
    return { kind: "person", id, path: `people/${id}`, holders: [id], subscriptions };
  });
  const shared = groups.map(({ id, members, subscriptions }): RosterCertificate => {
    return { kind: "group", id, path: `groups/${id}`, holders: members, subscriptions };
  });
  // A key that opens nothing is one more to lose, and one that nobody holds is nobody's.
  return [...personal, ...shared].filter(
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
        const { own, groups } = row?.get(subscription) ?? { own: false, groups: [] };
        row?.set(subscription, kind === "person" ? { own: true, groups } : { own, groups: [...groups, id] });
      }
    }
  }
  return access;
}

/** Of each subscription and each administrator that the roster names, in the roster's order. */
export function fullnessOf(roster: Roster): readonly Fullness[] {
  const counted = new Map<string, number>();
  for (const { subscriptions } of certificatesOf(roster)) {
    for (const name of subscriptions) {
      counted.set(name, (counted.get(name) ?? 0) + 1);
    }
  }
  const subscriptions = roster.subscriptions.map(({ name, certificateLimit }) =>
    fullness("subscription", name, counted.get(name) ?? 0, certificateLimit),
  );
  const administered = new Map<string, number>();
  for (const { name, administrator } of roster.subscriptions) {
    if (administrator !== undefined) {
      administered.set(administrator, (administered.get(administrator) ?? 0) + (counted.get(name) ?? 0));
    }
  }
  const administrators = [...administered].map(([name, certificates]) =>
    fullness("administrator", name, certificates, administratorCertificateLimit),
  );
  return [...subscriptions, ...administrators];
}

function fullness(kind: Fullness["kind"], name: string, certificates: number, certificateLimit: number): Fullness {
  return { kind, name, certificates, duringOverlap: 2 * certificates, certificateLimit };
}
