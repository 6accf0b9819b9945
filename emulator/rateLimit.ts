/** Who shares a limit: the callers of one subscription, or all callers of the service. */
export type RateLimitScope = "subscription" | "service";

export interface RateLimitSettings {
  /** null: no limit. */
  readonly requestsPerSecond: number | null;
  readonly scope: RateLimitScope;
  /** The machine's, even where the emulator's clock stands still. */
  readonly monotonicMs: () => number;
}

/** A bucket per subscription or for all of them: it holds one second's worth of requests and fills up evenly. */
export class RateLimit {
  readonly #scope: RateLimitScope;
  readonly #monotonicMs: () => number;
  readonly #buckets = new Map<string, { tokens: number; filledAtMs: number }>();
  #requestsPerSecond: number | null;

  constructor({ requestsPerSecond, scope, monotonicMs }: RateLimitSettings) {
    this.#requestsPerSecond = requestsPerSecond;
    this.#scope = scope;
    this.#monotonicMs = monotonicMs;
  }

  /** From now on another rate, or none (null). What the buckets hold stays in them, as far as there is room. */
  change(requestsPerSecond: number | null): void {
    for (const [key, bucket] of this.#buckets) {
      this.#buckets.set(key, this.#filled(bucket));
    }
    if (this.#requestsPerSecond === null) {
      this.#buckets.clear();
    }
    this.#requestsPerSecond = requestsPerSecond;
  }

  /** Whether one more request is let through now; a refused one costs nothing. */
  admits(subscriptionId: string): boolean {
    if (this.#requestsPerSecond === null) {
      return true;
    }
    const key = this.#scope === "service" ? "" : subscriptionId;
    const { tokens, filledAtMs } = this.#filled(
      this.#buckets.get(key) ?? { tokens: Number.POSITIVE_INFINITY, filledAtMs: this.#monotonicMs() },
    );
    const isAdmitted = tokens >= 1;
    this.#buckets.set(key, { tokens: isAdmitted ? tokens - 1 : tokens, filledAtMs });
    return isAdmitted;
  }

  #filled({ tokens, filledAtMs }: { tokens: number; filledAtMs: number }): { tokens: number; filledAtMs: number } {
    const nowMs = this.#monotonicMs();
    const rate = this.#requestsPerSecond ?? 0;
    return { tokens: Math.min(Math.max(1, rate), tokens + ((nowMs - filledAtMs) / 1_000) * rate), filledAtMs: nowMs };
  }
}
