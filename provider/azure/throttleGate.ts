import type { Ports } from "../ports";
import type { Failure } from "./failure";
import { Pacing } from "./pacing";

export type Refusal = Extract<Failure, { kind: "answer" }>;
export type Clock = Pick<Ports, "monotonicMs" | "sleep">;

/** The wait at a throttle would outlast the caller's budget. Never leaves this folder. */
export class ThrottleClosed extends Error {
  /** Why everybody waits. */
  readonly failure: Failure;
  constructor(failure: Failure) {
    super("the wait is longer than the budget");
    this.failure = failure;
  }
}

/** Who waits, and how long: until its budget is spent, counted from its start or from the last success of anybody, whichever is later. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly startedMs: number;
  readonly budgetMs: number;
}

/**
 * One gate with a line before it. Only the first in line watches the clock, so that a thousand callers set one timer,
 * not a thousand.
 */
export class ThrottleGate {
  readonly #clock: Clock;
  readonly #mostUnderWay: number;
  #mayBeUnderWay: number;
  readonly #pacing = new Pacing();
  #lastRefusal: Refusal | null = null;
  #lastAcceptedMs = Number.NEGATIVE_INFINITY;
  #underWay = 0;
  /** Called when one of those under way is done. */
  #wakeFirst: (() => void) | null = null;
  /** The end of the line: settles when whoever came before has passed or given up. */
  #lastInLine: Promise<void> = Promise.resolve();

  /**
   * So many requests may be under way at first, and one more for every two that were accepted: what is under way when the
   * service begins to refuse is lost, and that should not be much more than it has taken.
   */
  constructor(clock: Clock, underWay: { readonly first: number; readonly most: number }) {
    this.#clock = clock;
    this.#mayBeUnderWay = underWay.first;
    this.#mostUnderWay = underWay.most;
  }

  /** Whether it has been refused anything, and so holds requests back. */
  get isPaced(): boolean {
    return this.#pacing.isPaced;
  }

  /** Does something as the first in line, while all others stay behind. */
  async asFirst<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    const before = this.#lastInLine;
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    this.#lastInLine = left;
    try {
      await before;
      signal.throwIfAborted();
      return await act();
    } finally {
      leave();
    }
  }

  /**
   * Waits until a request may go.
   *
   * @returns when it is: not before now, and not before the end of a wait, should a timer have been early
   * @throws ThrottleClosed if nothing will have been accepted for longer than the budget; the signal's reason
   */
  async turn({ signal, startedMs, budgetMs }: Patience): Promise<number> {
    for (let nowMs = this.#clock.monotonicMs(); ; ) {
      while (this.#underWay >= Math.floor(this.#mayBeUnderWay)) {
        await this.#oneDone(signal);
        nowMs = Math.max(nowMs, this.#clock.monotonicMs());
      }
      const waitMs = this.#pacing.waitMs(nowMs);
      if (waitMs <= 0) {
        return nowMs;
      }
      const closesMs = Math.max(startedMs, this.#lastAcceptedMs) + budgetMs;
      if (nowMs + waitMs >= closesMs && this.#lastRefusal !== null) {
        throw new ThrottleClosed(this.#lastRefusal);
      }
      await this.#clock.sleep(waitMs, signal);
      nowMs = Math.max(nowMs + waitMs, this.#clock.monotonicMs());
    }
  }

  /** Whether a request could go at that time without any wait. */
  isOpen(nowMs: number): boolean {
    return this.#underWay < Math.floor(this.#mayBeUnderWay) && this.#pacing.waitMs(nowMs) <= 0;
  }

  sent(nowMs: number): void {
    this.#pacing.sent(nowMs);
    this.#underWay++;
  }

  /** The request is no longer under way, whatever came of it. */
  done(): void {
    this.#underWay--;
    this.#wakeFirst?.();
  }

  accepted(nowMs: number, sentMs: number): void {
    this.#lastAcceptedMs = nowMs;
    this.#mayBeUnderWay = Math.min(this.#mayBeUnderWay + 0.5, this.#mostUnderWay);
    this.#pacing.accepted(nowMs, sentMs);
  }

  refused(nowMs: number, sentMs: number, refusal: Refusal): void {
    this.#lastRefusal = refusal;
    this.#pacing.refused(nowMs, sentMs, refusal.retryAfterMs);
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
