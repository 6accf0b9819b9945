import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import type { Configured } from "../context";
import type { Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import { managementCertificate } from "./managementCertificate";

const filledIn = { resourceName: "alice", project: "access", stack: "prod" };

function checked(inputs: Values): Values {
  const result = managementCertificate.check({ ...filledIn, ...inputs }, configuredAt("2027-01-01"));
  expect(result.failures).toEqual([]);
  return result.inputs;
}

function configuredAt(date: string): Configured {
  return configuredFrom({}, testPorts({ now: new Date(date) }));
}

async function created(inputs: Values, date = "2027-01-01T12:00:00.700Z") {
  const { outputs } = await managementCertificate.create(checked(inputs), configuredAt(date));
  return outputs;
}

function diffAt(date: string, olds: Values, inputs: Values) {
  return managementCertificate.diff(olds, checked(inputs), configuredAt(date));
}

function updateAt(date: string, olds: Values, inputs: Values) {
  return managementCertificate.update("id", olds, checked(inputs), configuredAt(date));
}

describe("checking a certificate's inputs", () => {
  it("fills the schedule in: due when a third of the validity is left, a week of overlap", () => {
    expect(checked({})).toMatchObject({
      rsaBits: 2048,
      validityPeriodHours: 8760,
      renewBeforeHours: 2920,
      overlapHours: 168,
      backdateMinutes: 60,
    });
  });

  it("keeps the default overlap within half of a short renewal window, and within the age", () => {
    expect(checked({ validityPeriodHours: 48 })["overlapHours"]).toBe(8);
    expect(checked({ rotateEveryHours: 24 })["overlapHours"]).toBe(24);
  });

  const refused: readonly [string, Values, string, RegExp][] = [
    ["a key that Azure refuses", { rsaBits: 1024 }, "rsaBits", /2048, 3072, 4096.*Azure refuses/],
    ["a blank common name", { commonName: "  " }, "commonName", /blank/],
    ["a common name of 65 characters", { commonName: "x".repeat(65) }, "commonName", /64 characters/],
    ["control characters in a name", { organization: "a\nb" }, "organization", /control characters/],
    [
      "a resource name too long to be the common name",
      { resourceName: "x".repeat(65) },
      "commonName",
      /Give a commonName/,
    ],
    ["a validity of nothing", { validityPeriodHours: 0 }, "validityPeriodHours", /from 1/],
    [
      "a validity that is no number",
      { validityPeriodHours: "one year" },
      "validityPeriodHours",
      /whole number of hours/,
    ],
    [
      "a renewal window as long as the validity",
      { validityPeriodHours: 100, renewBeforeHours: 99 },
      "renewBeforeHours",
      /\(99\).*\(60\).*\(100\)/,
    ],
    [
      "an overlap longer than the renewal window",
      { renewBeforeHours: 100, overlapHours: 101 },
      "overlapHours",
      /longer than renewBeforeHours/,
    ],
    [
      "an overlap longer than the age",
      { rotateEveryHours: 24, overlapHours: 25 },
      "overlapHours",
      /longer than rotateEveryHours/,
    ],
    ["a negative overlap", { overlapHours: -1 }, "overlapHours", /from 0/],
    ["a blank holder", { holders: ["alice", " "] }, "holders[1]", /blank/],
    ["the same holder in two spellings", { holders: ["Alice", " alice"] }, "holders[1]", /same person as holders\[0\]/],
    ["a compromised thumbprint that is none", { compromised: ["abc"] }, "compromised[0]", /40 hexadecimal/],
    ["a trigger that is no text", { rotationTriggers: { team: 1 } }, "rotationTriggers.team", /names to texts/],
    ["an input that does not exist", { overlapDays: 7 }, "overlapDays", /no input of the name/],
  ];
  it.each(refused)("refuses %s, naming the property", (_title, inputs, property, reason) => {
    const { failures } = managementCertificate.check({ ...filledIn, ...inputs }, configuredAt("2027-01-01"));
    expect(failures).toHaveLength(1);
    expect(failures[0]?.property).toBe(property);
    expect(failures[0]?.reason).toMatch(reason);
  });

  it("lets unknown values of any kind pass, and checks the rest", () => {
    const inputs = { validityPeriodHours: unknownValue, holders: ["alice", unknownValue], rsaBits: 1024 };
    const { failures, inputs: kept } = managementCertificate.check(
      { ...filledIn, ...inputs },
      configuredAt("2027-01-01"),
    );
    expect(failures.map((failure) => failure.property)).toEqual(["rsaBits"]);
    expect(kept["holders"]).toEqual(["alice", unknownValue]);
  });

  it("accepts thumbprints as portals and openssl print them", () => {
    const printed = `${"ab:".repeat(19)}ab`;
    expect(checked({ compromised: [printed] })["compromised"]).toEqual(["AB".repeat(20)]);
  });
});

describe("making a certificate", () => {
  it("dates it in whole seconds, back by an hour, and marks it with its lineage", async () => {
    const outputs = await created({ organization: "Contoso" });
    expect(outputs).toMatchObject({
      revision: 1,
      issuedAt: "2027-01-01T12:00:00Z",
      notBefore: "2027-01-01T11:00:00Z",
      notAfter: "2028-01-01T12:00:00Z",
      renewalTime: "2027-09-01T20:00:00Z",
      commonName: "alice",
      organization: "Contoso",
      organizationalUnit: "access/prod",
      previous: [],
    });
    const certificate = new X509Certificate(String(outputs["certificatePem"]));
    expect(certificate.subjectAltName).toBe(`URI:urn:uuid:${outputs["lineage"]}`);
    expect(certificate.fingerprint.replaceAll(":", "")).toBe(outputs["thumbprint"]);
  });

  it("is the same resource to a diff that runs a moment later", async () => {
    const outputs = await created({ holders: ["Bob", "alice"] });
    expect(diffAt("2027-01-01T12:00:01Z", outputs, { holders: ["Bob", "alice"] }).changes).toEqual([]);
  });
});

describe("the diff of a certificate", () => {
  it("says nothing until the renewal window opens, then that it rotates, on renewalTime", async () => {
    const outputs = await created({});
    expect(diffAt("2027-09-01T19:59:59Z", outputs, {}).changes).toEqual([]);
    const { changes } = diffAt("2027-09-01T20:00:00Z", outputs, {});
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ property: "renewalTime", replaces: false });
    expect(changes[0]?.reason).toMatch(/^due: rotates now, because the renewal window opened on 2027-09-01/);
  });

  it("reports every changed input, even one that only has to be recorded", async () => {
    const outputs = await created({});
    for (const inputs of [
      { overlapHours: 24 },
      { renewBeforeHours: 1000 },
      { holders: ["alice"] },
      { rotateEveryHours: 5000 },
    ]) {
      const [property] = Object.keys(inputs);
      const { changes } = diffAt("2027-01-02", outputs, inputs);
      expect(changes.map((change) => change.property)).toContain(property);
    }
  });

  it("does not rotate because the default of a name changed", async () => {
    const outputs = await created({});
    const { changes } = diffAt("2027-01-02", outputs, { resourceName: "alice-renamed", project: "other" });
    expect(changes.map((change) => change.reason).join()).not.toMatch(/rotates/);
  });

  it("may rotate when an input is not known yet", async () => {
    const outputs = await created({});
    const { changes } = diffAt("2027-01-02", outputs, { rotationTriggers: { build: unknownValue } });
    expect(changes).toEqual([
      {
        property: "rotationTriggers",
        reason: "may rotate: rotationTriggers is known only during the update",
        replaces: false,
      },
    ]);
  });

  it("takes well under a millisecond", async () => {
    const outputs = await created({});
    const inputs = checked({});
    const context = configuredAt("2027-01-02");
    // Of the processor: a busy machine makes it no slower.
    const before = process.cpuUsage();
    for (let run = 0; run < 200; run += 1) {
      managementCertificate.diff(outputs, inputs, context);
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000 / 200).toBeLessThan(1);
  });
});

describe("updating a certificate", () => {
  it("rotates in place: another key, the same lineage, the old one remembered without its bytes", async () => {
    const before = await created({});
    const after = await updateAt("2027-09-02", before, {});
    expect(after["lineage"]).toBe(before["lineage"]);
    expect(after["revision"]).toBe(2);
    expect(after["privateKeyPem"]).not.toBe(before["privateKeyPem"]);
    expect(after["previous"]).toEqual([
      { thumbprint: before["thumbprint"], notAfter: before["notAfter"], revoked: false, heldBy: [] },
    ]);
    expect(after["lastRotation"]).toMatchObject({ at: "2027-09-02T00:00:00Z" });
    expect(diffAt("2027-09-02T00:00:01Z", after, {}).changes).toEqual([]);
  });

  it("remembers two superseded versions, newest first", async () => {
    let state = await created({ rotateEveryHours: 24, overlapHours: 1 });
    const thumbprints = [state["thumbprint"]];
    for (const date of ["2027-01-03", "2027-01-05", "2027-01-07"]) {
      state = await updateAt(date, state, { rotateEveryHours: 24, overlapHours: 1 });
      thumbprints.unshift(state["thumbprint"]);
    }
    const previous = state["previous"] as { readonly thumbprint: string }[];
    expect(previous.map((version) => version.thumbprint)).toEqual(thumbprints.slice(1, 3));
  });

  it("rotates at once when a holder leaves, and revokes every version that person ever held", async () => {
    const first = await created({ holders: ["alice", "bob"] });
    const second = await updateAt("2027-09-02", first, { holders: ["alice", "bob"] });
    const third = await updateAt("2027-09-03", second, { holders: ["alice"] });
    expect(third["heldBy"]).toEqual(["alice"]);
    expect(third["previous"]).toMatchObject([
      { thumbprint: second["thumbprint"], revoked: true },
      { thumbprint: first["thumbprint"], revoked: true },
    ]);
  });

  it("records who joins, so that leaving later is noticed", async () => {
    const first = await created({ holders: ["alice"] });
    const joined = await updateAt("2027-02-01", first, { holders: ["alice", "Bob "] });
    expect(joined["thumbprint"]).toBe(first["thumbprint"]);
    expect(joined["heldBy"]).toEqual(["alice", "bob"]);
    const left = await updateAt("2027-02-02", joined, { holders: ["alice"] });
    expect(left["thumbprint"]).not.toBe(first["thumbprint"]);
  });

  it("forgets nobody while holders are not tracked", async () => {
    const first = await created({ holders: ["alice", "bob"] });
    const untracked = await updateAt("2027-09-02", first, {});
    expect(untracked["heldBy"]).toEqual(["alice", "bob"]);
    const { changes } = diffAt("2027-09-03", untracked, { holders: ["alice"] });
    expect(changes[0]?.reason).toMatch(/bob left/);
  });

  it("revokes a compromised previous version without rotating", async () => {
    const first = await created({});
    const second = await updateAt("2027-09-02", first, {});
    const compromised = [String(first["thumbprint"])];
    const third = await updateAt("2027-09-03", second, { compromised });
    expect(third["thumbprint"]).toBe(second["thumbprint"]);
    expect(third["previous"]).toMatchObject([{ thumbprint: first["thumbprint"], revoked: true }]);
    expect(diffAt("2027-09-03", third, { compromised }).changes).toEqual([]);
  });

  it("moves the dates when only the schedule changes", async () => {
    const first = await created({});
    const second = await updateAt("2027-01-02", first, { renewBeforeHours: 1000 });
    expect(second["thumbprint"]).toBe(first["thumbprint"]);
    expect(second["renewalTime"]).toBe("2027-11-20T20:00:00Z");
  });

  it("drops an optional input that the program gave up", async () => {
    const first = await created({ rotateEveryHours: 1000 });
    const second = await updateAt("2027-01-02", first, {});
    expect(second).not.toHaveProperty("rotateEveryHours");
    expect(diffAt("2027-01-02", second, {}).changes).toEqual([]);
  });
});
