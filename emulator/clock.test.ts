import { describe, expect, it } from "vitest";
import { EmulatorClock, formatSeconds, formatTimestamp } from "./clock";

describe("the emulator's clock", () => {
  it.each([
    ["2015-06-30T23:59:29.831Z", 2837, "2015-06-30T23:59:29.8312837Z"],
    ["2015-06-30T23:59:43.593Z", 4830, "2015-06-30T23:59:43.593483Z"],
    ["2015-06-30T23:59:48.850Z", 0, "2015-06-30T23:59:48.85Z"],
    ["2015-06-30T23:59:48.000Z", 1, "2015-06-30T23:59:48.0000001Z"],
    ["2015-06-30T23:59:48.000Z", 0, "2015-06-30T23:59:48Z"],
  ])("writes %s and %i ticks as %s: seven digits at most, without zeros at the end", (date, ticks, text) => {
    expect(formatTimestamp(new Date(date), ticks)).toBe(text);
  });

  it("writes the dates of subscriptions in whole seconds", () => {
    expect(formatSeconds(new Date("2012-05-02T01:53:33.999Z"))).toBe("2012-05-02T01:53:33Z");
  });

  it("runs with the machine until it is set, and then stands still", () => {
    const clock = new EmulatorClock();
    const from = Date.now();
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(from);
    expect(clock.isRunning).toBe(true);
    const at = new Date("2027-03-01T00:00:00Z");
    clock.set(at);
    at.setUTCFullYear(1999);
    clock.now().setUTCFullYear(1999);
    expect(clock.now()).toEqual(new Date("2027-03-01T00:00:00Z"));
    expect(clock.timestamp()).toBe("2027-03-01T00:00:00Z");
    expect(() => clock.set(new Date("tomorrow"))).toThrow(TypeError);
  });
});
