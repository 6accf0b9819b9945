import type { StackExport } from "../stackExport";
import { checksFor } from "./checks";
import type { Doors } from "./doors";
import { firstLine } from "./doors";
import { doorsOf, type HeldDoor, type Holdings } from "./holdings";
import type { KnownState } from "./knownState";
import { type Managed, managedBy } from "./managed";
import { type Course, type OffboardReport, reportDoor, type Visit } from "./report";
import { type Upload, uploadsIn } from "./uploads";

interface Situation {
  readonly holdings: Holdings;
  /** Those whose certificates were worked on. */
  readonly states: readonly KnownState[];
  /** Those of other stacks, whose certificates are only not to be taken for strangers. */
  readonly knownStates: readonly KnownState[];
  readonly course: Course;
  readonly now: Date;
}

/** Reads every door of the person, and says what is still open. */
export async function visitDoors(doors: Doors, situation: Situation): Promise<OffboardReport> {
  const { holdings, states, knownStates, course, now } = situation;
  const stacks = [...states, ...knownStates].map(({ stack }) => stack);
  const managed = managedBy(stacks, holdings);
  const subscriptionNames = subscriptionNamesIn(stacks);
  const visits = await Promise.all(doorsOf(holdings).map((door) => visit(doors, door, managed, now)));
  return {
    person: holdings.person,
    readAt: now,
    doors: visits.map((one) => reportDoor(one, { holdings, managed, course, subscriptionNames, now })),
    checks: checksFor(holdings.person, visits, states, managed),
  };
}

function subscriptionNamesIn(stacks: readonly StackExport[]): ReadonlyMap<string, string> {
  return new Map(
    stacks
      .flatMap(({ rosters }) => rosters.flatMap(({ outputs }) => outputs?.roster?.subscriptions ?? []))
      .map(({ name, subscriptionId }) => [subscriptionId.toLowerCase(), name]),
  );
}

async function visit(doors: Doors, door: HeldDoor, managed: Managed, now: Date): Promise<Visit> {
  const reading = await doors.read(door);
  const strangers =
    reading.kind === "read"
      ? reading.certificates.filter((found) => !managed.manages(found)).map(({ thumbprint }) => thumbprint)
      : [];
  const uploads =
    door.place.kind === "subscription" && strangers.length > 0
      ? await uploadsOf(doors, door, strangers, now)
      : new Map();
  return { door, reading, uploads };
}

async function uploadsOf(
  doors: Doors,
  door: HeldDoor,
  thumbprints: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Upload>> {
  try {
    return uploadsIn(await doors.operations(door, now), thumbprints);
  } catch (error) {
    const why = firstLine(error);
    return new Map(thumbprints.map((thumbprint) => [thumbprint, { kind: "unreadable", why }]));
  }
}
