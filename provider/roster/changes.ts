import { accessOf, type Entry } from "./access";
import type { PastedCertificate, Person, Roster } from "./roster";

/** What becomes different for one person between two rosters. */
export interface PersonChange {
  readonly person: string;
  /** As the roster calls them: the newer one, where both know them. */
  readonly name: string;
  /** `left` and `joined`: only one of the two rosters knows the person. */
  readonly kind: "joined" | "left" | "stays";
  /** Subscriptions that they could not sign in to, and can now; sorted. */
  readonly opened: readonly Opening[];
  /** Subscriptions that they could sign in to, and can't any more; sorted. */
  readonly closed: readonly string[];
  /** Certificates that they brought along, with the subscriptions that did not accept them and do now; by id. */
  readonly openedWith: readonly PastedCertificate[];
  /** The same of those that subscriptions accepted and do no more; by id. */
  readonly closedTo: readonly PastedCertificate[];
  /** Groups whose key they knew and are no longer to know: it is replaced and revoked. Sorted. */
  readonly leftGroups: readonly string[];
}

export interface Opening {
  readonly subscription: string;
  readonly by: Entry;
}

/** Everybody whose access differs, by id. A new name alone is no change of access. */
export function changesBetween(before: Roster, after: Roster): readonly PersonChange[] {
  const [accessBefore, accessAfter] = [accessOf(before), accessOf(after)];
  const [peopleBefore, peopleAfter] = [byId(before), byId(after)];
  const doors = { before: doorsOf(before), after: doorsOf(after) };
  return [...new Set([...peopleBefore.keys(), ...peopleAfter.keys()])].sort().flatMap((person) => {
    const [was, is] = [peopleBefore.get(person), peopleAfter.get(person)];
    const had = named(accessBefore.get(person), doors.before);
    const has = named(accessAfter.get(person), doors.after);
    const change: PersonChange = {
      person,
      name: (is ?? was)?.name ?? person,
      kind: is === undefined ? "left" : was === undefined ? "joined" : "stays",
      opened: [...has].flatMap(([door, { subscription, by }]) => (had.has(door) ? [] : [{ subscription, by }])),
      closed: [...had].flatMap(([door, { subscription }]) => (has.has(door) ? [] : [subscription])),
      openedWith: moreOf(is, was, doors.after, doors.before),
      closedTo: moreOf(was, is, doors.before, doors.after),
      leftGroups: groupsOf(before, person).filter((group) => !groupsOf(after, person).includes(group)),
    };
    const isSame =
      change.kind === "stays" &&
      [change.opened, change.closed, change.openedWith, change.closedTo, change.leftGroups].every(
        (list) => list.length === 0,
      );
    return isSame ? [] : [change];
  });
}

/** A door is its GUID, whatever the roster calls it. */
function doorsOf({ subscriptions }: Roster): ReadonlyMap<string, string> {
  return new Map(subscriptions.map(({ name, subscriptionId }) => [name, subscriptionId]));
}

function named(
  row: ReadonlyMap<string, Entry> | undefined,
  doors: ReadonlyMap<string, string>,
): ReadonlyMap<string, { readonly subscription: string; readonly by: Entry }> {
  const entries = [...(row ?? [])].toSorted(([left], [right]) => (left < right ? -1 : 1));
  return new Map(entries.map(([subscription, by]) => [doors.get(subscription) ?? subscription, { subscription, by }]));
}

/** What the one roster lets in with a pasted certificate and the other does not: a key, and a door. */
function moreOf(
  one: Person | undefined,
  other: Person | undefined,
  doors: ReadonlyMap<string, string>,
  otherDoors: ReadonlyMap<string, string>,
): readonly PastedCertificate[] {
  const pair = (thumbprint: string, subscription: string, ids: ReadonlyMap<string, string>) =>
    `${thumbprint} ${ids.get(subscription) ?? subscription}`;
  const known = new Set(
    (other?.certificates ?? []).flatMap(({ thumbprint, subscriptions }) =>
      subscriptions.map((subscription) => pair(thumbprint, subscription, otherDoors)),
    ),
  );
  return (one?.certificates ?? []).flatMap((certificate) => {
    const { thumbprint } = certificate;
    const subscriptions = certificate.subscriptions.filter((name) => !known.has(pair(thumbprint, name, doors)));
    return subscriptions.length === 0 ? [] : [{ ...certificate, subscriptions }];
  });
}

function byId({ people }: Roster): ReadonlyMap<string, Person> {
  return new Map(people.map((person) => [person.id, person]));
}

function groupsOf({ groups }: Roster, person: string): readonly string[] {
  return groups.filter(({ members }) => members.includes(person)).map(({ id }) => id);
}
