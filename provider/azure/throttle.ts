import { concurrentCallsPerEndpoint, concurrentCallsPerSubscription } from "../defaults";
import { ThrottleBlame } from "./throttleBlame";
import { type Clock, type Patience, type Refusal, ThrottleGate } from "./throttleGate";

/**
 * The throttles of one process: a gate per endpoint, and behind it one per subscription. Whether the service counts the
 * requests of a subscription or of everybody is learnt from whom it refuses.
 */
export class Throttles {
  readonly #clock: Clock;
  readonly #endpoints = new Map<string, EndpointThrottle>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param key keeps what the service may count apart: of a subscription, or of an application */
  for(endpointAddress: string, key: string): Throttle {
    const { origin } = new URL(endpointAddress);
    const endpoint = this.#endpoints.get(origin) ?? new EndpointThrottle(this.#clock);
    this.#endpoints.set(origin, endpoint);
    return endpoint.for(key);
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
 * What every request to one subscription passes, whoever in the process sends it. When the service refuses one, all of
 * them wait; afterwards they go on one by one, at the pace that has been learnt.
 */
export interface Throttle {
  /**
   * Waits for its turn: first in the line of its subscription, then in that of the endpoint.
   *
   * @throws ThrottleClosed if nothing will have been accepted for longer than the budget; the signal's reason
   */
  enter(patience: Patience): Promise<Passage>;
}

class EndpointThrottle {
  readonly #clock: Clock;
  readonly #all: ThrottleGate;
  readonly #subscriptions = new Map<string, Throttle>();
  readonly #blame = new ThrottleBlame();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#all = new ThrottleGate(clock, { first: concurrentCallsPerSubscription, most: concurrentCallsPerEndpoint });
  }

  for(key: string): Throttle {
    const known = this.#subscriptions.get(key);
    if (known !== undefined) {
      return known;
    }
    const gate = new ThrottleGate(this.#clock, {
      first: concurrentCallsPerSubscription,
      most: concurrentCallsPerSubscription,
    });
    const throttle: Throttle = {
      enter: (patience) => gate.asFirst(patience.signal, () => this.#enter(key, gate, patience)),
    };
    this.#subscriptions.set(key, throttle);
    return throttle;
  }

  async #enter(key: string, own: ThrottleGate, patience: Patience): Promise<Passage> {
    for (;;) {
      const ownTurnMs = await own.turn(patience);
      const passage = await this.#all.asFirst(patience.signal, async () => {
        const sentMs = Math.max(ownTurnMs, await this.#all.turn(patience));
        // Its subscription may have been refused while it stood in the endpoint's line: then nobody waits behind it here.
        return own.isOpen(sentMs) ? this.#passage(key, own, sentMs) : null;
      });
      if (passage !== null) {
        return passage;
      }
    }
  }

  #passage(key: string, own: ThrottleGate, sentMs: number): Passage {
    const gates = [own, this.#all];
    for (const gate of gates) {
      gate.sent(sentMs);
    }
    const leave = () => {
      for (const gate of gates) {
        gate.done();
      }
    };
    return {
      accepted: () => {
        const nowMs = this.#clock.monotonicMs();
        for (const gate of gates) {
          gate.accepted(nowMs, sentMs);
        }
        this.#blame.accepted(key, nowMs);
        leave();
      },
      refused: (refusal) => {
        this.#refused(key, own, sentMs, refusal);
        leave();
      },
      failed: leave,
    };
  }

  #refused(key: string, own: ThrottleGate, sentMs: number, refusal: Refusal): void {
    const nowMs = this.#clock.monotonicMs();
    const blamed = this.#blame.refused(key, nowMs, { own: own.isPaced, endpoint: this.#all.isPaced });
    const gate = blamed === "endpoint" ? this.#all : own;
    gate.refused(nowMs, sentMs, refusal);
  }
}
