import { throttledWithoutRetryAfterMs } from "../defaults";
import type { Ports } from "../ports";
import type { SubscriptionAddress } from "./connection";
import type { Failure } from "./failure";
import { subscriptionKey } from "./subscriptionKey";

/** The wait at a throttle would outlast the caller's budget. Never leaves this folder. */
export class ThrottleClosed extends Error {
  /** Why everybody waits. */
  readonly failure: Failure;
  constructor(failure: Failure) {
    super("the wait is longer than the budget");
    this.failure = failure;
  }
}

/** One throttle per endpoint and subscription: the service counts requests per subscription. */
export class Throttles {
  readonly #ports: Ports;
  readonly #throttles = new Map<string, Throttle>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  for(at: SubscriptionAddress): Throttle {
    const key = subscriptionKey(at);
    const throttle = this.#throttles.get(key) ?? new Throttle(this.#ports);
    this.#throttles.set(key, throttle);
    return throttle;
  }
}

export class Throttle {
  readonly #ports: Ports;
  #blockedUntilMs = 0;
  #refusal: Failure | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  async enter(signal: AbortSignal, deadlineMs: number): Promise<void> {
    for (;;) {
      const now = this.#ports.monotonicMs();
      if (now >= this.#blockedUntilMs) return;
      if (this.#blockedUntilMs >= deadlineMs && this.#refusal) throw new ThrottleClosed(this.#refusal);
      await this.#ports.sleep(this.#blockedUntilMs - now, signal);
    }
  }
  accepted(): void {}
  refused(failure: Extract<Failure, { kind: "answer" }>): void {
    this.#refusal = failure;
    this.#blockedUntilMs = Math.max(
      this.#blockedUntilMs,
      this.#ports.monotonicMs() + (failure.retryAfterMs ?? throttledWithoutRetryAfterMs),
    );
  }
  leave(): void {}
}
