import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeScaleOf } from "./timeScale";

const now = new Date("2027-03-01T12:00:00Z");
const scale = (...dates: readonly string[]) =>
  timeScaleOf(
    dates.map((date) => new Date(date)),
    now,
  );

describe("the scale of a timeline", () => {
  it.each([
    ["a few days in days", ["2027-02-27", "2027-03-04"], ["27 Feb", "28 Feb", "1 Mar", "2 Mar", "3 Mar", "4 Mar"]],
    ["two months in weeks", ["2027-02-01", "2027-03-28"], undefined],
    ["half a year in months", ["2026-12-10", "2027-05-10"], ["Jan 2027", "Feb", "Mar", "Apr", "May"]],
    [
      "two years in quarters",
      ["2026-06-01", "2028-05-01"],
      ["Jul 2026", "Oct", "Jan 2027", "Apr", "Jul", "Oct", "Jan 2028", "Apr"],
    ],
  ])("shows %s", (_what, dates, labels) => {
    const { ticks } = scale(...dates);
    expect(ticks.length).toBeLessThanOrEqual(10);
    if (labels !== undefined) {
      expect(ticks.map(({ label }) => label)).toEqual(labels);
    }
  });

  it("is not stretched by a certificate for a century", () => {
    const { from, to, percent } = scale("1999-01-01", "2099-01-01");
    expect(to.getTime() - from.getTime()).toBeLessThan(1_300 * 24 * 3_600_000);
    expect([percent(new Date("1999-01-01")), percent(new Date("2099-01-01"))]).toEqual([0, 100]);
  });

  it("shows today, keeps the order of dates, has few ticks, and stays on the page", () => {
    const date = fc.date({ min: new Date("1970-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.array(date), date, date, date, (dates, today, one, other) => {
        const { percent, ticks, from, to } = timeScaleOf(dates, today);
        expect(from <= today && today <= to).toBe(true);
        expect((percent(one) - percent(other)) * (one.getTime() - other.getTime())).toBeGreaterThanOrEqual(0);
        expect(percent(one) >= 0 && percent(one) <= 100).toBe(true);
        expect(ticks.length).toBeLessThanOrEqual(15);
        expect(ticks.every((tick) => tick.date >= from && tick.date <= to)).toBe(true);
      }),
    );
  });
});
