import { describe, expect, it } from "vitest";
import type { Configured } from "../../provider/resources/context";
import { applicationKind } from "../../provider/resources/link/applicationCertificateLink";
import { foreseen, linkChanges } from "../../provider/resources/link/linkChanges";
import { subscriptionKind } from "../../provider/resources/link/subscriptionCertificateLink";
import type { SubscriptionCertificateLinkState } from "../../provider/resources/link/subscriptionCertificateLinkDefinition";
import { decideRotation } from "../../provider/rotation/decideRotation";
import type { LinkCertificate } from "../../provider/rotation/types";
import { maintenanceAt } from "../../provider/schedule/maintenanceWindows";
import { stateOf, version, wishesOf } from "../../test/support/certificateStates";
import { documentationPages } from "./pages";

const production = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const staging = "b1946ac9-2f5e-4d8a-9c3b-5e6f7a8b9c0d";
const current = "A87CC003".padEnd(40, "0");
const older = "99C1D2E3".padEnd(40, "0");
const bob = "bob@contoso.com";

/** The sentences that a page shows below "What a preview says". */
function shown(page: string): readonly string[] {
  const section = /^## What a preview says\n(.*?)^## /ms.exec(documentationPages().get(page) ?? "")?.[1] ?? "";
  return [...section.matchAll(/^```text\n(.*?)\n```$/gms)].map(([, sentence = ""]) => sentence);
}

describe("what the documentation says that a preview says", () => {
  it("is what a certificate says", () => {
    const notAfter = new Date("2028-01-01T00:00:00Z");
    const issuedAt = new Date("2027-01-01T00:00:00Z");
    const state = stateOf(
      { ...version(current, { notAfter, heldBy: [bob] }), issuedAt },
      { previous: [version(older, { heldBy: [bob] })] },
    );
    const ofOthers = stateOf({ ...state.current, heldBy: [] }, { previous: state.previous });
    const wishes = wishesOf({ renewBeforeHours: 2920 });
    const early = new Date("2027-05-01T00:00:00Z");
    const saturdays = [{ cron: "0 22 * * SAT", durationHours: 6, timeZone: "Europe/Berlin" }];
    const withWindows = (date: string) =>
      decideRotation(state, wishes, new Date(date), maintenanceAt(saturdays, new Date(date))).sentence;
    expect(shown("resources/managementCertificate.md")).toEqual([
      decideRotation(state, wishes, new Date("2027-09-05T00:00:00Z")).sentence,
      withWindows("2027-09-06T00:00:00Z"),
      withWindows("2027-12-20T00:00:00Z"),
      decideRotation(state, { ...wishes, rotationTriggers: { team: "2" } }, early).sentence,
      decideRotation(state, { ...wishes, holders: [] }, early).sentence,
      decideRotation(ofOthers, { ...wishes, holders: [] }, early).sentence,
    ]);
  });

  it("is what a link says", () => {
    const options = {
      allowLast: false,
      removeFirst: false,
      whenRemovedElsewhere: "fail",
      removeAdopted: false,
      verify: "listed",
      resourceName: "production",
    } as const;
    const lineage = "3c9d4f0e-6f3b-4c39-9f0e-0d5a7d1b2c3d";
    const newest = "F20BB125".padEnd(40, "0");
    const validity = { notBefore: new Date("2027-01-01"), notAfter: new Date("2029-01-01") };
    const certificateOf = (thumbprint: string, previous: string): LinkCertificate => ({
      lineage,
      current: { thumbprint, sha256Fingerprint: "2".repeat(64), ...validity },
      previous: [{ thumbprint: previous, notAfter: validity.notAfter, revoked: false }],
      overlapHours: 168,
    });
    const endpoint = "https://management.core.windows.net";
    const door = `subscription ${production}`;
    const registeredAt = "2027-01-01T00:00:00Z";
    const state: SubscriptionCertificateLinkState = {
      ...options,
      subscriptionId: production,
      managementEndpoint: endpoint,
      lineage,
      overlapHours: 168,
      thumbprint: current,
      sha256Fingerprint: "2".repeat(64),
      certificateCount: 100,
      registered: [
        { thumbprint: older, registeredAt, origin: "created" },
        { thumbprint: current, registeredAt, origin: "created" },
      ],
    };
    const changes = (
      date: string,
      before: Partial<SubscriptionCertificateLinkState>,
      certificate: LinkCertificate,
      subscriptionId = production,
    ) =>
      linkChanges(
        { ...state, ...before },
        {
          inputs: options,
          certificate,
          door,
          moves: subscriptionKind.moves(state, { subscriptionId, managementEndpoint: endpoint }, {} as Configured),
          alsoRecorded: [],
        },
        100,
        new Date(date),
      );
    const rotation = { kind: "rotate" as const, reasons: [], overlapHours: 168, revoke: [], sentence: "" };
    const gone = (thumbprint: string) => ({ thumbprint, because: "" });

    const afterOverlap = [
      { thumbprint: current, registeredAt, retireAt: "2027-09-12T00:00:00Z", origin: "created" as const },
      { thumbprint: newest, registeredAt: "2027-09-05T00:00:00Z", origin: "created" as const },
    ];
    const missing = {
      thumbprint: current,
      registeredAt,
      missingSince: "2027-02-01T12:00:00Z",
      origin: "created" as const,
    };
    expect(shown("resources/subscriptionCertificateLink.md")).toEqual([
      foreseen(door, state, rotation),
      changes("2027-09-12", { thumbprint: newest, registered: afterOverlap }, certificateOf(newest, current)).changes[0]
        ?.reason,
      foreseen(door, state, { ...rotation, overlapHours: 0, revoke: [gone(current), gone(older)] }),
      changes("2027-02-02", { registered: [missing] }, certificateOf(current, older)).changes[0]?.reason,
      changes("2027-02-02", {}, certificateOf(current, older), staging).changes[0]?.reason,
      changes("2027-09-05", {}, certificateOf(newest, current)).warnings[0],
    ]);
    expect(shown("resources/applicationCertificateLink.md")).toEqual([
      foreseen(`application ${production}`, state, rotation),
      applicationKind.moves({ appId: production }, { appId: staging }, {} as Configured)[0]?.reason,
    ]);
  });
});
