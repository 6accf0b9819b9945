/** How many subscriptions are looked at, and for how long an answer counts. */
const subscriptionsLookedAt = 64;
const answersCountMs = 5_000;

/** So many subscriptions back, one that is refused again is not refused by chance. */
const rememberedBlames = 8;

/**
 * Whose limit a refusal shows: one subscription's, or that of the whole endpoint. The service does not say which of the
 * two it counts, so this goes by who else is refused.
 *
 * A limit of the endpoint refuses everybody; a limit of one subscription leaves the others alone. So it is the endpoint
 * once more than half of the subscriptions with an answer of late were refused. From then on the endpoint is paced, and a
 * refusal is mostly one of its own that meets anybody; unless it meets the same subscription again.
 */
export class ThrottleBlame {
  /** Each subscription's last answer, the newest last. */
  readonly #answers = new Map<string, { readonly atMs: number; readonly isRefusal: boolean }>();
  #blamedOnEndpoint: readonly string[] = [];

  accepted(subscription: string, nowMs: number): void {
    this.#remember(subscription, nowMs, false);
  }

  /** @param isPaced which of the two are known to have a limit */
  refused(
    subscription: string,
    nowMs: number,
    isPaced: { readonly own: boolean; readonly endpoint: boolean },
  ): "subscription" | "endpoint" {
    this.#remember(subscription, nowMs, true);
    const isEndpoint = isPaced.endpoint
      ? !isPaced.own && !this.#blamedOnEndpoint.includes(subscription)
      : this.#mostAreRefused(nowMs);
    if (!isEndpoint) {
      return "subscription";
    }
    this.#blamedOnEndpoint = [...this.#blamedOnEndpoint, subscription].slice(-rememberedBlames);
    return "endpoint";
  }

  /** One alone may as well have a limit of its own. */
  #mostAreRefused(nowMs: number): boolean {
    const ofLate = [...this.#answers.values()].filter(({ atMs }) => nowMs - atMs <= answersCountMs);
    const refused = ofLate.filter(({ isRefusal }) => isRefusal).length;
    return refused > 1 && refused * 2 > ofLate.length;
  }

  #remember(subscription: string, atMs: number, isRefusal: boolean): void {
    this.#answers.delete(subscription);
    this.#answers.set(subscription, { atMs, isRefusal });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= subscriptionsLookedAt) {
        break;
      }
      this.#answers.delete(oldest);
    }
  }
}
