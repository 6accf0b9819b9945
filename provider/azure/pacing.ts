import { longestBackoffMs, throttledWithoutRetryAfterMs } from "../defaults";

/** How far below the known ceiling a pace starts again, and how far below a refused pace the ceiling is then taken to be. */
const startBelowCeiling = 0.97;
const cutAfterRefusal = 0.95;

/** When the pace is back at the ceiling. It stays near it for as long again, and only then goes up noticeably. */
const plateauMs = 20_000;
/** The same while hardly anything is known: fewer answers than this say little about a limit. */
const firstPlateauMs = 1_000;
const fewAnswers = 10;

/** Services count per second, or in longer intervals: more than was accepted within one is not expected of the next. */
const shortestIntervalMs = 1_000;

/** Timers are late; what they miss is made up within this time. */
const latenessMs = 100;

/**
 * How fast requests may follow each other to one subscription, learnt from what it refuses. Pure but for its own memory:
 * times come in as arguments.
 *
 * Nothing is held back until the first refusal. It says when to come back, and what was accepted until then says how
 * much the service takes. From then on requests are spaced: a little below that rate at first, back at it after a while,
 * beyond it only when it was good for long, and then ever faster: the curve of CUBIC. A rate that is only ever doubled
 * and halved would be refused, and so wait, much more often.
 *
 * @see RFC 9438, the window curve of CUBIC
 */
export class Pacing {
  /** Requests per millisecond that the service is believed to take; null: it has never refused one. */
  #ceiling: number | null = null;
  #plateauMs = firstPlateauMs;
  #blockedUntilMs = Number.NEGATIVE_INFINITY;
  /** When the next request may go, as far as its spacing is concerned. */
  #nextSlotMs = Number.NEGATIVE_INFINITY;
  /** What has happened since the last refusal, or since the first request. */
  #since: { readonly startMs: number; accepted: number } | null = null;
  #lastRefusalMs = Number.NEGATIVE_INFINITY;
  #refusalsInARow = 0;

  /** Milliseconds until the next request may be sent; not above 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(this.#blockedUntilMs, this.#nextSlotMs) - nowMs;
  }

  sent(nowMs: number): void {
    this.#since ??= { startMs: nowMs, accepted: 0 };
    if (this.#ceiling !== null) {
      this.#nextSlotMs = Math.max(this.#nextSlotMs, nowMs - latenessMs) + 1 / this.#pace(this.#ceiling, nowMs);
    }
  }

  accepted(): void {
    this.#refusalsInARow = 0;
    if (this.#since !== null) {
      this.#since.accepted++;
    }
  }

  /**
   * @param sentMs when the refused request was sent
   * @param retryAfterMs how long the service asks to wait; null if it does not say
   */
  refused(nowMs: number, sentMs: number, retryAfterMs: number | null): void {
    // Requests that were under way together are refused together: that is one refusal, not many.
    if (sentMs > this.#lastRefusalMs) {
      // A wait that we choose ourselves says nothing about the service's interval.
      this.#learn(nowMs, retryAfterMs ?? 0);
      this.#refusalsInARow++;
      this.#lastRefusalMs = nowMs;
    }
    const ownWaitMs = throttledWithoutRetryAfterMs * 2 ** (this.#refusalsInARow - 1);
    const waitMs = retryAfterMs ?? Math.min(ownWaitMs, longestBackoffMs);
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + waitMs);
    this.#nextSlotMs = this.#blockedUntilMs;
    this.#since = { startMs: this.#blockedUntilMs, accepted: 0 };
  }

  #learn(nowMs: number, askedToWaitMs: number): void {
    const { startMs, accepted } = this.#since ?? { startMs: nowMs, accepted: 0 };
    const activeMs = Math.max(1, nowMs - startMs);
    if (this.#ceiling === null) {
      this.#ceiling = Math.max(1, accepted) / Math.max(shortestIntervalMs, activeMs + askedToWaitMs);
      this.#plateauMs = accepted < fewAnswers ? firstPlateauMs : plateauMs;
    } else {
      const pace = this.#pace(this.#ceiling, nowMs);
      this.#ceiling = Math.min(Math.max(accepted / activeMs, pace / 2), pace * cutAfterRefusal);
      this.#plateauMs = plateauMs;
    }
  }

  #pace(ceiling: number, nowMs: number): number {
    const progress = (Math.max(0, nowMs - this.#blockedUntilMs) - this.#plateauMs) / this.#plateauMs;
    return ceiling * (1 + (1 - startBelowCeiling) * progress ** 3);
  }
}
