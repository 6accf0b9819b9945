import { describe, expect, it } from "vitest";
import { EngineWatch } from "./engineWatch";
import { systemPorts } from "./systemPorts";

const watch = new EngineWatch(null);
const never = new AbortController().signal;

describe("the ports of the real world", () => {
  it("take the machine's time for now", () => {
    const before = Date.now();
    const { now } = systemPorts(null, watch, never);
    expect(now().getTime()).toBeGreaterThanOrEqual(before);
    expect(now().getTime()).toBeLessThanOrEqual(Date.now());
  });

  it("take the date of as-of for now, and nobody can move it", () => {
    const { now } = systemPorts(new Date("2027-03-01"), watch, never);
    now().setFullYear(2000);
    expect(now()).toEqual(new Date("2027-03-01"));
  });

  it("wait until they are told to stop", async () => {
    const { sleep } = systemPorts(null, watch, never);
    const controller = new AbortController();
    const waiting = sleep(60_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow();
  });
});
