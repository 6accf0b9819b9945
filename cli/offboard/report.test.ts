import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyStackText, people } from "../../test/support/anyStackText";
import { certificateUrn, exportText, linkUrn, thumbprintOf } from "../../test/support/exportTexts";
import {
  admin,
  done,
  found,
  type Given,
  now,
  own,
  reportOf,
  shared,
  stack,
  stranger,
} from "../../test/support/offboardReports";
import type { DoorReading } from "./doors";
import { doorsOf, whatPersonHeld } from "./holdings";
import { readKnownState } from "./knownState";
import { managedBy } from "./managed";
import { isClosed, reportDoor } from "./report";
import { uploadsIn } from "./uploads";

function rows(given: Given): string[] {
  return reportOf(given).doors.flatMap((door) =>
    door.rows.map(({ certificate, status, because, todo }) =>
      [certificate, status, because, todo].filter(Boolean).join(" | "),
    ),
  );
}

describe("each certificate that the person held", () => {
  it("is confirmed closed where a door that could be read does not have it", () => {
    expect(rows({})).toEqual(["alice | absent", "on-call | absent"]);
    expect(isClosed(reportOf({}))).toBe(true);
  });

  it("is not known where the door could not be read, and that counts as open", () => {
    const report = reportOf({ reading: { kind: "unreadable", why: "The service refused the credential." } });
    expect(report.doors[0]?.rows).toMatchObject([
      {
        status: "unknown",
        because: "it could not be read: The service refused the credential.",
      },
      { status: "unknown" },
    ]);
    expect(isClosed(report)).toBe(false);
  });

  const todoByHand = "If it can't wait, remove it by hand: then bob and carol can't sign in with it either.";
  const whose = "it is of on-call, which bob and carol hold too";
  it.each<[string, Given, string]>([
    [
      "it is the one in use",
      { certificates: [found(own)], authenticatedWith: own },
      "alice | open | this run signs in with it | Sign in with a credential that alice never had, and run this again.",
    ],
    [
      "it is theirs alone and was to be removed",
      { certificates: [found(own)] },
      "alice | open | only alice holds it, and it was not removed | Run this again; if that does not help, remove it by hand.",
    ],
    [
      "the program made it anew",
      { certificates: [found(own)], course: { declared: new Set([certificateUrn("alice")]) } },
      "alice | open | only alice holds it, and the program asks for it | Take alice out of the roster or the program, and run this again.",
    ],
    [
      "its removal failed",
      {
        certificates: [found(own)],
        course: { failures: new Map([[linkUrn("alice-prod"), "STILL OPEN: the service is gone."]]) },
      },
      "alice | open | the service is gone. | Run this again; if that does not help, remove it by hand.",
    ],
    [
      "nothing was to be removed",
      { certificates: [found(own)], course: { removes: false, update: null } },
      "alice | open | only alice holds it, and nothing was removed | Run this again with --apply.",
    ],
    [
      "it has expired",
      { certificates: [found(own, { validity: { notBefore: new Date(0), notAfter: new Date("2027-02-01") } })] },
      "alice | open | it expired on 2027-02-01, and is still accepted as far as anybody can tell; only alice holds it, and it was not removed | Run this again; if that does not help, remove it by hand.",
    ],
    [
      "it is shared and there is no program",
      { certificates: [found(shared)], course: { update: null } },
      `on-call | open | ${whose}: without the program it can't be rotated | Take alice out of the program and run \`azure-certificates offboard\` there. ${todoByHand}`,
    ],
    [
      "it is shared and the program still names them",
      { certificates: [found(shared)] },
      `on-call | open | ${whose}: its program still names alice among its holders | Take alice out of them and run this again. ${todoByHand}`,
    ],
    [
      "it is shared and the update failed",
      { certificates: [found(shared)], course: { update: "failed" } },
      `on-call | open | ${whose}: the update that rotates it failed | Mend what keeps the update from succeeding, and run this again. ${todoByHand}`,
    ],
    [
      "it is shared and nobody says with whom",
      {
        certificates: [found(shared)],
        given: { ...stack, certificates: [{ name: "on-call", thumbprint: shared, heldBy: ["alice", "bob"] }] },
      },
      "on-call | open | it is of on-call, which bob holds too: its program does not say who holds it, so nobody can leave | Give on-call its holders, without alice, and run this again. If it can't wait, remove it by hand: then bob can't sign in with it either.",
    ],
  ])("is STILL OPEN with what to do where %s", (_what, given, row) => {
    expect(rows(given)).toContain(row);
  });

  it("is STILL OPEN with the way out where it is the last valid one", () => {
    const reading = { kind: "read" as const, certificates: [found(own)], authenticatedWith: null };
    expect(rows({ reading })[0]).toMatch(
      /^alice \| open \| it is the last valid certificate of .* \| Register another one there first, or name this one under azure-certificates:allow/,
    );
  });
});

describe("what is on a door and in no record of the person", () => {
  it("is STILL OPEN where it is of a lineage that they held, and nobody knows the version", () => {
    expect(rows({ certificates: [found(stranger, { lineage: "lineage-of-on-call" })] })[2]).toMatch(
      /^on-call \| open \| it is of the lineage of on-call, and no state says who held it/,
    );
  });

  it("is no matter where an earlier run has seen that others held it, and the state has forgotten", () => {
    const others = thumbprintOf(9);
    const previous = [{ thumbprint: shared, heldBy: ["alice"] }];
    const certificates = [{ name: "on-call", thumbprint: others, holders: ["bob"], previous }];
    const holdings = whatPersonHeld([readKnownState(exportText({ ...stack, certificates }), "").stack], "alice");
    const [door] = doorsOf(holdings);
    const reading: DoorReading = {
      kind: "read",
      certificates: [found(others, { lineage: "lineage-of-on-call" })],
      authenticatedWith: null,
    };
    const facts = { holdings, managed: managedBy([], holdings), course: done, subscriptionNames: new Map(), now };
    expect(door && reportDoor({ door, reading, uploads: new Map() }, facts)).toMatchObject({
      rows: [{ thumbprint: shared, status: "absent" }],
      unmanaged: [],
    });
  });

  it("is no matter where others hold it", () => {
    const given = {
      ...stack,
      certificates: [
        ...stack.certificates,
        { name: "bob", lineage: "bobs", thumbprint: thumbprintOf(9), holders: ["bob"] },
      ],
    };
    const report = reportOf({ given, certificates: [found(thumbprintOf(9), { lineage: "bobs" })] });
    expect(report.doors[0]?.rows).toHaveLength(2);
    expect(report.doors[0]?.unmanaged.map(({ thumbprint }) => thumbprint)).toEqual([admin]);
  });

  const operation = {
    name: "AddSubscriptionCertificate",
    about: [`/x/certificates/${stranger}`],
    succeeded: true,
    startedAt: "2027-01-05T10:00:00Z",
    callerEmail: null,
  };
  const upload = (over: Partial<Parameters<typeof uploadsIn>[0][number]>) =>
    uploadsIn([{ ...operation, callerThumbprint: null, ...over }], [stranger]);

  it.each([
    ["with a key that they had", upload({ callerThumbprint: shared })],
    ["by them in the portal", upload({ callerEmail: "Alice" })],
  ])("is STILL OPEN where it was uploaded %s", (_how, uploads) => {
    expect(rows({ certificates: [found(stranger)], uploads })[2]).toMatch(
      /^open \| no state manages it, and it was uploaded on 2027-01-05/,
    );
  });

  it.each([
    [
      upload({ callerThumbprint: thumbprintOf(8) }),
      "uploaded on 2027-01-05 with F0000008…, whose holders no state knows",
    ],
    [upload({ callerEmail: "bob@contoso.com" }), "uploaded on 2027-01-05 by bob@contoso.com"],
    [upload({}), "uploaded on 2027-01-05 by somebody who signed in without a certificate"],
    [upload({ succeeded: false }), "uploaded longer ago than the subscription's log goes back"],
    [upload({ name: "RemoveSubscriptionCertificate" }), "uploaded longer ago than the subscription's log goes back"],
    [new Map(), "uploaded by nobody knows whom: applications keep no log that says so"],
    [
      new Map([[stranger, { kind: "unreadable" as const, why: "no" }]]),
      "uploaded by nobody knows whom: the subscription's log could not be read (no)",
    ],
  ])("is named with who uploaded it otherwise (%#)", (uploads, words) => {
    const [door] = reportOf({ certificates: [found(stranger)], uploads }).doors;
    expect(door?.rows).toHaveLength(2);
    expect(door?.unmanaged.find(({ thumbprint }) => thumbprint === stranger)?.uploaded).toBe(words);
  });
});

describe("what a certificate can't close", () => {
  const checks = (given: Given) => reportOf(given).checks.map(({ topic, what }) => `${topic}: ${what}`);

  it("is the credential that nobody is known to hold", () => {
    expect(checks({})[0]).toMatch(/^credential: This run signed in to subscription .* with F0000003…, and no state/);
  });

  it("is a credential that the person held", () => {
    expect(checks({ authenticatedWith: own })[0]).toContain("whose key alice had");
  });

  it("is a token that the person may get", () => {
    expect(checks({ authenticatedWith: null })[0]).toContain("with a token");
  });

  it("is no credential that is known to be others'", () => {
    const given = {
      ...stack,
      certificates: [...stack.certificates, { name: "ci", thumbprint: admin, holders: ["ci"] }],
    };
    expect(checks({ given }).filter((one) => one.startsWith("credential"))).toEqual([]);
  });

  it.each([
    [undefined, "does not say that they are encrypted"],
    [{ type: "passphrase", state: { salt: "v1:" } }, "with a passphrase"],
    [{ type: "service", state: { url: "https://api.pulumi.com" } }, "by Pulumi Cloud"],
    [
      { type: "cloud", state: { url: "azurekeyvault://keys.vault.azure.net/keys/one" } },
      "with a key in azurekeyvault://keys",
    ],
    [{ type: "cloud" }, "with a key in a key service"],
  ])("is a state that they could read (%#)", (secretsProviders, words) => {
    expect(checks({ given: { ...stack, secretsProviders } }).at(-1)).toContain(words);
  });

  it("asks for roles and publish settings where there are subscriptions, and for owners where there are applications", () => {
    const app = { name: "app", appId: "0e2a5c5e", lineage: "lineage-of-alice", thumbprint: own };
    expect(reportOf({}).checks.map(({ topic }) => topic)).toEqual(["credential", "roles", "publishSettings", "state"]);
    const only = reportOf({ given: { ...stack, links: [app] } });
    expect(only.checks.map(({ topic }) => topic)).toEqual(["credential", "roles", "state"]);
  });
});

describe("for any state, and whatever is found on the doors", () => {
  it("the report has every certificate that the person held on a door once, and open if it is there", () => {
    const anyFinding = fc.subarray([1, 2, 3, 17, 18, 31, 33, 47, 49, 99].map(thumbprintOf));
    fc.assert(
      fc.property(
        anyStackText,
        fc.constantFrom(...people),
        anyFinding,
        fc.boolean(),
        (stack, person, there, readable) => {
          const { stack: exported } = readKnownState(exportText(stack), "a state");
          const holdings = whatPersonHeld([exported], person);
          const managed = managedBy([exported], holdings);
          const reading: DoorReading = readable
            ? { kind: "read", certificates: there.map((one) => found(one)), authenticatedWith: null }
            : { kind: "unreadable", why: "no" };
          for (const door of doorsOf(holdings)) {
            const visit = { door, reading, uploads: new Map() };
            const { rows, unmanaged } = reportDoor(visit, {
              holdings,
              managed,
              course: done,
              subscriptionNames: new Map(),
              now,
            });
            const told = [...rows, ...unmanaged].map(({ thumbprint }) => thumbprint);
            expect(new Set(told).size).toBe(told.length);
            for (const { thumbprint } of door.held) {
              const status = !readable ? "unknown" : there.includes(thumbprint) ? "open" : "absent";
              expect(rows.filter((row) => row.thumbprint === thumbprint)).toMatchObject([{ status }]);
            }
            for (const { status, because, todo } of rows) {
              expect([because, todo].every((words) => (words === "") === (status === "absent"))).toBe(true);
            }
          }
        },
      ),
    );
  });
});
