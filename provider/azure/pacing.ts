import { longestBackoffMs, throttledWithoutRetryAfterMs } from "../defaults";

/** How far below the known ceiling a pace starts again, and how far below a refused pace the ceiling is then taken to be. */
const startBelowCeiling = 0.97;
const cutAfterRefusal = 0.95;

/** When the pace is back at the ceiling. It stays near it for as long again, and only then goes up noticeably. */
const plateauMs = 20_000;
/** The same while hardly anything is known: fewer answers than this say little about a limit. */
const firstPlateauMs = 1_000;
const fewAnswers = 10;

/** Services count per second, or in longer intervals, and take an interval's worth at once. */
const shortestIntervalMs = 1_000;

/** Timers are late; what they miss is made up within this time. */
const latenessMs = 500;

/**
 * How fast requests to one subscription may follow each other, learnt from what it refuses. It has a memory, but no
 * clock: times come in as arguments.
 *
 * Nothing is held back until the first refusal. How much was accepted until then, and when the service says to come
 * back, tell what it takes. From then on requests are spaced: a little below that rate at first, back at it after a
 * while, beyond it only when all went well for long, and then ever faster: the curve of CUBIC. A pace that were just
 * raised steadily and halved after a refusal would be refused, and so wait, much more often.
 *
 * @see RFC 9438 section 4.2
 */
export class Pacing {
  /** Requests per millisecond that the service is believed to take; null: it has never refused one. */
  #ceiling: number | null = null;
  #plateauMs = firstPlateauMs;
  #blockedUntilMs = Number.NEGATIVE_INFINITY;
  /** When the next request may go, as far as its spacing is concerned. */
  #nextSlotMs = Number.NEGATIVE_INFINITY;
  /** What was accepted since the last refusal, or since the first answer: a slow handshake before it says nothing. */
  #since: { readonly startMs: number; accepted: number } | null = null;
  /** What the first ceiling was made of, until a second refusal tells more. */
  #guess: { accepted: number; readonly intervalMs: number } | null = null;
  #lastRefusalMs = Number.NEGATIVE_INFINITY;
  #refusalsInARow = 0;

  /** Milliseconds until the next request may be sent; not above 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(this.#blockedUntilMs, this.#nextSlotMs) - nowMs;
  }

  sent(nowMs: number): void {
    if (this.#ceiling !== null) {
      this.#nextSlotMs = Math.max(this.#nextSlotMs, nowMs - latenessMs) + 1 / this.#pace(this.#ceiling, nowMs);
    }
  }

  /** @param sentMs when the accepted request was sent */
  accepted(nowMs: number, sentMs: number): void {
    this.#refusalsInARow = 0;
    if (sentMs > this.#lastRefusalMs) {
      this.#since ??= { startMs: nowMs, accepted: 0 };
      this.#since.accepted++;
    } else if (this.#guess !== null) {
      // It was under way when the first one was refused, so it belongs to what the service took until then.
      this.#guess.accepted++;
      this.#takeGuess(this.#guess);
    }
  }

  /**
   * @param sentMs when the refused request was sent
   * @param retryAfterMs how long the service asks to wait; null if it does not say
   */
  refused(nowMs: number, sentMs: number, retryAfterMs: number | null): void {
    // Requests that were under way together are refused together: that is one refusal, not many.
    if (sentMs > this.#lastRefusalMs) {
      this.#learn(nowMs, retryAfterMs);
      this.#refusalsInARow++;
      this.#lastRefusalMs = nowMs;
    }
    const ownWaitMs = throttledWithoutRetryAfterMs * 2 ** Math.max(0, this.#refusalsInARow - 1);
    this.#blockedUntilMs = Math.max(
      this.#blockedUntilMs,
      nowMs + (retryAfterMs ?? Math.min(ownWaitMs, longestBackoffMs)),
    );
    this.#nextSlotMs = this.#blockedUntilMs;
    this.#since = { startMs: this.#blockedUntilMs, accepted: 0 };
  }

  #learn(nowMs: number, retryAfterMs: number | null): void {
    const { startMs, accepted } = this.#since ?? { startMs: nowMs, accepted: 0 };
    const activeMs = Math.max(1, nowMs - startMs);
    if (this.#ceiling === null) {
      this.#guess = { accepted, intervalMs: activeMs + Math.max(shortestIntervalMs, retryAfterMs ?? 0) };
      this.#takeGuess(this.#guess);
    } else {
      const pace = this.#pace(this.#ceiling, nowMs);
      this.#guess = null;
      this.#ceiling = Math.min(Math.max(accepted / activeMs, pace / 2), pace * cutAfterRefusal);
      this.#plateauMs = plateauMs;
    }
  }

  #takeGuess({ accepted, intervalMs }: { readonly accepted: number; readonly intervalMs: number }): void {
    this.#ceiling = Math.max(1, accepted) / intervalMs;
    this.#plateauMs = accepted < fewAnswers ? firstPlateauMs : plateauMs;
  }

  #pace(ceiling: number, nowMs: number): number {
    const progress = (Math.max(0, nowMs - this.#blockedUntilMs) - this.#plateauMs) / this.#plateauMs;
    return ceiling * (1 + (1 - startBelowCeiling) * progress ** 3);
  }
}
