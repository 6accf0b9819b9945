import { describe, expect, it } from "vitest";
import { RateLimit } from "../../emulator/rateLimit";
import { SimulatedTime } from "../../test/support/simulatedTime";
import { VirtualClock } from "../../test/support/virtualClock";
import { type SubscriptionAddress, subscriptionKey } from "./subscriptionAddress";
import { type Passage, Throttles } from "./throttle";
import { ThrottleClosed } from "./throttleGate";

const endpoint = "https://management.core.windows.net";
const at = { endpoint, subscriptionId: "a" };
const never = new AbortController().signal;
const refusal = (retryAfterMs: number | null) =>
  ({ kind: "answer", status: 429, serviceCode: null, message: null, requestId: null, retryAfterMs }) as const;

describe("Throttles", () => {
  it("keep subscriptions and endpoints apart, whatever the case of their ids", () => {
    const throttles = new Throttles(new VirtualClock().ports());
    const throttleOf = (at: SubscriptionAddress) => throttles.for(at.endpoint, subscriptionKey(at));
    expect(throttleOf(at)).toBe(throttleOf({ ...at, subscriptionId: "A" }));
    expect(throttleOf(at)).not.toBe(throttleOf({ ...at, subscriptionId: "b" }));
    expect(throttleOf(at)).not.toBe(throttleOf({ ...at, endpoint: "https://127.0.0.1" }));
  });
});

describe("a throttle", () => {
  const open = (clock = new VirtualClock()) => new Throttles(clock.ports()).for(endpoint, "a");
  const patient = { signal: never, startedMs: 0, budgetMs: Number.POSITIVE_INFINITY };

  it("lets eight requests through at once, and the next when one is done", async () => {
    const throttle = open();
    const passages: Passage[] = [];
    for (let request = 0; request < 8; request++) {
      passages.push(await throttle.enter(patient));
    }
    let ninth = false;
    const entered = throttle.enter(patient).then(() => {
      ninth = true;
    });
    await new Promise(setImmediate);
    expect(ninth).toBe(false);
    passages[3]?.failed();
    await entered;
  });

  it("makes everybody wait after one refusal", async () => {
    const clock = new VirtualClock();
    const throttle = open(clock);
    (await throttle.enter(patient)).refused(refusal(30_000));
    (await throttle.enter(patient)).accepted();
    expect(clock.waits[0]).toBeGreaterThan(29_000);
  });

  it("turns away whose budget ends before the wait does, with the reason of the wait", async () => {
    const clock = new VirtualClock();
    const throttle = open(clock);
    (await throttle.enter(patient)).refused(refusal(30_000));
    const impatient = { signal: never, startedMs: clock.ports().monotonicMs(), budgetMs: 10_000 };
    const error: unknown = await throttle.enter(impatient).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ThrottleClosed);
    expect(error).toMatchObject({ failure: { status: 429 } });
    (await throttle.enter(patient)).accepted();
  });

  it("lets the queue go on when somebody in it gives up", async () => {
    const throttle = open();
    const passages = await Promise.all(Array.from({ length: 8 }, () => throttle.enter(patient)));
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const impatient = throttle.enter({ ...patient, signal: controller.signal });
    const second = throttle.enter(patient);
    controller.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    passages[0]?.accepted();
    await second;
  });

  it("holds back who stands in the endpoint's line when their subscription is refused, and nobody behind them", async () => {
    const time = new SimulatedTime();
    const throttles = new Throttles(time);
    const enter = (subscriptionId: string) => throttles.for(endpoint, subscriptionId).enter(patient);
    const passages = await Promise.all(["a", "b", "c", "d", "e", "f", "g", "h"].map(enter));
    const wentMs = new Map<string, number>();
    const waiting = ["a", "z"].map(async (id) => {
      const passage = await enter(id);
      wentMs.set(id, time.monotonicMs());
      passage.accepted();
    });
    for (const [index, passage] of passages.entries()) {
      await new Promise(setImmediate);
      index === 0 ? passage.refused(refusal(30_000)) : passage.accepted();
    }
    await time.run(Promise.all(waiting));
    expect(wentMs.get("z")).toBe(0);
    expect(wentMs.get("a")).toBeGreaterThanOrEqual(30_000);
  });

  it("begins with few requests for a whole endpoint, and has more of them under way as they are accepted", async () => {
    const time = new SimulatedTime();
    const throttles = new Throttles(time);
    let underWay = 0;
    let most = 0;
    const atOnce: number[] = [];
    const ask = async (id: number) => {
      const passage = await throttles.for(endpoint, `${id}`).enter(patient);
      most = Math.max(most, ++underWay);
      atOnce.push(underWay);
      await time.sleep(10, never);
      underWay--;
      passage.accepted();
    };
    await time.run(Promise.all(Array.from({ length: 500 }, (_, id) => ask(id))));
    expect(Math.max(...atOnce.slice(0, 8))).toBe(8);
    expect(Math.max(...atOnce.slice(0, 12))).toBeLessThan(13);
    expect(most).toBe(64);
  });
});

interface Asked {
  readonly subscription: string;
  readonly requests: number;
  /** What the subscription takes per second. Default: anything. */
  readonly takes?: number;
}

/** What a service with these limits makes of so many requests, each subscription's one after the other. */
async function play(
  asked: readonly Asked[],
  {
    takes,
    retryAfterMs = null,
    budgetMs = 900_000,
  }: { takes?: number; retryAfterMs?: number | null; budgetMs?: number },
) {
  const time = new SimulatedTime();
  const throttles = new Throttles(time);
  const limit = (requestsPerSecond?: number) =>
    new RateLimit({ requestsPerSecond: requestsPerSecond ?? null, scope: "service", monotonicMs: time.monotonicMs });
  const all = limit(takes);
  const endsMs = new Map<string, number>();
  let refused = 0;
  await time.run(
    Promise.all(
      asked.map(async ({ subscription, requests, takes: own }) => {
        const throttle = throttles.for(endpoint, subscription);
        const ownLimit = limit(own);
        for (let accepted = 0; accepted < requests; ) {
          const passage = await throttle.enter({ signal: never, startedMs: time.monotonicMs(), budgetMs });
          await time.sleep(20, never);
          if (ownLimit.admits("") && all.admits("")) {
            accepted++;
            passage.accepted();
          } else {
            refused++;
            passage.refused(refusal(retryAfterMs));
          }
        }
        endsMs.set(subscription, time.monotonicMs());
      }),
    ),
  );
  const total = asked.reduce((sum, { requests }) => sum + requests, 0);
  const end = (subscriptions: readonly Asked[]) =>
    Math.max(...subscriptions.map((one) => endsMs.get(one.subscription) ?? 0)) / 1000;
  return { seconds: end(asked), shareRefused: refused / (total + refused), end };
}

function subscriptions(count: number, requests: number, takes?: number): readonly Asked[] {
  return Array.from({ length: count }, (_, index) => ({
    subscription: `${takes ?? "free"}-${index}`,
    requests,
    ...(takes === undefined ? {} : { takes }),
  }));
}

describe("two levels of throttling", () => {
  it.each([10, 20, 50, 100, 200])(
    "a limit of %i per second on everybody: 1,000 subscriptions share it without being told",
    async (takes) => {
      const { seconds, shareRefused } = await play(subscriptions(1000, 4), { takes });
      expect(seconds).toBeLessThanOrEqual((1.1 * (4000 - takes)) / takes);
      expect(shareRefused).toBeLessThan(0.05);
    },
  );

  it.each([1, 2, 10, 50])("a limit on everybody, met by %i busy subscriptions", async (count) => {
    const { seconds, shareRefused } = await play(subscriptions(count, 2000 / count), { takes: 50 });
    expect(seconds).toBeLessThanOrEqual((1.1 * (2000 - 50)) / 50);
    expect(shareRefused).toBeLessThan(0.05);
  });

  it("a limit on each subscription is learnt by each for itself", async () => {
    const { seconds, shareRefused } = await play(subscriptions(10, 400, 10), {});
    expect(seconds).toBeLessThanOrEqual((1.1 * (400 - 10)) / 10);
    expect(shareRefused).toBeLessThan(0.05);
  });

  it.each([1, 5, 20])("%i throttled subscriptions do not slow the others down", async (count) => {
    const throttled = subscriptions(count, 20, 1);
    const free = subscriptions(1000 - count, 4);
    const undisturbed = await play(free, {});
    const together = await play([...throttled, ...free], { retryAfterMs: 5_000 });
    expect(together.end(free)).toBeLessThan(1.1 * undisturbed.seconds);
    expect(together.seconds).toBeGreaterThan(19);
  });

  it("a line that moves is no reason to give up, however long it is; one that stands still is", async () => {
    const { seconds } = await play(subscriptions(50, 4), { takes: 1, budgetMs: 20_000 });
    expect(seconds).toBeGreaterThan(199 - 1);
    await expect(play(subscriptions(50, 4), { takes: 1, retryAfterMs: 30_000, budgetMs: 20_000 })).rejects.toThrow(
      ThrottleClosed,
    );
  });
});
