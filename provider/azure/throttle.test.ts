import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../test/support/virtualClock";
import { type Passage, ThrottleClosed, Throttles } from "./throttle";

const at = { endpoint: "https://management.core.windows.net", subscriptionId: "a" };
const never = new AbortController().signal;
const refusal = (retryAfterMs: number | null) =>
  ({ kind: "answer", status: 429, serviceCode: null, message: null, requestId: null, retryAfterMs }) as const;

describe("Throttles", () => {
  it("keep subscriptions apart, whatever the case of their ids", () => {
    const throttles = new Throttles(new VirtualClock().ports());
    expect(throttles.for(at)).toBe(throttles.for({ ...at, subscriptionId: "A" }));
    expect(throttles.for(at)).not.toBe(throttles.for({ ...at, subscriptionId: "b" }));
    expect(throttles.for(at)).not.toBe(throttles.for({ ...at, endpoint: "https://127.0.0.1" }));
  });
});

describe("a throttle", () => {
  const open = (clock = new VirtualClock()) => new Throttles(clock.ports()).for(at);
  const noDeadline = Number.POSITIVE_INFINITY;

  it("lets eight requests through at once, and the next when one is done", async () => {
    const throttle = open();
    const passages: Passage[] = [];
    for (let request = 0; request < 8; request++) {
      passages.push(await throttle.enter(never, noDeadline));
    }
    let ninth = false;
    const entered = throttle.enter(never, noDeadline).then(() => {
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
    (await throttle.enter(never, noDeadline)).refused(refusal(30_000));
    (await throttle.enter(never, noDeadline)).accepted();
    expect(clock.waits[0]).toBeGreaterThan(29_000);
  });

  it("turns away whose budget ends before the wait does, with the reason of the wait", async () => {
    const clock = new VirtualClock();
    const throttle = open(clock);
    (await throttle.enter(never, noDeadline)).refused(refusal(30_000));
    const deadlineMs = clock.ports().monotonicMs() + 10_000;
    const error: unknown = await throttle.enter(never, deadlineMs).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ThrottleClosed);
    expect(error).toMatchObject({ failure: { status: 429 } });
    (await throttle.enter(never, noDeadline)).accepted();
  });

  it("lets the queue go on when somebody in it gives up", async () => {
    const throttle = open();
    const passages = await Promise.all(Array.from({ length: 8 }, () => throttle.enter(never, noDeadline)));
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const impatient = throttle.enter(controller.signal, noDeadline);
    const patient = throttle.enter(never, noDeadline);
    controller.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    passages[0]?.accepted();
    await patient;
  });
});
