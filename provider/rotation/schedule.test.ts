import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultOverlap, defaultRenewBeforeHours, hoursAfter, scheduleOf } from "./schedule";

const issuedAt = new Date("2026-06-01T00:00:00Z");

describe("a schedule", () => {
  it.each([
    {
      rule: "counts the end of the validity and the renewal window from issuedAt",
      wishes: { validityPeriodHours: 8760, renewBeforeHours: 2880, rotateEveryHours: undefined },
      dates: ["2027-06-01T00:00:00.000Z", "2027-02-01T00:00:00.000Z", null, "2027-02-01T00:00:00.000Z"],
    },
    {
      rule: "looks again at the age, where that comes first",
      wishes: { validityPeriodHours: 8760, renewBeforeHours: 2880, rotateEveryHours: 720 },
      dates: [
        "2027-06-01T00:00:00.000Z",
        "2027-02-01T00:00:00.000Z",
        "2026-07-01T00:00:00.000Z",
        "2026-07-01T00:00:00.000Z",
      ],
    },
    {
      rule: "looks again at the renewal window, where that comes first",
      wishes: { validityPeriodHours: 48, renewBeforeHours: 24, rotateEveryHours: 720 },
      dates: [
        "2026-06-03T00:00:00.000Z",
        "2026-06-02T00:00:00.000Z",
        "2026-07-01T00:00:00.000Z",
        "2026-06-02T00:00:00.000Z",
      ],
    },
    {
      rule: "takes a third of the validity where renewBeforeHours is not below it",
      wishes: { validityPeriodHours: 48, renewBeforeHours: 48, rotateEveryHours: undefined },
      dates: ["2026-06-03T00:00:00.000Z", "2026-06-02T08:00:00.000Z", null, "2026-06-02T08:00:00.000Z"],
    },
    {
      rule: "opens no window before the end where renewBeforeHours is 0",
      wishes: { validityPeriodHours: 48, renewBeforeHours: 0, rotateEveryHours: undefined },
      dates: ["2026-06-03T00:00:00.000Z", "2026-06-03T00:00:00.000Z", null, "2026-06-03T00:00:00.000Z"],
    },
    {
      rule: "is due earlier by its share of what is spread, by date and by age, and ends when it ends",
      wishes: { validityPeriodHours: 8760, renewBeforeHours: 2880, rotateEveryHours: 720, earlierByHours: 24.5 },
      dates: [
        "2027-06-01T00:00:00.000Z",
        "2027-01-30T23:30:00.000Z",
        "2026-06-29T23:30:00.000Z",
        "2026-06-29T23:30:00.000Z",
      ],
    },
    {
      rule: "spreads nothing where that would leave nothing of the validity",
      wishes: { validityPeriodHours: 48, renewBeforeHours: 24, rotateEveryHours: undefined, earlierByHours: 24 },
      dates: ["2026-06-03T00:00:00.000Z", "2026-06-02T00:00:00.000Z", null, "2026-06-02T00:00:00.000Z"],
    },
  ])("$rule", ({ wishes, dates }) => {
    const { notAfter, renewalTime, dueByAge, nextLook } = scheduleOf(issuedAt, { earlierByHours: 0, ...wishes });
    expect([notAfter, renewalTime, dueByAge, nextLook].map((date) => date?.toISOString() ?? null)).toEqual(dates);
  });

  it("is cut to whole seconds, never rounded up", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
        fc.double({ min: -10_000, max: 10_000, noNaN: true }),
        (date, hours) => {
          const after = hoursAfter(date, hours).getTime();
          expect(after % 1000).toBe(0);
          const exact = date.getTime() + hours * 3_600_000;
          expect(after).toBeLessThanOrEqual(exact);
          expect(after).toBeGreaterThan(exact - 1001);
        },
      ),
    );
  });
});

describe("the defaults", () => {
  it.each([
    { validity: 8760, renewBefore: 2920, overlap: 168 },
    { validity: 26_280, renewBefore: 8760, overlap: 168 },
    { validity: 720, renewBefore: 240, overlap: 120 },
    { validity: 100, renewBefore: 33, overlap: 16 },
    { validity: 3, renewBefore: 1, overlap: 0.5 },
    { validity: 1, renewBefore: 1 / 3, overlap: 1 / 6 },
  ])(
    "renew a certificate of $validity hours $renewBefore hours before its end, with an overlap of $overlap",
    ({ validity, renewBefore, overlap }) => {
      expect(defaultRenewBeforeHours(validity)).toBeCloseTo(renewBefore, 3);
      expect(defaultOverlap(renewBefore)).toBeCloseTo(overlap, 3);
    },
  );

  it("always open the window inside the validity and end the overlap inside the window", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 876_000 }), (validity) => {
        const renewBefore = defaultRenewBeforeHours(validity);
        expect(renewBefore).toBeGreaterThan(0);
        expect(renewBefore).toBeLessThan(validity);
        expect(defaultOverlap(renewBefore)).toBeGreaterThan(0);
        expect(defaultOverlap(renewBefore)).toBeLessThanOrEqual(renewBefore / 2 + 1e-3);
      }),
    );
  });
});
