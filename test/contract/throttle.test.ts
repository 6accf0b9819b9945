import { afterEach, describe, expect, it } from "vitest";
import { type RotationOutcome, retryAfterHeaders, ThrottledRotation } from "../support/throttledRotation";
import { other, ours, start } from "./emulatorFixture";
import { send } from "./wire";

let rotation: ThrottledRotation | null = null;

afterEach(async () => {
  await rotation?.stop();
  rotation = null;
});

async function rotate(settings: Parameters<typeof ThrottledRotation.start>[0]): Promise<ThrottledRotation> {
  rotation = await ThrottledRotation.start(settings);
  return rotation;
}

/** List, add, read back, list again. */
const requestsPerLink = 4;

/** A bucket of one second's worth is full at the start; everything else has to wait for it to fill up. */
const leastSeconds = (requests: number, perSecond: number) => (requests - perSecond) / perSecond;

function expectNearLeast(outcome: RotationOutcome, links: number, perSecond: number): void {
  const needed = links * requestsPerLink;
  expect(outcome).toMatchObject({ failures: 0, accepted: needed });
  expect(outcome.seconds).toBeLessThanOrEqual(1.1 * leastSeconds(needed, perSecond));
  expect(outcome.percentRefused).toBeLessThan(5);
}

describe("a rotation under a limit of requests", () => {
  it("of 1,000 subscriptions, where the service counts all requests together, takes hardly longer than it has to", async () => {
    const played = await rotate({ subscriptions: 1000, certificates: 1, limits: "service", retryAfter: "1" });
    expectNearLeast(await played.play({ requestsPerSecond: 50 }), 1000, 50);
  }, 300_000);

  it("of 100 certificates on one subscription takes hardly longer than it has to", async () => {
    const played = await rotate({ subscriptions: 1, certificates: 100, limits: "subscription", retryAfter: "1" });
    expectNearLeast(await played.play({ requestsPerSecond: 10 }), 100, 10);
  }, 300_000);

  it.each(Object.entries(retryAfterHeaders))(
    "does so with Retry-After %s",
    async (_name, retryAfter) => {
      const played = await rotate({ subscriptions: 200, certificates: 1, limits: "service", retryAfter });
      expectNearLeast(await played.play({ requestsPerSecond: 10 }), 200, 10);
    },
    120_000,
  );

  it("follows a limit that is halved or doubled half-way", async () => {
    const played = await rotate({ subscriptions: 300, certificates: 1, limits: "service" });
    const halved = await played.play({ requestsPerSecond: 20, change: { afterSeconds: 20, requestsPerSecond: 10 } });
    const doubled = await played.play({ requestsPerSecond: 10, change: { afterSeconds: 40, requestsPerSecond: 20 } });
    for (const outcome of [halved, doubled]) {
      expect(outcome).toMatchObject({ failures: 0, accepted: 1200 });
      expect(outcome.percentRefused).toBeLessThan(5);
    }
    // 20 in store and 400 in the first 20 s leave 780 at 10 per second.
    expect(halved.seconds).toBeLessThanOrEqual(1.1 * (20 + 78));
    // 10 in store and 400 in the first 40 s leave 790 at 20 per second. Nobody says that a limit was lifted: it takes trying.
    expect(doubled.seconds).toBeLessThanOrEqual(1.25 * (40 + 39.5));
  }, 300_000);

  it("waits for everybody as long as the service asks one of them to", async () => {
    const played = await rotate({ subscriptions: 40, certificates: 1, limits: "service", retryAfter: "60" });
    const { seconds, refused, failures } = await played.play({ requestsPerSecond: 10 });
    expect(failures).toBe(0);
    expect(seconds).toBeGreaterThan(60);
    expect(refused).toBeLessThan(40);
  });

  it("fails where refused requests are not sent again, which shows that the limit is there", async () => {
    const played = await rotate({ subscriptions: 40, certificates: 1, limits: "service" });
    expect(await played.play({ requestsPerSecond: 10, retries: "none" })).toMatchObject({ failures: 40, accepted: 10 });
    expect(await played.play({ requestsPerSecond: null, retries: "none" })).toMatchObject({ failures: 0, refused: 0 });
  });
});

describe("the emulator's limit of requests", () => {
  it("is each subscription's, or the service's", async () => {
    for (const [rateLimitScope, status] of [
      ["subscription", 200],
      ["service", 429],
    ] as const) {
      const emulator = await start({ requestsPerSecond: 0.001, rateLimitScope });
      expect((await send(emulator, { path: `/${ours}` })).status).toBe(200);
      expect((await send(emulator, { path: `/${other}` })).status).toBe(status);
    }
  });
});
