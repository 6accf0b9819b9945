import { describe, expect, it } from "vitest";
import {
  certificate,
  current,
  type ExportedResource,
  link,
  previous,
  staging,
  stateOf,
} from "../../test/support/exportedStack";
import { oddCertificate } from "../../test/support/oddCertificates";
import { gatherReport, type Report } from "./report";

function reportOf(resources: readonly ExportedResource[], now: string): Report {
  return gatherReport([stateOf(resources)], new Date(now));
}

function lines(items: Report["due"]): readonly string[] {
  return items.map(({ date, kind, name, isMissedRun }) => {
    return `${date.toISOString().slice(0, 10)} ${kind} ${name}${isMissedRun ? " missed" : ""}`;
  });
}

const revoked = { thumbprint: previous, notAfter: "2027-05-01T00:00:00Z", revoked: true, heldBy: ["bob"] };
const registeredPrevious = { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z" };
const registeredCurrent = { thumbprint: current, registeredAt: "2026-06-01T00:00:00Z" };

describe("a report", () => {
  const cases: readonly {
    rule: string;
    resources: readonly ExportedResource[];
    now?: string;
    wrong?: readonly string[];
    due?: readonly string[];
  }[] = [
    {
      rule: "expects what the calendar brings",
      resources: [certificate("alice")],
      due: ["2027-02-01 rotation alice", "2027-06-01 expiry alice"],
    },
    {
      rule: "leaves a day to whoever runs updates",
      resources: [certificate("alice")],
      now: "2027-02-02T00:00:00Z",
      due: ["2027-02-01 rotation alice", "2027-06-01 expiry alice"],
    },
    {
      rule: "calls a rotation missed after that day",
      resources: [certificate("alice")],
      now: "2027-02-02T00:00:01Z",
      wrong: ["2027-02-01 rotation alice missed"],
      due: ["2027-06-01 expiry alice"],
    },
    {
      rule: "calls a retirement missed after a day",
      resources: [
        link("alice-on-prod", "alice", {
          registered: [registeredCurrent, { ...registeredPrevious, retireAt: "2026-06-28T00:00:00Z" }],
        }),
      ],
      wrong: ["2026-06-28 retirement alice-on-prod missed"],
    },
    {
      rule: "does not call an expiry missed, but what it is",
      resources: [certificate("alice")],
      now: "2027-06-01T00:00:00Z",
      wrong: ["2027-06-01 expiry alice", "2027-02-01 rotation alice missed"],
    },
    {
      rule: "begins with who can still get in, and ends with what was missed",
      resources: [
        certificate("carol", { renewalTime: "2026-06-15T00:00:00Z" }),
        certificate(
          "alice",
          { thumbprint: current, previous: [revoked] },
          { initErrors: ["the service answered 503"] },
        ),
        link("alice-on-prod", "alice", { registered: [registeredCurrent, registeredPrevious] }),
        link("bob-on-prod", "bob", {}, { initErrors: ["STILL OPEN: no answer"] }),
        certificate("dave", {}, { delete: true }),
      ],
      wrong: [
        "2026-07-01 revocation alice-on-prod",
        "2026-07-01 failed bob-on-prod",
        "2026-07-01 failed alice",
        "2026-07-01 interrupted dave",
        "2026-06-15 rotation carol missed",
      ],
      due: ["2027-02-01 rotation alice", "2027-06-01 expiry alice", "2027-06-01 expiry carol"],
    },
  ];
  it.each(cases)("$rule", ({ resources, now = "2026-07-01T00:00:00Z", wrong = [], due = [] }) => {
    const report = reportOf(resources, now);
    expect(lines(report.wrong)).toEqual(wrong);
    expect(lines(report.due)).toEqual(due);
  });

  it("is of many stacks, each named, in the order of their names", () => {
    const states = [
      stateOf([certificate("alice")], "west"),
      stateOf([certificate("alice")], "east"),
      stateOf([], "", "empty.json"),
    ];
    const report = gatherReport(states, new Date("2026-07-01T00:00:00Z"));
    expect(report.stacks).toMatchObject([
      { name: "access/east", source: "east.json", certificates: 1, links: 0 },
      { name: "access/west", source: "west.json", certificates: 1 },
      { name: "empty.json", certificates: 0 },
    ]);
    expect(report.certificates.map(({ stack }) => stack.name)).toEqual(["access/east", "access/west"]);
  });

  it("refuses two exports of one stack", () => {
    const states = ["old.json", "new.json"].map((source) => stateOf([certificate("alice")], "prod", source));
    expect(() => gatherReport(states, new Date(0))).toThrow(
      "old.json and new.json are both exports of the stack access/prod.",
    );
  });

  it("knows which version of which certificate is on a door, also in another stack", () => {
    const states = [
      stateOf([
        certificate("alice", { previous: [{ ...revoked, revoked: false }] }),
        link("here", "alice", {
          registered: [registeredCurrent, { ...registeredPrevious, retireAt: "2026-07-08T00:00:00Z" }],
        }),
      ]),
      stateOf([link("there", "alice", { subscriptionId: staging, registered: [registeredPrevious] })], "other"),
      stateOf([link("alone", "nobody")], "third"),
    ];
    const { registrations } = gatherReport(states, new Date("2026-07-01T00:00:00Z"));
    const alice = "urn:pulumi:prod::access::azure-certificates:index:ManagementCertificate::alice";
    expect(registrations).toMatchObject([
      { name: "there", role: "previous", certificate: alice, retireAt: null },
      { name: "here", role: "current", certificate: alice },
      { name: "here", role: "previous", certificate: alice, retireAt: new Date("2026-07-08T00:00:00Z") },
      { name: "alone", role: "current", certificate: null },
    ]);
  });

  it("has a certificate that was made elsewhere once, last, without a rotation", () => {
    const { der } = oddCertificate({ notAfter: new Date("2026-09-01T00:00:00Z") });
    const certificatePem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
    const bare = (name: string) => link(name, "", { lineage: undefined }, { inputs: { certificatePem } });
    const { certificates } = reportOf([bare("first"), bare("second"), certificate("alice")], "2026-07-01T00:00:00Z");
    expect(certificates).toMatchObject([
      { name: "alice", rotatesAt: new Date("2027-02-01T00:00:00Z") },
      { name: "first", rotatesAt: null, renewalTime: null, notAfter: new Date("2026-09-01T00:00:00Z") },
    ]);
  });

  it("tells of each certificate when it rotated last and rotates next, and who holds it", () => {
    const lastRotation = { at: "2026-06-01T00:00:00Z", reasons: ["the renewal window opened"] };
    const { certificates } = reportOf(
      [
        certificate("old", { holders: [], heldBy: ["zoe"], lastRotation, rotateEveryHours: 24 }),
        certificate("unknown", { notBefore: undefined, revision: undefined }),
      ],
      "2026-07-01T00:00:00Z",
    );
    expect(certificates).toMatchObject([
      {
        name: "old",
        rotatesAt: new Date("2026-06-02T00:00:00Z"),
        lastRotation: { at: new Date("2026-06-01T00:00:00Z") },
        holders: [],
      },
      {
        name: "unknown",
        notBefore: new Date("2026-06-01T00:00:00Z"),
        revision: null,
        lastRotation: null,
        holders: null,
      },
    ]);
  });

  it("is the same whatever order the states and their resources have", () => {
    const resources = [
      certificate("alice"),
      certificate("bob"),
      link("alice-on-prod", "alice", {}, { initErrors: ["no"] }),
    ];
    const now = new Date("2027-03-01T00:00:00Z");
    const one = gatherReport([stateOf(resources), stateOf(resources, "other")], now);
    const other = gatherReport([stateOf(resources.toReversed(), "other"), stateOf(resources.toReversed())], now);
    expect(other).toEqual(one);
  });
});
