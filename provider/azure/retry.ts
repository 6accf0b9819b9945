import { firstBackoffMs, longestBackoffMs, throttledWithoutRetryAfterMs, unreachableAttempts } from "../defaults";
import type { Failure } from "./failure";

/** What is known when a request has failed. */
interface RetrySituation {
  /** The request that has just failed, from 1. */
  readonly attempt: number;
  /** Since the first attempt, waits included. */
  readonly elapsedMs: number;
  readonly budgetMs: number;
  /** In [0, 1), for the jitter. */
  readonly random: number;
}

type RetryDecision =
  | { readonly action: "fail"; readonly because: "permanent" | "budgetSpent" | "unreachable" }
  | {
      readonly action: "retry";
      readonly afterMs: number;
      /** Throttled: everybody who calls that subscription waits, not only this caller. */
      readonly because: "throttled" | "transient";
    };

/**
 * Whether a failed request is sent again, and when. Decides only; the waiting is somebody else's.
 * Throttling waits as the service asks. Other transient failures back off exponentially, with half of the delay as
 * jitter. What is unknown is not tried again, nor is any other 4xx: it would fail the same way.
 */
export function decideRetry(failure: Failure, situation: RetrySituation): RetryDecision {
  const wait = waitAfter(failure, situation);
  if (wait === null) {
    return { action: "fail", because: "permanent" };
  }
  // An address that can't be reached is more often a mistake than an outage, and nobody wants to learn that after 15 minutes.
  if (isUnreachable(failure) && situation.attempt >= unreachableAttempts) {
    return { action: "fail", because: "unreachable" };
  }
  if (situation.elapsedMs + wait.afterMs >= situation.budgetMs) {
    return { action: "fail", because: "budgetSpent" };
  }
  return { action: "retry", ...wait };
}

function waitAfter(
  failure: Failure,
  { attempt, random }: RetrySituation,
): { afterMs: number; because: "throttled" | "transient" } | null {
  if (isThrottling(failure)) {
    return { afterMs: failure.retryAfterMs ?? throttledWithoutRetryAfterMs, because: "throttled" };
  }
  if (!isTransient(failure)) {
    return null;
  }
  const delayMs = Math.min(firstBackoffMs * 2 ** (attempt - 1), longestBackoffMs);
  return { afterMs: Math.round(delayMs / 2 + (delayMs / 2) * random), because: "transient" };
}

/** 429, the code whatever its status (nobody has recorded which one it is), or 503 that says when to come back. */
export function isThrottling(failure: Failure): failure is Extract<Failure, { kind: "answer" }> {
  return (
    failure.kind === "answer" &&
    (failure.status === 429 ||
      failure.serviceCode === "TooManyRequests" ||
      (failure.status === 503 && failure.retryAfterMs !== null))
  );
}

function isTransient(failure: Failure): boolean {
  switch (failure.kind) {
    case "answer":
      return failure.status === 408 || (failure.status >= 500 && failure.status !== 501 && failure.status !== 505);
    case "timeout":
      return true;
    case "transport":
      return failure.problem === "connectionLost" || isUnreachable(failure);
    case "unreadable":
    case "clientCertificateRefused":
      return false;
  }
}

function isUnreachable(failure: Failure): boolean {
  return failure.kind === "transport" && (failure.problem === "connectionRefused" || failure.problem === "unreachable");
}

/** Whether the service may have carried the request out although no success was seen: then only reading back tells. */
export function mayHaveTakenEffect(failure: Failure): boolean {
  switch (failure.kind) {
    case "answer":
      return failure.status >= 500 || failure.status === 408;
    case "timeout":
    case "unreadable":
      return true;
    case "transport":
      return failure.problem === "connectionLost";
    case "clientCertificateRefused":
      return false;
  }
}
