import { describe, expect, it } from "vitest";
import { Pacing } from "./pacing";

/** A service that takes so many requests: answers null, or how long to wait in milliseconds. */
type Limiter = (nowMs: number) => number | null;

function bucket(perSecond: number, capacity = perSecond): Limiter {
  let tokens = capacity;
  let filledAtMs = 0;
  return (nowMs) => {
    tokens = Math.min(capacity, tokens + ((nowMs - filledAtMs) * perSecond) / 1000);
    filledAtMs = nowMs;
    if (tokens < 1) {
      return ((1 - tokens) / perSecond) * 1000;
    }
    tokens--;
    return null;
  };
}

function fixedWindow(perSecond: number): Limiter {
  let window = -1;
  let taken = 0;
  return (nowMs) => {
    const current = Math.floor(nowMs / 1000);
    taken = current === window ? taken : 0;
    window = current;
    return taken++ < perSecond ? null : (current + 1) * 1000 - nowMs;
  };
}

function slidingWindow(perSecond: number): Limiter {
  let taken: number[] = [];
  return (nowMs) => {
    taken = taken.filter((atMs) => atMs > nowMs - 1000);
    const [oldest] = taken;
    if (oldest !== undefined && taken.length >= perSecond) {
      return oldest + 1000 - nowMs;
    }
    taken.push(nowMs);
    return null;
  };
}

const calls = 1000;
const concurrent = 8;
const latencyMs = 5;

/** Plays a thousand calls, eight at a time, on a clock of its own. */
function play(limiter: Limiter, retryAfter: (waitMs: number) => number | null) {
  const pacing = new Pacing();
  const underWay: { sentMs: number; endMs: number; waitMs: number | null }[] = [];
  let nowMs = 0;
  let [waiting, done, refused] = [calls, 0, 0];
  while (done < calls) {
    const sendMs =
      waiting > 0 && underWay.length < concurrent
        ? nowMs + Math.max(0, pacing.waitMs(nowMs))
        : Number.POSITIVE_INFINITY;
    const next = underWay[0];
    if (next !== undefined && next.endMs <= sendMs) {
      underWay.shift();
      nowMs = next.endMs;
      if (next.waitMs === null) {
        done++;
        pacing.accepted(nowMs, next.sentMs);
      } else {
        refused++;
        waiting++;
        pacing.refused(nowMs, next.sentMs, retryAfter(next.waitMs));
      }
    } else {
      nowMs = sendMs;
      waiting--;
      underWay.push({ sentMs: nowMs, endMs: nowMs + latencyMs, waitMs: limiter(nowMs + latencyMs / 2) });
      pacing.sent(nowMs);
    }
  }
  return { seconds: nowMs / 1000, refused };
}

const inSeconds = (waitMs: number) => Math.max(1, Math.ceil(waitMs / 1000)) * 1000;
const unsaid = () => null;
const atOnce = () => 0;

describe("a thousand calls under a rate limit", () => {
  it.each([10, 20, 50, 100])("are within a tenth of the least time and 5 %% of refusals at %i per second", (rate) => {
    for (const limiter of [bucket, fixedWindow, slidingWindow]) {
      for (const header of [inSeconds, unsaid, atOnce]) {
        const { seconds, refused } = play(limiter(rate), header);
        expect(seconds, `${limiter.name}, ${header.name}`).toBeLessThanOrEqual((1.1 * calls) / rate);
        expect(refused, `${limiter.name}, ${header.name}`).toBeLessThan(calls * 0.05);
      }
    }
  });

  it("find their pace even with a service that takes no two at once", () => {
    const { seconds, refused } = play(bucket(20, 1), inSeconds);
    expect(seconds).toBeLessThan((2 * calls) / 20);
    expect(refused).toBeLessThan(calls * 0.05);
  });

  it("find their pace soon though the service asks for longer waits than its limit needs", () => {
    const { seconds, refused } = play(bucket(20), () => 5_000);
    expect(seconds).toBeLessThan((1.5 * calls) / 20);
    expect(refused).toBeLessThan(calls * 0.05);
  });

  it("are not slowed down by a service that refuses nothing", () => {
    expect(play(() => null, unsaid).seconds).toBeCloseTo((calls / concurrent) * (latencyMs / 1000), 1);
  });
});

describe("Pacing", () => {
  it("holds nothing back before the first refusal", () => {
    const pacing = new Pacing();
    for (let request = 0; request < 100; request++) {
      expect(pacing.waitMs(0)).toBeLessThanOrEqual(0);
      pacing.sent(0);
    }
  });

  it("waits as long as the service says, and does not rush when the wait is over", () => {
    const pacing = new Pacing();
    pacing.accepted(0, 0);
    pacing.refused(10, 5, 3_000);
    expect(pacing.waitMs(10)).toBe(3_000);
    pacing.sent(3_010);
    expect(pacing.waitMs(3_010)).toBeGreaterThan(0);
  });

  it("learns from the busiest stretch: an idle time before it says nothing about the service", () => {
    const [busy, idleBefore] = [new Pacing(), new Pacing()];
    idleBefore.accepted(0, 0);
    for (let answer = 0; answer < 100; answer++) {
      busy.accepted(60_000 + answer, 60_000);
      idleBefore.accepted(60_000 + answer, 60_000);
    }
    for (const pacing of [busy, idleBefore]) {
      pacing.refused(60_100, 60_099, null);
      pacing.sent(61_100);
    }
    expect(idleBefore.waitMs(61_100)).toBe(busy.waitMs(61_100));
    // 100 at once and 10 in the meantime: about 91 per second.
    expect(1000 / busy.waitMs(61_100)).toBeCloseTo(90.9 * 0.97, 0);
  });

  it("takes requests that were refused together for one refusal", () => {
    const [one, several] = [new Pacing(), new Pacing()];
    one.refused(10, 5, null);
    for (const sentMs of [5, 6, 7, 8]) {
      several.refused(10, sentMs, null);
    }
    expect(several.waitMs(10)).toBe(one.waitMs(10));
  });

  it("waits longer each time when a service that names no time refuses again at once", () => {
    const pacing = new Pacing();
    const waits: number[] = [];
    let nowMs = 0;
    for (let refusal = 0; refusal < 7; refusal++) {
      pacing.sent(nowMs);
      pacing.refused(nowMs + 1, nowMs, null);
      waits.push(pacing.waitMs(nowMs + 1));
      nowMs += 1 + pacing.waitMs(nowMs + 1);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });
});
