import { describe, expect, it } from "vitest";
import { type DueReport, dueJson, dueTable } from "./dueTable";
import type { DueItem } from "./whatIsDue";

const now = new Date("2027-03-01T00:00:00Z");
const until = new Date("2027-03-31T00:00:00Z");

function item(over: Partial<DueItem> = {}): DueItem {
  return {
    date: new Date("2027-03-08T12:00:00Z"),
    kind: "retirement",
    urn: "urn:pulumi:prod::access::azure-certificates:index:SubscriptionCertificateLink::alice-on-prod",
    what: "takes 99C1A2B3… off",
    thumbprint: "99C1A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3",
    door: { subscriptionId: "5a1f1c9e-8a1b-4a5e-9f00-000000000001", application: null },
    ...over,
  };
}

const nothing = {
  urn: "",
  type: "ManagementCertificate",
  provider: null,
  waitsForDeletion: false,
  failures: [],
  inputs: {},
  recorded: {},
  outputs: null,
};

function report(over: Partial<DueReport> = {}): DueReport {
  return {
    now,
    until,
    items: [],
    next: null,
    counted: { certificates: [nothing], links: [nothing, nothing] },
    ...over,
  };
}

describe("the table", () => {
  it("says that nothing is due, and what comes next", () => {
    expect(dueTable(report({ next: item({ date: new Date("2027-06-01T00:00:00Z") }) }))).toBe(
      "Nothing is due before 2027-03-31 00:00 UTC (1 certificate, 2 links). The next date is 2027-06-01: alice-on-prod takes 99C1A2B3… off.",
    );
  });

  it("tells an empty state from one where nothing is due", () => {
    expect(dueTable(report({ counted: { certificates: [], links: [] } }))).toBe(
      "Nothing is due: this state holds no certificates and no links.",
    );
  });

  it("lines its columns up, and marks what is overdue", () => {
    const items = [
      item({ date: new Date("2027-02-01T00:00:00Z"), kind: "rotation", urn: "urn::a::b::alice", what: "rotates" }),
      item(),
    ];
    expect(dueTable(report({ items }))).toBe(
      [
        "As of 2027-03-01 00:00 UTC, 2 things are due by 2027-03-31 00:00 UTC (1 certificate, 2 links):",
        "",
        "  2027-02-01 00:00 UTC  overdue  rotation    alice          rotates",
        "  2027-03-08 12:00 UTC           retirement  alice-on-prod  takes 99C1A2B3… off",
        "",
        "An update carries out what is due: pulumi up",
      ].join("\n"),
    );
  });

  it("does not suggest an update for what is not due yet", () => {
    expect(dueTable(report({ items: [item()] }))).toBe(
      [
        "As of 2027-03-01 00:00 UTC, 1 thing is due by 2027-03-31 00:00 UTC (1 certificate, 2 links):",
        "",
        "  2027-03-08 12:00 UTC  retirement  alice-on-prod  takes 99C1A2B3… off",
      ].join("\n"),
    );
  });

  it("lets no name out of a state move the cursor, forge a line or turn the text around", () => {
    const urn = "urn::a::b::ali\u001b[2Jce\n\u202Ebob";
    const table = dueTable(report({ items: [item({ urn, what: "fa\u001b]0;x\u0007iled" })] }));
    expect(table.split("\n")).toHaveLength(3);
    expect(table.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("the JSON", () => {
  it("gives dates as ISO 8601 in whole seconds, and everything a program needs to act", () => {
    const items = [item({ date: new Date("2027-02-01T00:00:00Z"), kind: "rotation" })];
    expect(dueJson(report({ items, next: item() }))).toEqual({
      asOf: "2027-03-01T00:00:00Z",
      until: "2027-03-31T00:00:00Z",
      certificates: 1,
      links: 2,
      due: [
        {
          date: "2027-02-01T00:00:00Z",
          overdue: true,
          kind: "rotation",
          name: "alice-on-prod",
          urn: item().urn,
          subscriptionId: item().door?.subscriptionId,
          application: null,
          thumbprint: item().thumbprint,
          what: "takes 99C1A2B3… off",
        },
      ],
      next: {
        date: "2027-03-08T12:00:00Z",
        overdue: false,
        kind: "retirement",
        name: "alice-on-prod",
        urn: item().urn,
        subscriptionId: item().door?.subscriptionId,
        application: null,
        thumbprint: item().thumbprint,
        what: "takes 99C1A2B3… off",
      },
    });
  });
});
