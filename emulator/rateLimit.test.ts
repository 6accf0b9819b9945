import fc from "fast-check";
import { expect, it } from "vitest";
import { RateLimit } from "./rateLimit";

it("lets one second's worth through at once, then the rate, for each subscription on its own", () => {
  let nowMs = 0;
  const limit = new RateLimit(2, () => nowMs);
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
  const limit = new RateLimit(0.5, () => nowMs);
  expect([limit.admits("a"), limit.admits("a")]).toEqual([true, false]);
  nowMs = 2_000;
  expect(limit.admits("a")).toBe(true);
});

it("never lets more through than the burst and what the passed time allows", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
      (rate, pauses) => {
        let nowMs = 0;
        const limit = new RateLimit(rate, () => nowMs);
        const admitted = pauses.filter((pauseMs) => {
          nowMs += pauseMs;
          return limit.admits("a");
        });
        expect(admitted.length).toBeLessThanOrEqual(rate + (nowMs / 1_000) * rate + 1e-6);
      },
    ),
  );
});
