import type { Fault } from "../../emulator/faults";
import { followUps, operations } from "./chaosOperations";

/** Everything that the emulator's script can do to one request, without ending the run for good. */
export const faults: Readonly<Record<string, (now: Date) => Fault["do"]>> = {
  throttleSeconds: () => ({ kind: "throttle", retryAfter: "7" }),
  throttleDate: (now) => ({ kind: "throttle", retryAfter: new Date(now.getTime() + 30_000).toUTCString() }),
  throttleNone: () => ({ kind: "throttle" }),
  throttleNonsense: () => ({ kind: "throttle", status: 503, retryAfter: "soon" }),
  throttleNegative: () => ({ kind: "throttle", retryAfter: "-7" }),
  throttleHuge: () => ({ kind: "throttle", status: 503, retryAfter: "999999999" }),
  internal: () => ({ kind: "status", status: 500, code: "InternalError", message: "The server encountered an error." }),
  internalLater: () => ({ kind: "status", status: 500, code: "InternalError", message: "Later.", retryAfter: "7" }),
  unavailable: () => ({ kind: "status", status: 503, code: "ServerBusy", message: "The server is busy." }),
  resetBefore: () => ({ kind: "reset", when: "before" }),
  resetAfter: () => ({ kind: "reset", when: "after" }),
  truncate: () => ({ kind: "truncate" }),
  truncateHeaders: () => ({ kind: "truncate", part: "headers" }),
  redirectHere: () => ({ kind: "redirect", location: "/" }),
  /** Refused for its name: nobody asks whether there is such a host. */
  redirectElsewhere: () => ({ kind: "redirect", location: "https://elsewhere.invalid" }),
  slow: () => ({ kind: "slow", milliseconds: 15 }),
  staleList: () => ({ kind: "staleList" }),
  disabledForAWhile: () => ({ kind: "disabled" }),
  clockAhead: () => ({ kind: "clockOff", seconds: 3_600 }),
  clockBehind: () => ({ kind: "clockOff", seconds: -3_600 }),
  forbidden: () => ({
    kind: "status",
    status: 403,
    code: "ForbiddenError",
    message: "The server failed to authenticate.",
  }),
};

/** One case; its name is all that is needed to run it again. */
export type ChaosCase = { readonly operation: string; readonly followUp: string } & (
  | { readonly kind: "faults"; readonly at: readonly { readonly fault: string; readonly request: number }[] }
  /** Before or after that effect, counted from 0. An orphan lives on and comes to its next effect when the new run is done. */
  | { readonly kind: "killBefore" | "killAfter" | "orphan"; readonly effect: number }
);

export function nameOf(one: ChaosCase): string {
  const what =
    one.kind === "faults"
      ? one.at.map(({ fault, request }) => `${fault}@${request}`).join("+")
      : `${one.kind}@${one.effect}`;
  return `${one.operation}/${what}/${one.followUp}`;
}

/** @throws {TypeError} for what is no name of a case. */
export function caseNamed(name: string): ChaosCase {
  const [operation = "", what = "", followUp = ""] = name.split("/");
  const parts = what.split("+").map((part) => {
    const [fault = "", at = ""] = part.split("@");
    return { fault, request: Number(at) };
  });
  const [first] = parts;
  if (
    !operations.some(({ name: known }) => known === operation) ||
    !(followUp in followUps) ||
    first === undefined ||
    !Number.isInteger(first.request)
  ) {
    throw new TypeError(`${name} names no case`);
  }
  const { fault: kind, request: effect } = first;
  return kind === "killBefore" || kind === "killAfter" || kind === "orphan"
    ? { operation, followUp, kind, effect }
    : { operation, followUp, kind: "faults", at: parts };
}

/** Every single fault at every request. */
export function singleFaults(operation: string, requests: number): readonly ChaosCase[] {
  return product(Object.keys(faults), range(requests), Object.keys(followUps)).map(([fault, request, followUp]) => ({
    operation,
    followUp,
    kind: "faults",
    at: [{ fault, request }],
  }));
}

/** Every way to die at every effect. */
export function kills(operation: string, effects: number): readonly ChaosCase[] {
  const kinds = ["killBefore", "killAfter", "orphan"] as const;
  return product(kinds, range(effects), Object.keys(followUps)).map(([kind, effect, followUp]) => ({
    operation,
    followUp,
    kind,
    effect,
  }));
}

/** A sample of two faults in one case; the second may meet a retry, or the run that follows. */
export function pairs(operation: string, requests: number, count: number, random: () => number): readonly ChaosCase[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  return range(count).map(() => {
    const first = pick(range(requests));
    const second = first + 1 + Math.floor(random() * 4);
    const at = [first, second].map((request) => ({ fault: pick(Object.keys(faults)), request }));
    return { operation, followUp: pick(Object.keys(followUps)), kind: "faults", at };
  });
}

/** mulberry32: the same seed gives the same cases everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function product<A, B, C>(as: readonly A[], bs: readonly B[], cs: readonly C[]): readonly (readonly [A, B, C])[] {
  return as.flatMap((a) => bs.flatMap((b) => cs.map((c) => [a, b, c] as const)));
}
