import { normaliseHolder } from "../../provider/resources/certificate/holders";
import { compareText } from "../../provider/rotation/wording";
import type { ExportedDoor, ExportedRoster, StackExport } from "../stackExport";
import { nameOf, stackOf } from "../urn";
import { type KnownVersion, type Lineages, versionOf } from "./versions";

/** Who can sign in where, as far as the states know it: people and doors, and the keys that are between them. */
export interface Access {
  /** Sorted by id. */
  readonly people: readonly Person[];
  /** Subscriptions by name, then applications. */
  readonly doors: readonly Door[];
  readonly keys: readonly Key[];
  /** Certificates that open something, and of which nobody has written down who holds them. */
  readonly untracked: readonly string[];
}

export interface Person {
  /** As rosters and `holders` write it, in one spelling. */
  readonly id: string;
  /** As people call them; null where no roster names them. */
  readonly name: string | null;
  /** False for who has a key that belongs to a roster and is not listed in it; null where no roster is concerned. */
  readonly isInRoster: boolean | null;
}

export interface Door extends ExportedDoor {
  /** As a roster calls it. */
  readonly name: string | null;
}

/**
 * What a key is to those who have it: `own` and `shared` open now; `previous` until its overlap ends; `revoked` should have
 * been taken off and opens still; `missing` is wanted by a roster and not registered yet.
 */
export type KeyKind = "own" | "shared" | "previous" | "revoked" | "missing";

export interface Key {
  readonly kind: KeyKind;
  /** `project/stack`. */
  readonly stack: string;
  /** As a program calls its certificate; of a roster, the id of the person or group. */
  readonly label: string;
  /** Places in `people`. */
  readonly holders: readonly number[];
  /** Places in `doors`. */
  readonly doors: readonly number[];
}

interface FoundKey {
  readonly kind: KeyKind;
  readonly stack: string;
  readonly label: string;
  readonly isOfRoster: boolean;
  readonly holders: readonly string[];
  readonly doors: Set<string>;
}

/** Puts together what links registered, who held it, and what the rosters call them. */
export function accessIn(states: readonly StackExport[], lineages: Lineages): Access {
  const rosters = states.flatMap((state) =>
    state.rosters.flatMap(({ urn, outputs, waitsForDeletion }) =>
      outputs?.roster && !waitsForDeletion ? [{ ...outputs.roster, stack: stackNameOf(urn) }] : [],
    ),
  );
  const { found, doors, untracked } = registeredKeys(states, lineages, labelsOf(states));
  for (const { subscriptions } of rosters) {
    for (const { name, subscriptionId } of subscriptions) {
      const door = { subscriptionId, application: null };
      const before = doors.get(idOf(door));
      doors.set(idOf(door), { ...door, name: before?.name ?? name });
    }
  }
  const wanted = rosters.flatMap(wantedKeys);
  const people = peopleOf(rosters, [...found, ...wanted]);
  const places = placesOf(people.map(({ id }) => id));
  const sortedDoors = [...doors.values()].toSorted(
    (one, other) =>
      Number(one.subscriptionId === null) - Number(other.subscriptionId === null) ||
      compareText(one.name ?? idOf(one), other.name ?? idOf(other)) ||
      compareText(idOf(one), idOf(other)),
  );
  const doorPlaces = placesOf(sortedDoors.map(idOf));
  const placed = ({ kind, stack, label, holders, doors: opened }: FoundKey): Key => ({
    kind,
    stack,
    label,
    holders: inPlaces(holders, places),
    doors: inPlaces(opened, doorPlaces),
  });
  const keys = found.map(placed);
  return {
    people,
    doors: sortedDoors,
    keys: [...keys, ...missingKeys(wanted.map(placed), keys, sortedDoors.length)],
    untracked: [...untracked].toSorted(compareText),
  };
}

/** One for each version that a door accepts, with the doors that do. */
function registeredKeys(states: readonly StackExport[], lineages: Lineages, labels: ReadonlyMap<string, string>) {
  const found = new Map<string, FoundKey>();
  const doors = new Map<string, Door>();
  const untracked = new Set<string>();
  for (const { urn, outputs } of states.flatMap(({ links }) => links)) {
    if (outputs === null) {
      continue;
    }
    const id = idOf(outputs.door);
    doors.set(id, { ...outputs.door, name: null });
    for (const { thumbprint, missingSince } of outputs.registered) {
      const version = versionOf(outputs, thumbprint, lineages);
      const owner = version.certificate?.urn ?? urn;
      const label = labels.get(owner) ?? nameOf(owner);
      if (missingSince) {
        continue;
      }
      if (version.heldBy === null) {
        untracked.add(label);
        continue;
      }
      const place = `${outputs.lineage} ${thumbprint}`;
      const key = found.get(place) ?? {
        kind: kindOf(version),
        stack: stackNameOf(owner),
        label,
        isOfRoster: labels.has(owner),
        holders: version.heldBy.map(normaliseHolder),
        doors: new Set<string>(),
      };
      found.set(place, key);
      key.doors.add(id);
    }
  }
  return { found: [...found.values()], doors, untracked };
}

function kindOf({ role, heldBy }: KnownVersion): KeyKind {
  return role !== "current" ? role : heldBy?.length === 1 ? "own" : "shared";
}

/** What a roster asks for, whether it is there or not. */
function wantedKeys({ stack, subscriptions, people, groups }: Roster): readonly FoundKey[] {
  const ids = new Map(
    subscriptions.map(({ name, subscriptionId }) => [name, idOf({ subscriptionId, application: null })]),
  );
  const doorsOf = (names: readonly string[]) => new Set(names.flatMap((name) => ids.get(name) ?? []));
  return [
    ...people.flatMap((one) => [
      { label: one.id, holders: [one.id], doors: doorsOf(one.subscriptions) },
      ...one.certificates.map(({ id, subscriptions: theirs }) => ({
        label: `${one.id}/${id}`,
        holders: [one.id],
        doors: doorsOf(theirs),
      })),
    ]),
    ...groups.map((one) => ({ label: one.id, holders: one.members, doors: doorsOf(one.subscriptions) })),
  ].map((key) => ({ ...key, kind: "missing", stack, isOfRoster: true, holders: key.holders.map(normaliseHolder) }));
}

/** Of what is wanted, only what no current key opens yet. */
function missingKeys(wanted: readonly Key[], keys: readonly Key[], doorCount: number): readonly Key[] {
  const opened = new Set<number>();
  for (const { kind, holders, doors } of keys) {
    for (const holder of kind === "own" || kind === "shared" ? holders : []) {
      for (const door of doors) {
        opened.add(holder * doorCount + door);
      }
    }
  }
  return wanted.flatMap((key) =>
    key.doors.flatMap((door) => {
      const holders = key.holders.filter((holder) => !opened.has(holder * doorCount + door));
      return holders.length === 0 ? [] : [{ ...key, holders, doors: [door] }];
    }),
  );
}

type Roster = NonNullable<ExportedRoster["roster"]> & { readonly stack: string };

function peopleOf(rosters: readonly Roster[], keys: readonly FoundKey[]): readonly Person[] {
  const names = new Map(
    rosters.flatMap(({ people }) => people.map(({ id, name }) => [normaliseHolder(id), name] as const)),
  );
  const known = new Set(keys.flatMap(({ holders }) => holders));
  const ofRosters = new Set(keys.flatMap(({ isOfRoster, holders }) => (isOfRoster ? holders : [])));
  return [...new Set([...names.keys(), ...known])].toSorted(compareText).map((id) => ({
    id,
    name: names.get(id) ?? null,
    isInRoster: names.has(id) ? true : ofRosters.has(id) ? false : null,
  }));
}

/** What the certificates of a roster are called: `team/groups/on-call` is the group `on-call`; one that Alice brought is `alice/yubikey`. */
function labelsOf(states: readonly StackExport[]): ReadonlyMap<string, string> {
  const prefixes = states.flatMap(({ rosters }) =>
    rosters.flatMap(({ urn }) => ["people", "groups"].map((folder) => `${nameOf(urn)}/${folder}/`)),
  );
  const labelled = (urn: string, name: string) => {
    const prefix = prefixes.find((start) => name.startsWith(start));
    return prefix === undefined ? [] : [[urn, name.slice(prefix.length)] as const];
  };
  return new Map(
    states.flatMap(({ certificates, links }) => [
      ...certificates.flatMap(({ urn }) => labelled(urn, nameOf(urn))),
      // Without the subscription, which ends the name of a link.
      ...links
        .filter(({ outputs }) => outputs?.holder != null)
        .flatMap(({ urn }) => labelled(urn, nameOf(urn).replace(/\/[^/]*$/, ""))),
    ]),
  );
}

function stackNameOf(urn: string): string {
  const { project, stack } = stackOf(urn) ?? { project: "", stack: "" };
  return `${project}/${stack}`;
}

function idOf({ subscriptionId, application }: ExportedDoor): string {
  return subscriptionId === null ? `application ${application}` : subscriptionId.toLowerCase();
}

function placesOf(ids: readonly string[]): ReadonlyMap<string, number> {
  return new Map(ids.map((id, place) => [id, place]));
}

function inPlaces(ids: Iterable<string>, places: ReadonlyMap<string, number>): readonly number[] {
  return [...new Set([...ids].flatMap((id) => places.get(id) ?? []))].sort((one, other) => one - other);
}
