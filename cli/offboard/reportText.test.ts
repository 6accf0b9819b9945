import { describe, expect, it } from "vitest";
import { admin, found, own, production, reportOf, shared, stack, stranger } from "../../test/support/offboardReports";
import { reportJson, reportText } from "./reportText";

describe("the report in words", () => {
  it("says that somebody is out", () => {
    expect(reportText(reportOf({})).split("\n").slice(0, 5)).toEqual([
      "alice is out: 2 certificates on 1 door, each confirmed closed (read on 2027-03-01 12:00 UTC).",
      "",
      `subscription ${production}`,
      "  closed      F0000001…  alice",
      "  closed      F0000002…  on-call",
    ]);
  });

  it("calls a subscription what a roster calls it", () => {
    const subscriptionNames = new Map([[production, "production"]]);
    const title = `production (subscription ${production})`;
    expect(reportText(reportOf({ subscriptionNames })).split("\n")[2]).toBe(title);
    expect(reportText(reportOf({ subscriptionNames, certificates: [found(stranger)] }))).toContain(`  ${title}`);
    expect(reportJson(reportOf({ subscriptionNames })).doors[0]?.name).toBe("production");
  });

  it("begins with what is not closed, and says below each what to do", () => {
    const lines = reportText(reportOf({ certificates: [found(own)] })).split("\n");
    expect(lines[0]).toBe(
      "alice may still sign in: 1 STILL OPEN, 1 confirmed closed (2 certificates on 1 door, read on 2027-03-01 12:00 UTC).",
    );
    expect(lines.slice(3, 5)).toEqual([
      "  STILL OPEN  F0000001…  alice    only alice holds it, and it was not removed",
      "              Run this again; if that does not help, remove it by hand.",
    ]);
  });

  it("says only once why none of a door's certificates is known", () => {
    const text = reportText(reportOf({ reading: { kind: "unreadable", why: "The service refused." } }));
    expect(text.split("\n").slice(3, 7)).toEqual([
      "  not known   F0000001…  alice",
      "  not known   F0000002…  on-call",
      "              it could not be read: The service refused.",
      "              Make it readable and run this again: what can't be read counts as open.",
    ]);
  });

  it("lists what no state manages, with its subject", () => {
    expect(reportText(reportOf({}))).toContain(
      "    F0000003…  CN=3, created 2027-01-05, uploaded by nobody knows whom: applications keep no log that says so; this run signed in with it",
    );
  });

  it("has nothing to say of somebody who opened nothing", () => {
    expect(reportText(reportOf({ given: {} }))).toMatch(/^alice held no certificate that opens a door/);
  });

  it("takes names for data: no control character reaches a terminal", () => {
    const name = "evil\u001b[2J\u202e";
    const given = {
      certificates: [{ name, thumbprint: own, holders: ["alice"] }],
      links: [{ ...stack.links[0], name, lineage: `lineage-of-${name}`, thumbprint: own }],
    };
    const text = reportText(
      reportOf({ given, certificates: [found(own), found(stranger, { subject: `CN=${name}` })] }),
    );
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
    expect(text).toContain("evil\uFFFD[2J\uFFFD");
  });

  it("is JSON for programs, with thumbprints in full", () => {
    expect(reportJson(reportOf({ certificates: [found(own)] }))).toMatchObject({
      person: "alice",
      readAt: "2027-03-01T12:00:00Z",
      closed: false,
      counts: { absent: 1, open: 1, unknown: 0 },
      doors: [
        {
          subscriptionId: production,
          application: null,
          certificates: [
            { thumbprint: own, certificate: "alice", status: "open" },
            { thumbprint: shared, certificate: "on-call", status: "absent" },
          ],
          unmanaged: [{ thumbprint: admin, subject: "CN=3" }],
        },
      ],
    });
  });
});
