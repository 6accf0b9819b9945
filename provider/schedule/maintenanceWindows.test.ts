import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { maintenanceAt } from "./maintenanceWindows";
import type { MaintenanceWindow } from "./types";

function window(cron: string, durationHours: number, timeZone: string): MaintenanceWindow {
  return { cron, durationHours, timeZone };
}

/** `open until 2027-03-28T05:00Z`, `closed until 2027-03-28T05:00Z` or `closed for ever`. */
function at(moment: string, windows: readonly MaintenanceWindow[]): string {
  const says = maintenanceAt(windows, new Date(moment));
  const shown = (date: Date) => `${date.toISOString().slice(0, 16)}Z`;
  if (says === null) {
    return "any time will do";
  }
  if (says.kind === "open") {
    return `open until ${shown(says.closes)}`;
  }
  return says.opens === null ? "closed for ever" : `closed until ${shown(says.opens)}`;
}

const berlin = "Europe/Berlin";
const newYork = "America/New_York";
const kolkata = "Asia/Kolkata";

/** Berlin: forward on 2027-03-28 at 01:00Z, back on 2027-10-31 at 01:00Z. New York: on 2027-03-14 at 07:00Z, on 2027-11-07 at 06:00Z. */
const cases: readonly [
  rule: string,
  windows: readonly MaintenanceWindow[],
  readonly [moment: string, says: string][],
][] = [
  ["without windows any time will do", [], [["2027-03-28T00:00Z", "any time will do"]]],
  [
    "a window opens at its minute, and is closed when its hours are over",
    [window("0 22 * * SAT", 4, "UTC")],
    [
      ["2027-01-02T21:59:59.999Z", "closed until 2027-01-02T22:00Z"],
      ["2027-01-02T22:00:00.000Z", "open until 2027-01-03T02:00Z"],
      ["2027-01-03T01:59:59.999Z", "open until 2027-01-03T02:00Z"],
      ["2027-01-03T02:00:00.000Z", "closed until 2027-01-09T22:00Z"],
    ],
  ],
  [
    "in a zone without summer time it opens at the same UTC time all year",
    [window("30 2 * * *", 1, kolkata)],
    [
      ["2027-03-28T21:30Z", "open until 2027-03-28T22:00Z"],
      ["2027-03-28T22:00Z", "closed until 2027-03-29T21:00Z"],
      ["2027-10-31T22:00Z", "closed until 2027-11-01T21:00Z"],
    ],
  ],
  [
    "where the clocks go forward it opens an hour earlier in UTC from then on",
    [window("0 4 * * *", 1, berlin)],
    [
      ["2027-03-27T02:00Z", "closed until 2027-03-27T03:00Z"],
      ["2027-03-27T05:00Z", "closed until 2027-03-28T02:00Z"],
      ["2027-03-28T05:00Z", "closed until 2027-03-29T02:00Z"],
    ],
  ],
  [
    "where the clocks go back it opens an hour later in UTC from then on",
    [window("0 4 * * *", 1, newYork)],
    [
      ["2027-11-06T07:00Z", "closed until 2027-11-06T08:00Z"],
      ["2027-11-06T10:00Z", "closed until 2027-11-07T09:00Z"],
    ],
  ],
  [
    "an hour that Berlin leaves out is the moment after the gap",
    [window("30 2 * * *", 2, berlin)],
    [
      ["2027-03-27T12:00Z", "closed until 2027-03-28T01:00Z"],
      ["2027-03-28T01:00Z", "open until 2027-03-28T03:00Z"],
      ["2027-03-28T03:00Z", "closed until 2027-03-29T00:30Z"],
    ],
  ],
  [
    "an hour that New York leaves out is the moment after the gap",
    [window("15 2 * * SUN", 2, newYork)],
    [
      ["2027-03-14T06:59Z", "closed until 2027-03-14T07:00Z"],
      ["2027-03-14T07:30Z", "open until 2027-03-14T09:00Z"],
      ["2027-03-14T09:00Z", "closed until 2027-03-21T06:15Z"],
    ],
  ],
  [
    "an hour that Berlin goes through twice opens it once",
    [window("30 2 * * *", 0.5, berlin)],
    [
      ["2027-10-31T00:30Z", "open until 2027-10-31T01:00Z"],
      ["2027-10-31T01:00Z", "closed until 2027-11-01T01:30Z"],
      ["2027-10-31T01:30Z", "closed until 2027-11-01T01:30Z"],
    ],
  ],
  [
    "an hour that New York goes through twice opens it once, also in a list of hours",
    [window("30 1,13 * * *", 0.5, newYork)],
    [
      ["2027-11-07T05:30Z", "open until 2027-11-07T06:00Z"],
      ["2027-11-07T06:30Z", "closed until 2027-11-07T18:30Z"],
    ],
  ],
  [
    "hours that pass are hours, also while the clocks go forward or back",
    [window("0 0 * * SUN", 6, berlin)],
    [
      ["2027-03-28T01:30Z", "open until 2027-03-28T05:00Z"],
      ["2027-10-31T01:30Z", "open until 2027-10-31T04:00Z"],
    ],
  ],
  [
    "of several windows one that is open is enough, and the one that closes last counts",
    [window("0 22 * * *", 2, "UTC"), window("0 23 * * *", 3, "UTC")],
    [
      ["2027-01-01T22:30Z", "open until 2027-01-02T00:00Z"],
      ["2027-01-01T23:30Z", "open until 2027-01-02T02:00Z"],
      ["2027-01-02T03:00Z", "closed until 2027-01-02T22:00Z"],
    ],
  ],
  [
    "of several windows that are closed the one that opens first counts, wherever it stands",
    [window("0 22 * * SAT", 2, newYork), window("0 4 1 * *", 2, berlin), window("0 0 1 1 *", 1, "UTC")],
    [
      ["2027-01-28T00:00Z", "closed until 2027-01-31T03:00Z"],
      ["2027-01-31T12:00Z", "closed until 2027-02-01T03:00Z"],
    ],
  ],
  [
    "one that opens again before it closes is open for ever",
    [window("0 * * * *", 2, berlin)],
    [
      ["2027-03-28T01:30Z", "open until 2027-03-28T03:00Z"],
      ["2027-03-28T02:30Z", "open until 2027-03-28T04:00Z"],
    ],
  ],
  [
    "the last Friday of a month and the second Tuesday are days",
    [window("0 20 * * FRI#L", 1, "UTC"), window("0 20 * * TUE#2", 1, "UTC")],
    [
      ["2027-01-01T00:00Z", "closed until 2027-01-12T20:00Z"],
      ["2027-01-13T00:00Z", "closed until 2027-01-29T20:00Z"],
    ],
  ],
  [
    "29 February is a day that is worth waiting for",
    [window("0 0 29 2 *", 1, "UTC")],
    [["2027-01-01T00:00Z", "closed until 2028-02-29T00:00Z"]],
  ],
];

describe("maintenance windows", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(cases)("%s", (_rule, windows, says) => {
    for (const [moment, expected] of says) {
      expect(at(moment, windows), moment).toBe(expected);
    }
  });

  it.each(["America/Los_Angeles", "Australia/Lord_Howe"])("are the same on a machine in %s", (machine) => {
    vi.stubEnv("TZ", machine);
    expect(new Date("2027-01-01T00:00:00Z").getTimezoneOffset()).not.toBe(0);
    for (const [, windows, says] of cases) {
      // Another expression with the same meaning, of which nothing is remembered.
      const anew = windows.map((one) => ({ ...one, cron: one.cron.replace(" ", " ".repeat(machine.length)) }));
      for (const [moment, expected] of says) {
        expect(at(moment, anew), moment).toBe(expected);
      }
    }
  });

  // Away from the hours in which the clocks change, where a wall clock has but one meaning.
  const somewhere = fc.record({
    weekday: fc.integer({ min: 0, max: 6 }),
    hour: fc.integer({ min: 4, max: 22 }),
    durationHours: fc.integer({ min: 1, max: 30 }),
    timeZone: fc.constantFrom(berlin, newYork, kolkata, "UTC"),
  });
  const hours = fc.integer({ min: 0, max: 2 * 8760 }).map((after) => Date.UTC(2027, 0, 1) + after * hourMs);

  it("say at any moment what a clock on the wall there would say", () => {
    fc.assert(
      fc.property(fc.array(somewhere, { minLength: 1, maxLength: 3 }), hours, (places, momentMs) => {
        const windows = places.map(({ weekday, hour, durationHours, timeZone }) =>
          window(`0 ${hour} * * ${weekday}`, durationHours, timeZone),
        );
        const openings = (fromMs: number, toMs: number) =>
          places.flatMap((place) => {
            const found: { readonly opensMs: number; readonly closesMs: number }[] = [];
            // In half hours: Kolkata's are not those of UTC.
            for (let ms = fromMs; ms < toMs; ms += hourMs / 2) {
              if (strikes(ms, place)) {
                found.push({ opensMs: ms, closesMs: ms + place.durationHours * hourMs });
              }
            }
            return found;
          });
        const open = openings(momentMs - 30 * hourMs, momentMs + 1).filter(({ closesMs }) => momentMs < closesMs);
        const later = openings(momentMs + hourMs / 2, momentMs + 8 * 24 * hourMs);
        expect(maintenanceAt(windows, new Date(momentMs))).toEqual(
          open.length > 0
            ? { kind: "open", closes: new Date(Math.max(...open.map(({ closesMs }) => closesMs))) }
            : { kind: "closed", opens: new Date(Math.min(...later.map(({ opensMs }) => opensMs))) },
        );
      }),
      { numRuns: 60 },
    );
  });

  it("are open when they said that they would open, closed a second before, and say so in whatever order they are asked", () => {
    fc.assert(
      fc.property(somewhere, fc.array(hours, { minLength: 2, maxLength: 6 }), (place, moments) => {
        const windows = [window(`15 ${place.hour % 4} * * ${place.weekday}`, place.durationHours, place.timeZone)];
        const ask = (momentMs: number) => maintenanceAt(windows, new Date(momentMs));
        const first = moments.map(ask);
        expect(moments.toReversed().map(ask)).toEqual(first.toReversed());
        for (const says of first) {
          const opens = says?.kind === "closed" ? says.opens?.getTime() : undefined;
          if (opens !== undefined) {
            expect([ask(opens)?.kind, ask(opens - 1)]).toEqual(["open", says]);
          }
        }
      }),
    );
  });

  it.each([
    ["at one moment", (index: number) => index],
    ["each on the day on which it is due", (index: number) => ((index * 7_919) % 8_760) * hourMs],
  ])("are asked about 5,000 certificates %s in less than a tenth of a millisecond each", (_when, afterMs) => {
    const windows = [window("0 22 * * SAT", 4, berlin), window("0 1 * * *", 2, newYork)];
    const before = process.cpuUsage();
    for (let index = 0; index < 5_000; index += 1) {
      maintenanceAt(windows, new Date(Date.UTC(2027, 0, 4, 12) + afterMs(index)));
    }
    // Of the processor: a busy machine makes it no slower.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000 / 5_000).toBeLessThan(0.1);
  });
});

const hourMs = 3_600_000;
const clocks = new Map<string, Intl.DateTimeFormat>();
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Whether a clock in that zone shows this weekday and the full hour. */
function strikes(
  momentMs: number,
  { weekday, hour, timeZone }: { readonly weekday: number; readonly hour: number; readonly timeZone: string },
): boolean {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en-GB", {
      ...{ timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    } as Intl.DateTimeFormatOptions);
    clocks.set(timeZone, clock);
  }
  const parts = clock.formatToParts(new Date(momentMs));
  const part = (type: string) => parts.find((one) => one.type === type)?.value;
  return part("weekday") === weekdays[weekday] && Number(part("hour")) === hour && part("minute") === "00";
}
