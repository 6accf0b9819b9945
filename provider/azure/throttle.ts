import { concurrentCallsPerSubscription } from "../defaults";
import type { Ports } from "../ports";
import type { Failure } from "./failure";
import { Pacing } from "./pacing";
import type { SubscriptionAddress } from "./subscriptionAddress";
import { subscriptionKey } from "./subscriptionAddress";

/** The wait at a throttle would outlast the caller's budget. Never leaves this folder. */
export class ThrottleClosed extends Error {
  /** Why everybody waits. */
  readonly failure: Failure;
  constructor(failure: Failure) {
    super("the wait is longer than the budget");
    this.failure = failure;
  }
}

type Refusal = Extract<Failure, { kind: "answer" }>;
type Clock = Pick<Ports, "monotonicMs" | "sleep">;

/** One throttle per endpoint and subscription: the service counts requests per subscription. */
export class Throttles {
  readonly #clock: Clock;
  readonly #throttles = new Map<string, Throttle>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  for(at: SubscriptionAddress): Throttle {
    const key = subscriptionKey(at);
    const throttle = this.#throttles.get(key) ?? new Throttle(this.#clock);
    this.#throttles.set(key, throttle);
    return throttle;
  }
}

/** A request that was let through. Exactly one of its methods is to be called, when the answer is there. */
export interface Passage {
  accepted(): void;
  refused(refusal: Refusal): void;
  /** Neither: the request failed in a way that says nothing about how much the service takes. */
  failed(): void;
}

/**
 * The gate that every request to one subscription passes, whoever in the process sends it. When the service refuses one,
 * all of them wait; afterwards they go on one by one, at the pace that {@link Pacing} has learnt.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #pacing = new Pacing();
  #lastRefusal: Refusal | null = null;
  #underWay = 0;
  /** Called when one of those under way is done. */
  #wakeFirst: (() => void) | null = null;
  /** The end of the queue: settles when whoever came before has passed or given up. */
  #lastInLine: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits for its turn. Only the first in line watches the clock, so that a thousand callers set one timer, not a thousand.
   *
   * @throws ThrottleClosed if the turn would come after the deadline; the signal's reason
   */
  async enter(signal: AbortSignal, deadlineMs: number): Promise<Passage> {
    const before = this.#lastInLine;
    const { promise: passed, resolve: next } = Promise.withResolvers<void>();
    this.#lastInLine = passed;
    try {
      await before;
      signal.throwIfAborted();
      while (this.#underWay >= concurrentCallsPerSubscription) {
        await this.#oneDone(signal);
      }
      return this.#passage(await this.#turn(signal, deadlineMs));
    } finally {
      next();
    }
  }

  /** When it is: not before now, and not before the end of a wait, should a timer have been early. */
  async #turn(signal: AbortSignal, deadlineMs: number): Promise<number> {
    for (let nowMs = this.#clock.monotonicMs(); ; ) {
      const waitMs = this.#pacing.waitMs(nowMs);
      if (waitMs <= 0) {
        return nowMs;
      }
      if (nowMs + waitMs >= deadlineMs && this.#lastRefusal !== null) {
        throw new ThrottleClosed(this.#lastRefusal);
      }
      await this.#clock.sleep(waitMs, signal);
      nowMs = Math.max(nowMs + waitMs, this.#clock.monotonicMs());
    }
  }

  #passage(sentMs: number): Passage {
    this.#pacing.sent(sentMs);
    this.#underWay++;
    const leave = () => {
      this.#underWay--;
      this.#wakeFirst?.();
    };
    return {
      accepted: () => {
        this.#pacing.accepted(this.#clock.monotonicMs(), sentMs);
        leave();
      },
      refused: (refusal) => {
        this.#lastRefusal = refusal;
        this.#pacing.refused(this.#clock.monotonicMs(), sentMs, refusal.retryAfterMs);
        leave();
      },
      failed: leave,
    };
  }

  async #oneDone(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#wakeFirst = resolve;
    try {
      await promise;
    } finally {
      this.#wakeFirst = null;
      signal.removeEventListener("abort", abort);
    }
  }
}
