import { setTimeout as wait } from "node:timers/promises";
import {
  type Clock,
  type Retries,
  type RotationLimits,
  type RotationOutcome,
  retryAfterHeaders,
  ThrottledRotation,
} from "../test/support/throttledRotation";
import type { Figure } from "./figure";

/** The machine's clock: everything takes as long as it takes. */
const realTime: Clock = {
  monotonicMs: () => performance.now(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
  run: (work) => work,
};

interface Case {
  readonly title: string;
  readonly subscriptions: number;
  readonly certificates: number;
  readonly limits: "service" | "subscription";
  readonly perSecond: number;
}

const manySubscriptions: Case = {
  title: "one rotation to 1,000 subscriptions",
  subscriptions: 1000,
  certificates: 1,
  limits: "service",
  perSecond: 50,
};
const manyCertificates: Case = {
  title: "100 certificates to one subscription",
  subscriptions: 1,
  certificates: 100,
  limits: "subscription",
  perSecond: 10,
};

const others: readonly (readonly [Exclude<Retries, "throttle">, string])[] = [
  ["pRetry", "one p-retry per call"],
  ["none", "no retry"],
];

/**
 * What a limit of requests makes of large rotations: against the least possible time, and against the same links on the
 * same client without the throttle. Minutes of waiting pass on a simulated clock; one rotation is also measured in real time.
 */
export async function measureThrottle(): Promise<readonly Figure[]> {
  return [
    ...(await figuresOf(manySubscriptions)),
    ...(await figuresOf(manyCertificates)),
    ...(await headerFigures(manySubscriptions)),
    ...(await realFigures(manySubscriptions)),
  ];
}

async function figuresOf(measured: Case): Promise<readonly Figure[]> {
  return rotating(measured, { retryAfter: retryAfterHeaders.seconds }, async (play) => {
    const needed = (await play({ requestsPerSecond: null })).accepted;
    const throttled = await play({ requestsPerSecond: measured.perSecond });
    const figures = [...goalFigures(measured, "", needed, throttled)];
    for (const [retries, name] of others) {
      const outcome = await play({ requestsPerSecond: measured.perSecond, retries });
      figures.push(...plainFigures(`${measured.title}, ${name}`, measured, needed, outcome));
    }
    return figures;
  });
}

async function headerFigures(measured: Case): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const header of ["absent", "date"] as const) {
    const outcome = await rotating(measured, { retryAfter: retryAfterHeaders[header] }, (play) =>
      play({ requestsPerSecond: measured.perSecond }),
    );
    const how = `Retry-After ${header === "absent" ? "is absent" : "is a date"}`;
    figures.push(...goalFigures(measured, `, ${how}`, outcome.accepted, outcome));
  }
  return figures;
}

async function realFigures(measured: Case): Promise<readonly Figure[]> {
  const outcome = await rotating(measured, { retryAfter: retryAfterHeaders.seconds, time: realTime }, (play) =>
    play({ requestsPerSecond: measured.perSecond }),
  );
  const whenMissed =
    "Client, emulator and whatever else runs share the cores of this machine: where it is busy, requests come late and in bunches.";
  return goalFigures(measured, ", in real time", outcome.accepted, outcome).map((figure) => ({
    ...figure,
    whenMissed,
  }));
}

async function rotating<T>(
  { subscriptions, certificates, limits }: Case,
  settings: Pick<Parameters<typeof ThrottledRotation.start>[0], "retryAfter" | "time">,
  measure: (play: (limits: RotationLimits) => Promise<RotationOutcome>) => Promise<T>,
): Promise<T> {
  const rotation = await ThrottledRotation.start({ subscriptions, certificates, limits, ...settings });
  try {
    return await measure((played) => rotation.play(played));
  } finally {
    await rotation.stop();
  }
}

/** What the bucket does not hold at the start has to wait until it has filled up. */
function leastSeconds(needed: number, { perSecond }: Case): number {
  return (needed - perSecond) / perSecond;
}

function goalFigures(measured: Case, suffix: string, needed: number, outcome: RotationOutcome): readonly Figure[] {
  const [time, refused, failures] = plainFigures(measured.title + suffix, measured, needed, outcome);
  return [
    { ...time, goal: { atMost: 1.1 } },
    { ...refused, goal: { atMost: 5 } },
    { ...failures, goal: { atMost: 0 } },
  ];
}

function plainFigures(
  title: string,
  measured: Case,
  needed: number,
  { seconds, percentRefused, failures, accepted, refused }: RotationOutcome,
): readonly [Figure, Figure, Figure] {
  const least = leastSeconds(needed, measured);
  const whose = measured.limits === "service" ? "the whole service" : "each subscription";
  const limit = `at most ${measured.perSecond} requests per second of ${whose}`;
  return [
    {
      name: `${title}: time`,
      value: seconds / least,
      unit: "times",
      how: `${seconds.toFixed(1)} s, with ${limit}; the least possible is ${least.toFixed(1)} s: the ${needed} requests of an undisturbed run, less the ${measured.perSecond} that the limit takes at once, divided by the limit.${failures === 0 ? "" : " It ended without having done its work."}`,
    },
    {
      name: `${title}: requests refused`,
      value: percentRefused,
      unit: "percent",
      how: `${refused} of ${accepted + refused} requests were answered with TooManyRequests.`,
    },
    {
      name: `${title}: links that failed`,
      value: failures,
      unit: "links",
      how: `Of ${measured.subscriptions * measured.certificates} links that were updated in one provider process.`,
    },
  ];
}

if (require.main === module) {
  measureThrottle().then((figures) => {
    for (const { name, value, unit, how } of figures) {
      process.stdout.write(`${name}: ${value.toFixed(3)} ${unit}\n    ${how}\n`);
    }
  });
}
