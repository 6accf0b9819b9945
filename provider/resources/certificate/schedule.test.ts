import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import { dateOf } from "../fields";
import type { Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import { inputsOf } from "./certificateValues";
import { renewalTimeOf } from "./certificateVersions";
import { managementCertificate } from "./managementCertificate";

const filledIn = { resourceName: "alice", project: "access", stack: "prod" };
/** 22:00 on Saturdays in Berlin. 2027-09-04 is one of them, the first after the renewal window has opened. */
const saturdays = { cron: "0 22 * * SAT", durationHours: 4, timeZone: "Europe/Berlin" };

function at(date: string, random = 0.5) {
  return configuredFrom({}, testPorts({ now: new Date(date) }, { random: () => random }));
}

function failuresOf(inputs: Values) {
  return managementCertificate.check({ ...filledIn, ...inputs }, at("2027-01-01")).failures;
}

function checked(inputs: Values): Values {
  const result = managementCertificate.check({ ...filledIn, ...inputs }, at("2027-01-01"));
  expect(result.failures).toEqual([]);
  return result.inputs;
}

async function created(inputs: Values, random?: number): Promise<Values> {
  return (await managementCertificate.create(checked(inputs), at("2027-01-01T12:00:00Z", random))).outputs;
}

function diffAt(date: string, state: Values, inputs: Values) {
  return managementCertificate.diff(state, checked(inputs), at(date));
}

function updateAt(date: string, state: Values, inputs: Values, random?: number): Promise<Values> {
  return managementCertificate.update("id", state, checked(inputs), at(date, random));
}

describe("the schedule of a certificate is refused", () => {
  it.each<[string, Values, string, RegExp]>([
    [
      "where the spread leaves nothing of the validity",
      { validityPeriodHours: 100, renewBeforeHours: 50, spreadHours: 49 },
      "spreadHours",
      /\(49\).*\(50\).*\(60\).*\(100\)/,
    ],
    [
      "where the spread leaves nothing of the age",
      { rotateEveryHours: 24, spreadHours: 24, overlapHours: 0 },
      "spreadHours",
      /nothing of rotateEveryHours \(24\)/,
    ],
    [
      "where the spread leaves less than the overlap of the age",
      { rotateEveryHours: 48, overlapHours: 24, spreadHours: 25 },
      "spreadHours",
      /\(25\).*\(24\).*\(48\)/,
    ],
    ["with a negative spread", { spreadHours: -1 }, "spreadHours", /from 0/],
    [
      "with an expression that is none",
      { maintenanceWindows: [saturdays, { ...saturdays, cron: "0 25 * * *" }] },
      "maintenanceWindows[1].cron",
      /impossible hour/,
    ],
    [
      "with a zone that there is not",
      { maintenanceWindows: [saturdays, { ...saturdays, timeZone: "Mars/Olympus" }] },
      "maintenanceWindows[1].timeZone",
      /IANA/,
    ],
    [
      "with a window of no time",
      { maintenanceWindows: [{ ...saturdays, durationHours: 0 }] },
      "maintenanceWindows[0].durationHours",
      /0.25/,
    ],
    [
      "with a setting that a window does not have",
      { maintenanceWindows: [{ ...saturdays, timezone: "UTC" }] },
      "maintenanceWindows[0].timezone",
      /no input of the name timezone/,
    ],
    ["with a window that is a text", { maintenanceWindows: ["0 22 * * SAT"] }, "maintenanceWindows[0]", /\{ cron/],
    ["with a window that is no list", { maintenanceWindows: saturdays }, "maintenanceWindows", /list of at most/],
  ])("%s, naming the property", (_what, inputs, property, reason) => {
    expect(failuresOf(inputs)).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  it("only for what is known", () => {
    expect(
      failuresOf({ maintenanceWindows: [{ ...saturdays, cron: unknownValue }], spreadHours: unknownValue }),
    ).toEqual([]);
  });
});

describe("the default overlap", () => {
  it("fits beside the spread into the age", () => {
    expect(checked({ rotateEveryHours: 48, spreadHours: 40 })["overlapHours"]).toBe(8);
  });
});

describe("a spread renewal time", () => {
  it("is drawn when the certificate is made, and is earlier by that part of the spread, never later", async () => {
    const state = await created({ spreadHours: 100 }, 0.75);
    expect(state).toMatchObject({ spreadFraction: 0.75, renewalTime: "2027-08-29T17:00:00Z" });
    expect(diffAt("2027-08-29T16:59:59Z", state, { spreadHours: 100 }).changes).toEqual([]);
    expect(diffAt("2027-08-29T17:00:00Z", state, { spreadHours: 100 }).changes).toHaveLength(1);
  });

  it("counts for the age as well", async () => {
    const inputs = { spreadHours: 100, rotateEveryHours: 1_000 };
    const state = await created(inputs, 0.75);
    expect(diffAt("2027-02-09T00:59:59Z", state, inputs).changes).toEqual([]);
    expect(diffAt("2027-02-09T01:00:00Z", state, inputs).changes[0]?.reason).toMatch(
      /every 1000 hours, or up to 100 hours earlier/,
    );
  });

  it("is drawn anew with each version, and by nothing else", async () => {
    const first = await created({ spreadHours: 100 }, 0.75);
    const recorded = await updateAt("2027-02-01", first, { spreadHours: 100, overlapHours: 24 }, 0.1);
    expect(recorded).toMatchObject({ spreadFraction: 0.75, renewalTime: first["renewalTime"] });
    const wider = await updateAt("2027-02-01", first, { spreadHours: 200 }, 0.1);
    expect(wider).toMatchObject({ spreadFraction: 0.75, renewalTime: "2027-08-26T14:00:00Z" });
    expect(await updateAt("2027-02-02", wider, { spreadHours: 100 }, 0.1)).toMatchObject({
      renewalTime: first["renewalTime"],
    });
    const rotated = await updateAt("2027-09-05", first, { spreadHours: 100 }, 0.1);
    expect(rotated).toMatchObject({ revision: 2, spreadFraction: 0.1 });
  });

  it("is the same in every preview, and in the update", async () => {
    const state = await created({}, 0.25);
    const inputs = checked({ spreadHours: 100 });
    const previews = ["2027-02-01", "2027-03-01"].map((date) =>
      managementCertificate.preview(state, inputs, at(date, 0.9)),
    );
    const updated = await managementCertificate.update("id", state, inputs, at("2027-03-01", 0.1));
    for (const preview of previews) {
      expect(preview).toEqual(updated);
    }
    expect(updated["renewalTime"]).toBe("2027-08-31T19:00:00Z");
  });

  it("is what it was in a state of an earlier version, and begins to be spread with the next one", async () => {
    const { spreadFraction: _, ...old } = await created({}, 0.75);
    expect(diffAt("2027-09-01T19:59:59Z", old, {}).changes).toEqual([]);
    const recorded = await updateAt("2027-02-01", old, { spreadHours: 100 });
    expect(recorded).not.toHaveProperty("spreadFraction");
    expect(recorded["renewalTime"]).toBe(old["renewalTime"]);
    expect(await updateAt("2027-09-05", recorded, { spreadHours: 100 }, 0.75)).toMatchObject({ spreadFraction: 0.75 });
  });

  it("of a thousand certificates made on one day crowds no hour more than chance does", () => {
    const inputs = inputsOf(checked({ spreadHours: 720 }));
    const notAfter = new Date("2028-01-01T00:00:00Z");
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 50 }),
        (drawn) => {
          const times = drawn.map((fraction) => dateOf(renewalTimeOf(notAfter, inputs, fraction)).getTime());
          for (const [index, time] of times.entries()) {
            // It keeps the order of what was drawn, and stays within the spread.
            const earlierHours = (Date.parse("2027-09-01T08:00:00Z") - time) / 3_600_000;
            expect(earlierHours).toBeGreaterThanOrEqual(0);
            expect(earlierHours).toBeLessThanOrEqual(720);
            expect(Math.abs(earlierHours - 720 * (drawn[index] ?? 0))).toBeLessThan(1 / 3_000);
          }
        },
      ),
    );
    const perHour = new Map<number, number>();
    const random = lehmer(20_270_101);
    for (let certificate = 0; certificate < 1_000; certificate += 1) {
      const hour = Math.floor(dateOf(renewalTimeOf(notAfter, inputs, random())).getTime() / 3_600_000);
      perHour.set(hour, (perHour.get(hour) ?? 0) + 1);
    }
    // 1.4 an hour on average: one of five thousand such stacks has more than ten in any of its 720 hours.
    expect(Math.max(...perHour.values())).toBeLessThanOrEqual(10);
    expect(perHour.size).toBeGreaterThan(500);
  });
});

describe("a certificate with maintenance windows", () => {
  const inputs = { maintenanceWindows: [saturdays] };

  it("is due outside of them without a change, and the preview says for which window it waits", async () => {
    const state = await created(inputs);
    for (const date of ["2027-09-02T00:00:00Z", "2027-09-04T19:59:59Z"]) {
      expect(diffAt(date, state, inputs)).toEqual({
        changes: [],
        warnings: [],
        notes: [
          "rotation is due, because the renewal window opened on 2027-09-01 (notAfter 2028-01-01); waits for the maintenance window that opens on 2027-09-04 20:00 UTC",
        ],
      });
    }
  });

  it("rotates inside of them", async () => {
    const state = await created(inputs);
    expect(diffAt("2027-09-04T20:00:00Z", state, inputs).changes[0]?.reason).toMatch(
      /^due: rotates now, .*; the maintenance window is open until 2027-09-05 00:00 UTC; /,
    );
    expect(await updateAt("2027-09-04T20:00:00Z", state, inputs)).toMatchObject({ revision: 2 });
  });

  it("keeps its key where an update has another reason, or comes when the window has closed", async () => {
    const state = await created(inputs);
    const updated = await updateAt("2027-09-05T00:00:00Z", state, { ...inputs, overlapHours: 24 });
    expect(updated).toMatchObject({ revision: 1, thumbprint: state["thumbprint"], overlapHours: 24 });
    expect(updated).not.toHaveProperty("lastRotation");
  });

  it("is not due before its time inside of them", async () => {
    const state = await created(inputs);
    expect(diffAt("2027-08-28T21:00:00Z", state, inputs)).toMatchObject({ changes: [], notes: [] });
  });

  it("does not wait when somebody leaves", async () => {
    const state = await created({ ...inputs, holders: ["alice", "bob"] });
    const left = { ...inputs, holders: ["alice"] };
    expect(diffAt("2027-09-02", state, left).changes[0]?.reason).toMatch(/^due: rotates now without overlap/);
    expect(await updateAt("2027-09-02", state, left)).toMatchObject({ revision: 2, previous: [{ revoked: true }] });
  });

  it("rotates outside of them rather than expire, and says why", async () => {
    const yearly = { maintenanceWindows: [{ cron: "0 0 31 12 *", durationHours: 4 }] };
    const state = await created(yearly);
    expect(diffAt("2027-09-02", state, yearly).changes[0]?.reason).toMatch(
      /outside of the maintenance windows, because the next one opens on 2027-12-31 00:00 UTC, too late for an overlap of 168 hours before notAfter 2028-01-01/,
    );
  });

  it("records windows that come, change or go, and rotates for none of that", async () => {
    const state = await created({});
    const recorded = "maintenanceWindows is recorded; the certificate stays as it is";
    expect(diffAt("2027-02-01", state, inputs).changes.map(({ reason }) => reason)).toEqual([recorded]);
    const with_ = await updateAt("2027-02-01", state, inputs);
    expect(with_["maintenanceWindows"]).toEqual([saturdays]);
    expect(diffAt("2027-02-01", with_, inputs).changes).toEqual([]);
    const without = await updateAt("2027-02-01", with_, {});
    expect(without).toEqual(state);
  });

  it("gives the same plan for the same inputs, state and moment, whatever it was asked before", async () => {
    const state = await created(inputs);
    const moments = fc
      .integer({ min: 0, max: 400 * 24 })
      .map((hours) => new Date(Date.UTC(2027, 6, 1) + hours * 3_600_000).toISOString());
    fc.assert(
      fc.property(fc.array(moments, { minLength: 2, maxLength: 8 }), (dates) => {
        const ask = (date: string) => diffAt(date, state, inputs);
        expect(dates.toReversed().map(ask).toReversed()).toEqual(dates.map(ask));
      }),
      { numRuns: 50 },
    );
  });

  it("takes well under a millisecond to look at, due or not", async () => {
    const state = await created(inputs);
    const news = checked(inputs);
    for (const date of ["2027-02-01", "2027-09-02", "2027-09-04T21:00:00Z"]) {
      const context = at(date);
      // Of the processor: a busy machine makes it no slower.
      const before = process.cpuUsage();
      for (let run = 0; run < 200; run += 1) {
        managementCertificate.diff(state, managementCertificate.check(news, context).inputs, context);
      }
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000 / 200).toBeLessThan(1);
    }
  });
});

/** The same numbers in every run (Park and Miller's generator). */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
