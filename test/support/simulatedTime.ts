import type { Ports } from "../../provider/ports";

/**
 * A clock that stands still while anybody works and jumps to the next timer when everybody waits. What takes minutes
 * passes in seconds, and no load on the machine changes the outcome.
 */
export class SimulatedTime {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly fire: () => void }[] = [];

  readonly monotonicMs = (): number => this.#nowMs;

  readonly sleep: Ports["sleep"] = (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
        reject(signal.reason);
      };
      const timer = {
        atMs: this.#nowMs + Math.max(0, milliseconds),
        fire: () => {
          signal.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#timers.push(timer);
    });

  /** @param isQuiet whether nothing is under way outside of this process's own code, such as a request */
  async run<T>(work: Promise<T>, isQuiet: () => boolean = () => true): Promise<T> {
    let isDone = false;
    const finished = work.finally(() => {
      isDone = true;
    });
    finished.catch(() => {});
    for (;;) {
      // What an answer or a timer has set off runs in a few turns of the event loop.
      for (let turn = 0; turn < turnsUntilQuiet && !isDone; turn++) {
        await new Promise(setImmediate);
        turn = isQuiet() ? turn : 0;
      }
      if (isDone) {
        return finished;
      }
      this.#jump();
    }
  }

  #jump(): void {
    if (this.#timers.length === 0) {
      return;
    }
    this.#nowMs = this.#timers.reduce((earliest, { atMs }) => Math.min(earliest, atMs), Number.POSITIVE_INFINITY);
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { fire } of due) {
      fire();
    }
  }
}

const turnsUntilQuiet = 3;
