import fc from "fast-check";
import { expect, it } from "vitest";
import { RateLimit } from "./rateLimit";

it("lets one second's worth through at once, then the rate, for each subscription on its own", () => {
  let nowMs = 0;
  const limit = new RateLimit({ requestsPerSecond: 2, scope: "subscription", monotonicMs: () => nowMs });
  const admitted = (count: number, id = "a") => Array.from({ length: count }, () => limit.admits(id));
  expect(admitted(3)).toEqual([true, true, false]);
  expect(admitted(1, "b")).toEqual([true]);
  nowMs = 499;
  expect(admitted(1)).toEqual([false]);
  nowMs = 500;
  expect(admitted(2)).toEqual([true, false]);
  nowMs = 60_000;
  expect(admitted(3)).toEqual([true, true, false]);
});

it("lets a single request through when the rate is below one per second", () => {
  let nowMs = 0;
  const limit = new RateLimit({ requestsPerSecond: 0.5, scope: "subscription", monotonicMs: () => nowMs });
  expect([limit.admits("a"), limit.admits("a")]).toEqual([true, false]);
  nowMs = 2_000;
  expect(limit.admits("a")).toBe(true);
});

it("counts all subscriptions together where the limit is the service's", () => {
  const limit = new RateLimit({ requestsPerSecond: 2, scope: "service", monotonicMs: () => 0 });
  expect(["a", "b", "c", "a"].map((id) => limit.admits(id))).toEqual([true, true, false, false]);
});

it("goes on with another rate and without a limit, and never has more in store than a second's worth", () => {
  let nowMs = 0;
  const limit = new RateLimit({ requestsPerSecond: null, scope: "service", monotonicMs: () => nowMs });
  const admitted = (asked: number) => Array.from({ length: asked }, () => limit.admits("a")).filter(Boolean).length;
  expect(admitted(100)).toBe(100);
  limit.change(4);
  expect(admitted(100)).toBe(4);
  nowMs = 500;
  limit.change(2);
  nowMs = 750;
  expect(admitted(100)).toBe(2);
  limit.change(20);
  expect(admitted(100)).toBe(0);
  nowMs = 850;
  expect(admitted(100)).toBe(2);
  limit.change(null);
  expect(admitted(100)).toBe(100);
});

it("never lets more through than the burst and what the passed time allows", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
      (rate, pauses) => {
        let nowMs = 0;
        const limit = new RateLimit({ requestsPerSecond: rate, scope: "service", monotonicMs: () => nowMs });
        const admitted = pauses.filter((pauseMs) => {
          nowMs += pauseMs;
          return limit.admits("a");
        });
        expect(admitted.length).toBeLessThanOrEqual(rate + (nowMs / 1_000) * rate + 1e-6);
      },
    ),
  );
});
