import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { oddCertificate } from "../test/support/oddCertificates";
import { parseStackExport } from "./stackExport";
import { type DueItem, whatIsDue } from "./whatIsDue";

const lineage = "7d0e6a5e-6f2d-4c59-9b3a-0d2f6c1b8a11";
const subscriptionId = "5a1f1c9e-8a1b-4a5e-9f00-000000000001";
const current = "3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C";
const previous = "99C1A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3";

/** Issued on 2026-06-01 for a year; the renewal window opens on 2027-02-01. */
function certificate(outputs: Record<string, unknown> = {}, over: Record<string, unknown> = {}) {
  const type = "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate";
  return {
    urn: `urn:pulumi:prod::access::${type}::alice`,
    type,
    outputs: {
      lineage,
      thumbprint: current,
      issuedAt: "2026-06-01T00:00:00Z",
      renewalTime: "2027-02-01T00:00:00Z",
      notAfter: "2027-06-01T00:00:00Z",
      ...outputs,
    },
    ...over,
  };
}

function link(outputs: Record<string, unknown> = {}, over: Record<string, unknown> = {}) {
  const type = "pulumi-nodejs:dynamic/azure-certificates:SubscriptionCertificateLink";
  return {
    urn: `urn:pulumi:prod::access::${type}::alice-on-prod`,
    type,
    outputs: {
      lineage,
      subscriptionId,
      thumbprint: current,
      registered: [{ thumbprint: current, registeredAt: "2026-06-01T00:00:00Z", origin: "created" }],
      ...outputs,
    },
    ...over,
  };
}

function applicationLink(outputs: Record<string, unknown>) {
  const type = "azure-certificates:index:ApplicationCertificateLink";
  const { subscriptionId: objectId, ...rest } = link(outputs).outputs;
  return { urn: `urn:pulumi:prod::access::${type}::alice-on-app`, type, outputs: { objectId, ...rest } };
}

function due(resources: readonly unknown[], now: string, pending: readonly unknown[] = []): readonly DueItem[] {
  const deployment = { resources, pending_operations: pending };
  return whatIsDue(parseStackExport(JSON.stringify({ version: 3, deployment })), new Date(now));
}

function lines(items: readonly DueItem[]): readonly string[] {
  return items.map(({ date, kind, urn, what }) => {
    return `${date.toISOString().slice(0, 16)} ${kind} ${urn.split("::").at(-1)} ${what}`;
  });
}

/** 22:00 on Saturdays in Berlin; 2027-03-06 is one. */
const saturdays = { cron: "0 22 * * SAT", durationHours: 4, timeZone: "Europe/Berlin" };

const rotationAhead =
  "2027-02-01T00:00 rotation alice rotates with the first update from then on: the renewal window opens (notAfter 2027-06-01)";
const expiryAhead = "2027-06-01T00:00 expiry alice 3F2A1B4C… expires, and opens nothing from then on";

describe("a state says", () => {
  const cases: readonly {
    rule: string;
    resources: readonly unknown[];
    now?: string;
    pending?: readonly unknown[];
    says: readonly string[];
  }[] = [
    {
      rule: "when a certificate will rotate and expire",
      resources: [certificate()],
      says: [rotationAhead, expiryAhead],
    },
    {
      rule: "since when a certificate is due, and why",
      resources: [certificate()],
      now: "2027-03-01T00:00:00Z",
      says: [
        "2027-02-01T00:00 rotation alice rotates with the next update, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01)",
        expiryAhead,
      ],
    },
    {
      rule: "that a certificate has expired",
      resources: [certificate()],
      now: "2027-07-01T00:00:00Z",
      says: [
        "2027-02-01T00:00 rotation alice rotates with the next update, because it expired on 2027-06-01",
        "2027-06-01T00:00 expiry alice 3F2A1B4C… has expired: it opens nothing",
      ],
    },
    {
      rule: "when a certificate will be too old",
      resources: [certificate({ rotateEveryHours: 2160 })],
      says: [
        "2026-08-30T00:00 rotation alice rotates with the first update from then on: it was issued on 2026-06-01 and is rotated every 2160 hours",
        expiryAhead,
      ],
    },
    {
      rule: "that a rotation for a leaver failed: the state knows the holders and not yet the successor",
      resources: [certificate({ holders: ["alice"], heldBy: ["alice", "bob"] })],
      says: ["2026-07-01T00:00 rotation alice rotates with the next update, because bob left", expiryAhead],
    },
    {
      rule: "that a previous version is still to be revoked",
      resources: [
        certificate({
          holders: ["alice"],
          heldBy: ["alice"],
          previous: [{ thumbprint: previous, notAfter: "2027-05-01T00:00:00Z", revoked: false, heldBy: ["bob"] }],
        }),
      ],
      says: [
        "2026-07-01T00:00 revocation alice revokes 99C1A2B3… with the next update: bob held it",
        rotationAhead,
        expiryAhead,
      ],
    },
    {
      rule: "when a certificate that is spread will rotate: at the time that is stored, whatever the spread",
      resources: [certificate({ spreadHours: 240, spreadFraction: 0.5, renewalTime: "2027-01-27T00:00:00Z" })],
      says: [rotationAhead.replace("2027-02-01", "2027-01-27"), expiryAhead],
    },
    {
      rule: "when a certificate will be too old, less its share of the spread",
      resources: [
        certificate({
          rotateEveryHours: 2160,
          spreadHours: 240,
          spreadFraction: 0.5,
          renewalTime: "2027-01-27T00:00:00Z",
        }),
      ],
      says: [
        "2026-08-25T00:00 rotation alice rotates with the first update from then on: it was issued on 2026-06-01 and is rotated every 2160 hours, or up to 240 hours earlier",
        expiryAhead,
      ],
    },
    {
      rule: "in which maintenance window a certificate will rotate that is not due yet",
      resources: [certificate({ maintenanceWindows: [saturdays] })],
      says: [
        "2027-02-06T21:00 rotation alice rotates with the first update from then on: the maintenance window opens, the first after 2027-02-01; it is due by then, because the renewal window opens (notAfter 2027-06-01)",
        expiryAhead,
      ],
    },
    {
      rule: "in which maintenance window a certificate will rotate that is too old by then",
      resources: [certificate({ maintenanceWindows: [saturdays], rotateEveryHours: 2160 })],
      says: [
        "2026-09-05T20:00 rotation alice rotates with the first update from then on: the maintenance window opens, the first after 2026-08-30; it is due by then, because it was issued on 2026-06-01 and is rotated every 2160 hours",
        expiryAhead,
      ],
    },
    {
      rule: "that a certificate will rotate when it is due, if a window is open by then",
      resources: [certificate({ maintenanceWindows: [{ cron: "0 0 * * MON", durationHours: 1, timeZone: "UTC" }] })],
      says: [rotationAhead, expiryAhead],
    },
    {
      rule: "that a certificate will rotate when it is due, if no window is left before its end",
      resources: [certificate({ maintenanceWindows: [{ cron: "0 0 1 7 *", durationHours: 1, timeZone: "UTC" }] })],
      says: [rotationAhead, expiryAhead],
    },
    {
      rule: "for which maintenance window a certificate waits that is due, and nothing before",
      resources: [certificate({ maintenanceWindows: [saturdays] })],
      now: "2027-03-01T00:00:00Z",
      says: [
        "2027-03-06T21:00 rotation alice rotates with the first update from then on: the maintenance window opens that it waits for; it is due, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01)",
        expiryAhead,
      ],
    },
    {
      rule: "until when a certificate that is due can rotate",
      resources: [certificate({ maintenanceWindows: [saturdays] })],
      now: "2027-03-06T22:00:00Z",
      says: [
        "2027-02-01T00:00 rotation alice rotates with the next update, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); the maintenance window is open until 2027-03-07 01:00 UTC",
        expiryAhead,
      ],
    },
    {
      rule: "that a certificate rotates outside of the windows, if the next one leaves no time for the overlap",
      resources: [certificate({ maintenanceWindows: [saturdays], overlapHours: 168 })],
      now: "2027-05-23T12:00:00Z",
      says: [
        "2027-02-01T00:00 rotation alice rotates with the next update, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01)",
        expiryAhead,
      ],
    },
    {
      rule: "that a rotation for a leaver waits for no window, and neither does a revocation",
      resources: [
        certificate({ maintenanceWindows: [saturdays], holders: ["alice"], heldBy: ["alice", "bob"] }),
        certificate(
          {
            maintenanceWindows: [saturdays],
            holders: ["alice"],
            heldBy: ["alice"],
            previous: [{ thumbprint: previous, notAfter: "2027-05-01T00:00:00Z", revoked: false, heldBy: ["bob"] }],
          },
          { urn: certificate().urn.replace("::alice", "::bella") },
        ),
      ],
      now: "2027-03-01T00:00:00Z",
      says: [
        "2027-02-01T00:00 rotation alice rotates with the next update, because bob left, and the renewal window opened on 2027-02-01 (notAfter 2027-06-01)",
        "2027-03-01T00:00 revocation bella revokes 99C1A2B3… with the next update: bob held it",
        "2027-03-06T21:00 rotation bella rotates with the first update from then on: the maintenance window opens that it waits for; it is due, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01)",
        expiryAhead,
        expiryAhead.replace("alice", "bella"),
      ],
    },
    { rule: "nothing of a link that is up to date", resources: [link()], says: [] },
    {
      rule: "when a previous certificate will be taken off an application, by whichever id its link names it",
      resources: [
        applicationLink({
          registered: [
            { thumbprint: current, registeredAt: "2026-06-25T00:00:00Z", retireAt: null, origin: "created" },
            { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z", retireAt: "2026-07-02T12:00:00Z" },
          ],
        }),
      ],
      says: [
        `2026-07-02T12:00 retirement alice-on-app takes 99C1A2B3… off application ${subscriptionId} with the first update from then on: its overlap ends`,
      ],
    },
    {
      rule: "when a previous certificate will be taken off a subscription",
      resources: [
        link({
          registered: [
            { thumbprint: current, registeredAt: "2026-06-25T00:00:00Z", retireAt: null, origin: "created" },
            { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z", retireAt: "2026-07-02T12:00:00Z" },
          ],
        }),
      ],
      says: [
        `2026-07-02T12:00 retirement alice-on-prod takes 99C1A2B3… off subscription ${subscriptionId} with the first update from then on: its overlap ends`,
      ],
    },
    {
      rule: "that a previous certificate should be gone by now",
      resources: [
        link({
          registered: [
            { thumbprint: current, registeredAt: "2026-06-20T00:00:00Z" },
            { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z", retireAt: "2026-06-27T00:00:00Z" },
          ],
        }),
      ],
      says: [
        `2026-06-27T00:00 retirement alice-on-prod takes 99C1A2B3… off subscription ${subscriptionId} with the next update: its overlap has ended`,
      ],
    },
    {
      rule: "that a rotation has not reached a subscription",
      resources: [
        certificate(),
        link({
          thumbprint: previous,
          registered: [{ thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z" }],
        }),
      ],
      says: [
        `2026-07-01T00:00 registration alice-on-prod registers 3F2A1B4C… on subscription ${subscriptionId} with the next update`,
        rotationAhead,
        expiryAhead,
      ],
    },
    {
      rule: "that somebody who left can still get in",
      resources: [
        certificate({
          previous: [{ thumbprint: previous, notAfter: "2027-05-01T00:00:00Z", revoked: true, heldBy: ["bob"] }],
        }),
        link({
          registered: [
            { thumbprint: current, registeredAt: "2026-06-20T00:00:00Z" },
            { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z" },
          ],
        }),
      ],
      says: [
        `2026-07-01T00:00 revocation alice-on-prod STILL OPEN: subscription ${subscriptionId} accepts 99C1A2B3…, which is revoked`,
        rotationAhead,
        expiryAhead,
      ],
    },
    {
      rule: "that somebody removed a certificate by hand",
      resources: [
        link({
          registered: [
            { thumbprint: current, registeredAt: "2026-06-20T00:00:00Z", missingSince: "2026-06-30T00:00:00Z" },
          ],
        }),
      ],
      says: [
        `2026-06-30T00:00 failed alice-on-prod somebody removed 3F2A1B4C… from subscription ${subscriptionId}; it was first missed on 2026-06-30`,
      ],
    },
    {
      rule: "what the last update failed with, in one line each",
      resources: [link({}, { initErrors: ["STILL OPEN: no\n  subscription: x", "and more"] })],
      says: [
        "2026-07-01T00:00 failed alice-on-prod the last update failed: STILL OPEN: no",
        "2026-07-01T00:00 failed alice-on-prod the last update failed: and more",
      ],
    },
    {
      rule: "what waits for its deletion, and nothing else of that",
      resources: [certificate({}, { delete: true })],
      says: [
        "2026-07-01T00:00 interrupted alice it is still to be deleted: whatever it registered stays accepted until an update finishes that",
      ],
    },
    {
      rule: "what a killed run had begun",
      resources: [],
      pending: [
        { type: "updating", resource: link() },
        { type: "creating", resource: { urn: "urn:other", type: "aws:s3/bucket:Bucket" } },
      ],
      says: [
        "2026-07-01T00:00 interrupted alice-on-prod an earlier run was stopped while updating it; `pulumi refresh` clears that up",
      ],
    },
    {
      rule: "nothing of a bare certificate that it can't read",
      resources: [link({ lineage: undefined }, { inputs: { certificatePem: "-----BEGIN CERTIFICATE-----" } })],
      says: [],
    },
  ];
  it.each(cases)("$rule", ({ resources, now = "2026-07-01T00:00:00Z", pending = [], says }) => {
    expect(lines(due(resources, now, pending))).toEqual(says);
  });

  it.each([
    { now: "2026-07-01T00:00:00Z", says: "expires" },
    { now: "2028-07-01T00:00:00Z", says: "has expired" },
  ])("on $now that a bare certificate $says, because nobody else will", ({ now, says }) => {
    const { der } = oddCertificate({ notAfter: new Date("2027-04-01T00:00:00Z") });
    const certificatePem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
    expect(lines(due([link({ lineage: undefined }, { inputs: { certificatePem } })], now))).toEqual([
      `2027-04-01T00:00 expiry alice-on-prod 3F2A1B4C… ${says}, and nothing here rotates it: it was made elsewhere`,
    ]);
  });

  it("that a subscription may accept a certificate of which there is no record, if a first registration was cut off", () => {
    const { der } = oddCertificate({});
    const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
    const thumbprint = createHash("sha1").update(der).digest("hex").toUpperCase();
    const certificatePem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
    const inputs = [
      { subscriptionId, certificate: { der: der.toString("base64"), previous: [], overlapHours: 1 } },
      { subscriptionId, certificatePem },
    ];
    for (const given of inputs) {
      const pending = [{ type: "creating", resource: { ...link(), outputs: undefined, inputs: given } }];
      expect(due([], "2026-07-01T00:00:00Z", pending)).toMatchObject([
        {
          kind: "interrupted",
          door: { subscriptionId, application: null },
          thumbprint,
          what: expect.stringContaining(
            `subscription ${subscriptionId} may accept ${thumbprint.slice(0, 8)}…, and the state has no record of it`,
          ),
        },
      ]);
      expect(due([link()], "2026-07-01T00:00:00Z", pending).map(({ kind }) => kind)).not.toContain("interrupted");
    }
  });

  it("the same in whatever order its resources stand", () => {
    const resources = [certificate(), link({}, { initErrors: ["no"] })];
    expect(due(resources.toReversed(), "2027-03-01T00:00:00Z")).toEqual(due(resources, "2027-03-01T00:00:00Z"));
  });
});
