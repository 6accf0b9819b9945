import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { calendarOf, cronProblem } from "./calendar";
import { windowFields, windowList } from "./windowFields";

const schema = windowList(z.strictObject(windowFields));
const saturday = { cron: "0 22 * * SAT", durationHours: 4, timeZone: "Europe/Berlin" };

describe("a maintenance window is accepted", () => {
  it.each([
    ["with names of days and months", { cron: "0 22 * JAN,JUL MON-FRI" }],
    ["with lists, ranges and steps", { cron: "*/15 8-18/2 1,15 * *" }],
    ["on the last day of the month", { cron: "0 0 L * *" }],
    ["on 29 February", { cron: "0 0 29 2 *" }],
    ["in UTC", { timeZone: "UTC" }],
    ["for a quarter of an hour", { durationHours: 0.25 }],
  ])("%s", (_what, over) => {
    expect(schema.parse([{ ...saturday, ...over }])).toEqual([{ ...saturday, ...over }]);
  });

  it("without a time zone: in UTC, wherever the machine is", () => {
    const { timeZone: _, ...rest } = saturday;
    expect(schema.parse([rest])).toEqual([{ ...rest, timeZone: "UTC" }]);
  });
});

it("every window that is accepted opens again, in every zone, also from a night in which the clocks change", () => {
  const part = (least: number, most: number, ...odd: string[]) => {
    const number = fc.integer({ min: least, max: most }).map(String);
    const pair = fc.tuple(number, number).map(([one, other]) => `${one},${other}`);
    return fc.oneof(fc.constantFrom("*", "*/2", ...odd), number, pair);
  };
  const crons = fc
    .tuple(
      part(0, 59, "5-10/2"),
      part(0, 23, "0-23/5"),
      part(1, 31, "L", "LW", "31W"),
      part(1, 12, "FEB", "JAN-MAR"),
      part(0, 7, "SAT#5", "MON#L", "+MON"),
    )
    .map((parts) => parts.join(" "));
  const nights = fc.constantFrom("2027-03-14T07:00Z", "2027-03-28T01:00Z", "2027-10-31T00:30Z", "2027-11-07T06:00Z");
  const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kolkata");
  fc.assert(
    fc.property(crons, nights, zones, (cron, night, timeZone) => {
      if (cronProblem(cron) !== null) {
        return;
      }
      const calendar = calendarOf(cron, timeZone);
      const moment = new Date(night);
      expect(calendar.firstAfter(moment)?.getTime()).toBeGreaterThan(moment.getTime());
      expect(calendar.lastUntil(moment)?.getTime()).toBeLessThanOrEqual(moment.getTime());
    }),
    { numRuns: 300 },
  );
});

describe("a maintenance window is refused", () => {
  it.each<[string, Record<string, unknown>, keyof typeof saturday, RegExp]>([
    ["without an expression", { cron: undefined }, "cron", /must be a text/],
    ["with an empty expression", { cron: "" }, "cron", /five fields/],
    ["with seconds", { cron: "0 0 22 * * SAT" }, "cron", /five fields/],
    ["with a nickname", { cron: "@weekly" }, "cron", /five fields/],
    ["with a date", { cron: "2027-01-01T00:00:00" }, "cron", /five fields/],
    ["with a line break", { cron: "0 22 * *\nSAT" }, "cron", /five fields/],
    ["with an expression without end", { cron: `0 22 * * ${"1,".repeat(500)}1` }, "cron", /five fields/],
    ["with minute 60", { cron: "60 22 * * *" }, "cron", /^cron has an impossible minute;/],
    ["with hour 25", { cron: "0 25 * * *" }, "cron", /impossible hour;/],
    ["with day 0", { cron: "0 0 0 * *" }, "cron", /impossible day of month;/],
    ["with month 13", { cron: "0 0 1 13 *" }, "cron", /impossible month;/],
    ["with a day that nobody knows", { cron: "0 0 * * Caturday" }, "cron", /impossible day of week;/],
    ["on 31 February", { cron: "0 0 31 2 *" }, "cron", /a day that never comes/],
    ["in a zone that there is not", { timeZone: "Mars/Olympus" }, "timeZone", /IANA time zone, as Europe\/Berlin/],
    ["in the zone of the machine", { timeZone: "" }, "timeZone", /IANA/],
    ["with an offset, which knows no summer", { timeZone: "+02:00" }, "timeZone", /IANA/],
    ["for no time", { durationHours: 0 }, "durationHours", /0.25 to 8784/],
    ["for years", { durationHours: 10_000 }, "durationHours", /0.25 to 8784/],
    ["for a text", { durationHours: "4" }, "durationHours", /number of hours/],
  ])("%s, naming the property", (_what, over, property, reason) => {
    const { error } = schema.safeParse([saturday, { ...saturday, ...over }]);
    expect(error?.issues.map(({ path }) => path)).toEqual([[1, property]]);
    expect(error?.issues[0]?.message).toMatch(reason);
  });

  it("if there are more of them than anybody can mean", () => {
    expect(schema.safeParse(Array(33).fill(saturday)).error?.issues[0]?.message).toMatch(/at most 32/);
  });
});
