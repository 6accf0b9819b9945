/** A bucket per subscription: it holds one second's worth of requests and fills up evenly. */
export class RateLimit {
  readonly #requestsPerSecond: number;
  readonly #monotonicMs: () => number;
  readonly #buckets = new Map<string, { tokens: number; filledAtMs: number }>();

  /** @param monotonicMs the machine's, even where the emulator's clock stands still. */
  constructor(requestsPerSecond: number, monotonicMs: () => number) {
    this.#requestsPerSecond = requestsPerSecond;
    this.#monotonicMs = monotonicMs;
  }

  /** Whether one more request is let through now; a refused one costs nothing. */
  admits(subscriptionId: string): boolean {
    const nowMs = this.#monotonicMs();
    const capacity = Math.max(1, this.#requestsPerSecond);
    const bucket = this.#buckets.get(subscriptionId) ?? { tokens: capacity, filledAtMs: nowMs };
    const refilled = ((nowMs - bucket.filledAtMs) / 1_000) * this.#requestsPerSecond;
    const tokens = Math.min(capacity, bucket.tokens + refilled);
    const isAdmitted = tokens >= 1;
    this.#buckets.set(subscriptionId, { tokens: isAdmitted ? tokens - 1 : tokens, filledAtMs: nowMs });
    return isAdmitted;
  }
}
