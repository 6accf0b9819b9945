import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certificate, current, link, previous, stateOf } from "../../test/support/exportedStack";
import { anyName } from "../../test/support/hostileNames";
import { calendarReport } from "./calendar";
import { gatherReport } from "./report";

type Event = Readonly<Record<string, string>>;

/** Reads a calendar as RFC 5545 says, and fails on anything that is none. */
function read(text: string): readonly Event[] {
  expect(text.endsWith("\r\n")).toBe(true);
  const physical = text.slice(0, -2).split("\r\n");
  expect(physical.filter((line) => Buffer.byteLength(line) > 75 || /\p{Cc}/u.test(line))).toEqual([]);
  const events: Record<string, string>[] = [];
  let depth = 0;
  for (const line of text.slice(0, -2).replaceAll("\r\n ", "").split("\r\n")) {
    const [, name = "", value = ""] = /^([A-Z-]+):(.*)$/su.exec(line) ?? [];
    if (name === "") {
      throw new Error(`this is no property: ${line}`);
    }
    if (name === "BEGIN" || name === "END") {
      depth += name === "BEGIN" ? 1 : -1;
      if (name === "BEGIN" && value === "VEVENT") {
        events.push({});
      }
    } else if (depth === 2) {
      Object.assign(events.at(-1) ?? {}, { [name]: value });
    }
  }
  expect(depth).toBe(0);
  expect(new Set(events.map(({ UID }) => UID)).size).toBe(events.length);
  return events;
}

const resources = [
  certificate("alice"),
  link("alice-on-prod", "alice", {
    registered: [
      { thumbprint: current, registeredAt: "2026-06-01T00:00:00Z" },
      { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z", retireAt: "2026-06-08T00:00:00Z" },
    ],
  }),
  link("broken", "alice", {}, { initErrors: ["no"] }),
];

function calendarOf(content: typeof resources, now: string): string {
  return calendarReport(gatherReport([stateOf(content)], new Date(now)));
}

describe("the calendar of a report", () => {
  it("holds rotations, retirements and expiries on their day, and nothing that is only wrong", () => {
    const events = read(calendarOf(resources, "2026-06-02T00:00:00Z"));
    expect(events.map(({ DTSTART, DTSTAMP, SUMMARY }) => [DTSTART, DTSTAMP, SUMMARY])).toEqual([
      ["20260608T000000Z", "20260601T000000Z", "alice-on-prod: 99C1A2B3… is taken off (access/prod)"],
      ["20270201T000000Z", "20260601T000000Z", "alice rotates (access/prod)"],
      ["20270601T000000Z", "20260601T000000Z", "alice expires (access/prod)"],
    ]);
  });

  it("is the same on any day, as long as the state is", () => {
    const days = ["2026-06-02T00:00:00Z", "2026-07-01T12:34:56Z", "2027-03-01T00:00:00Z", "2028-01-01T00:00:00Z"];
    expect(new Set(days.map((now) => calendarOf(resources, now))).size).toBe(1);
  });

  it("moves the events of a certificate that was rotated, and does not make others", () => {
    const rotated = certificate("alice", {
      thumbprint: previous,
      issuedAt: "2027-02-02T00:00:00Z",
      renewalTime: "2027-10-01T00:00:00Z",
      notAfter: "2028-02-02T00:00:00Z",
    });
    const before = read(calendarOf([certificate("alice")], "2027-01-01T00:00:00Z"));
    const after = read(calendarOf([rotated], "2027-02-02T00:00:00Z"));
    expect(after.map(({ UID }) => UID)).toEqual(before.map(({ UID }) => UID));
    expect(after.map(({ DTSTART }) => DTSTART)).toEqual(["20271001T000000Z", "20280202T000000Z"]);
  });

  it("has an event for each predecessor that a link retires", () => {
    const third = "1A".repeat(20);
    const registered = [current, previous, third].map((thumbprint, index) => ({
      thumbprint,
      registeredAt: "2026-06-01T00:00:00Z",
      retireAt: index === 0 ? null : "2026-06-08T00:00:00Z",
    }));
    const events = read(calendarOf([link("alice-on-prod", "alice", { registered })], "2026-06-02T00:00:00Z"));
    expect(events.map(({ CATEGORIES }) => CATEGORIES)).toEqual(["retirement", "retirement"]);
  });

  it("is a calendar whatever a resource is called", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const events = read(calendarOf([certificate(name), link(`${name}/x`, name)], "2027-03-01T00:00:00Z"));
        expect(events).toHaveLength(2);
      }),
      { numRuns: 60 },
    );
  });
});
