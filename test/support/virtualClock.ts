import { randomBytes } from "node:crypto";
import type { Ports } from "../../provider/ports";

/** Ports on which waiting takes no time: the clock jumps instead, and remembers how far. */
export class VirtualClock {
  /** Every wait so far, in milliseconds. */
  readonly waits: number[] = [];
  readonly #start: number;
  #jumpedMs = 0;

  constructor(start: Date = new Date()) {
    this.#start = start.getTime() - performance.now();
  }

  ports(overrides: Partial<Ports> = {}): Ports {
    return {
      now: () => new Date(this.#start + performance.now() + this.#jumpedMs),
      monotonicMs: () => performance.now() + this.#jumpedMs,
      sleep: async (milliseconds, signal) => {
        signal.throwIfAborted();
        this.waits.push(milliseconds);
        this.#jumpedMs += milliseconds;
      },
      random: () => 0.5,
      randomBytes,
      beforeEffect: async () => {},
      runCommand: async () => {},
      signal: new AbortController().signal,
      ...overrides,
    };
  }
}
