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

/** Enough to know the busiest stretch by, and no more memory than that. */
const rememberedAnswers = 4_096;

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
  /** When requests were accepted before the first refusal, the newest last: what the first ceiling is made of. */
  #firstAnswersMs: number[] = [];
  /** What the service asked for with its first refusal; null once a second one has told more. */
  #firstRefusal: { readonly atMs: number; readonly intervalMs: number } | null = null;
  /** Since when nothing was refused, and how much was accepted since then. */
  #since = { startMs: 0, accepted: 0 };
  #lastRefusalMs = Number.NEGATIVE_INFINITY;
  #refusalsInARow = 0;

  /** Whether anything was ever refused. */
  get isPaced(): boolean {
    return this.#ceiling !== null;
  }

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
    if (this.#ceiling === null) {
      this.#firstAnswersMs.push(nowMs);
      if (this.#firstAnswersMs.length > rememberedAnswers) {
        this.#firstAnswersMs.splice(0, rememberedAnswers / 2);
      }
    } else if (sentMs > this.#lastRefusalMs) {
      this.#since.accepted++;
    } else if (this.#firstRefusal !== null) {
      // It was under way when the first one was refused, so it belongs to what the service took until then.
      this.#firstAnswersMs.push(this.#firstRefusal.atMs);
      this.#guess(this.#firstRefusal);
    }
  }

  /**
   * @param sentMs when the refused request was sent
   * @param retryAfterMs how long the service asks to wait; null if it does not say, which 0 is taken for
   */
  refused(nowMs: number, sentMs: number, retryAfterMs: number | null): void {
    // Requests that were under way together are refused together: that is one refusal, not many.
    if (sentMs > this.#lastRefusalMs) {
      this.#learn(nowMs, retryAfterMs);
      this.#refusalsInARow++;
      this.#lastRefusalMs = nowMs;
    }
    const ownWaitMs = throttledWithoutRetryAfterMs * 2 ** Math.max(0, this.#refusalsInARow - 1);
    // "At once", as a date says that has just passed, is no wait: refusals that follow each other that fast would teach nothing but slowness.
    const waitMs = retryAfterMs === null || retryAfterMs === 0 ? Math.min(ownWaitMs, longestBackoffMs) : retryAfterMs;
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + waitMs);
    this.#nextSlotMs = this.#blockedUntilMs;
    this.#since = { startMs: this.#blockedUntilMs, accepted: 0 };
  }

  #learn(nowMs: number, retryAfterMs: number | null): void {
    if (this.#ceiling === null) {
      this.#firstRefusal = { atMs: nowMs, intervalMs: Math.max(shortestIntervalMs, retryAfterMs ?? 0) };
      this.#guess(this.#firstRefusal);
      return;
    }
    const pace = this.#pace(this.#ceiling, nowMs);
    const taken = this.#since.accepted / Math.max(1, nowMs - this.#since.startMs);
    this.#ceiling = Math.min(Math.max(taken, pace / 2), pace * cutAfterRefusal);
    this.#plateauMs = plateauMs;
    this.#firstRefusal = null;
    this.#firstAnswersMs = [];
  }

  /**
   * A service takes an interval's worth at once, and then as much per interval. So in no stretch of time can it have
   * accepted more than its rate times the stretch and one interval: the busiest stretch tells the most.
   */
  #guess({ atMs, intervalMs }: { readonly atMs: number; readonly intervalMs: number }): void {
    const answers = this.#firstAnswersMs.length;
    const rates = this.#firstAnswersMs.map((answeredMs, index) => (answers - index) / (atMs - answeredMs + intervalMs));
    this.#ceiling = Math.max(1 / intervalMs, ...rates);
    this.#plateauMs = answers < fewAnswers || intervalMs > shortestIntervalMs ? firstPlateauMs : plateauMs;
  }

  #pace(ceiling: number, nowMs: number): number {
    const progress = (Math.max(0, nowMs - this.#blockedUntilMs) - this.#plateauMs) / this.#plateauMs;
    return ceiling * (1 + (1 - startBelowCeiling) * progress ** 3);
  }
}
