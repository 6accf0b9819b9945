import { checksFor } from "../../cli/offboard/checks";
import type { DoorReading, FoundCertificate } from "../../cli/offboard/doors";
import { doorsOf, whatPersonHeld } from "../../cli/offboard/holdings";
import { readKnownState } from "../../cli/offboard/knownState";
import { managedBy } from "../../cli/offboard/managed";
import { type Course, type OffboardReport, reportDoor } from "../../cli/offboard/report";
import type { Upload } from "../../cli/offboard/uploads";
import { exportText, thumbprintOf } from "./exportTexts";

/** Alice's own certificate and one that she shares, on a door that the run signs in to as an administrator. */
export const now = new Date("2027-03-01T12:00:00Z");
export const production = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
export const [own, shared, admin, stranger] = [1, 2, 3, 4].map(thumbprintOf) as [string, string, string, string];
export const stack = {
  certificates: [
    { name: "alice", thumbprint: own, holders: ["alice"] },
    { name: "on-call", thumbprint: shared, holders: ["alice", "bob", "carol"] },
  ],
  links: [
    { name: "alice-prod", subscriptionId: production, lineage: "lineage-of-alice", thumbprint: own },
    { name: "on-call-prod", subscriptionId: production, lineage: "lineage-of-on-call", thumbprint: shared },
  ],
};
export const done: Course = { update: "done", removes: true, declared: new Set(), failures: new Map() };

export function found(thumbprint: string, over: Partial<FoundCertificate> = {}): FoundCertificate {
  return {
    thumbprint,
    subject: `CN=${thumbprint.slice(0, 8).replace(/^F0*/, "")}`,
    lineage: null,
    validity: { notBefore: new Date("2026-01-01"), notAfter: new Date("2028-01-01") },
    createdAt: "2027-01-05T10:00:00.1234567Z",
    ...over,
  };
}

export interface Given {
  readonly certificates?: readonly FoundCertificate[];
  readonly reading?: DoorReading;
  readonly course?: Partial<Course>;
  readonly given?: Parameters<typeof exportText>[0];
  readonly uploads?: ReadonlyMap<string, Upload>;
  readonly authenticatedWith?: string | null;
  readonly subscriptionNames?: ReadonlyMap<string, string>;
}

export function reportOf({
  certificates = [],
  reading,
  course,
  given = stack,
  uploads = new Map(),
  authenticatedWith = admin,
  subscriptionNames = new Map(),
}: Given) {
  const state = readKnownState(exportText(given), "the stack prod");
  const holdings = whatPersonHeld([state.stack], "alice");
  const managed = managedBy([state.stack], holdings);
  const visits = doorsOf(holdings).map((door) => ({
    door,
    reading: reading ?? { kind: "read" as const, certificates: [found(admin), ...certificates], authenticatedWith },
    uploads,
  }));
  const report: OffboardReport = {
    person: "alice",
    readAt: now,
    doors: visits.map((visit) =>
      reportDoor(visit, { holdings, managed, course: { ...done, ...course }, subscriptionNames, now }),
    ),
    checks: checksFor("alice", visits, [state], managed),
  };
  return report;
}
