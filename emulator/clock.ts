/** The emulator's own clock: the machine's, until it is set; from then on it stands still at that instant. */
export class EmulatorClock {
  #stoppedAt: Date | null = null;

  now(): Date {
    return new Date(this.#stoppedAt ?? Date.now());
  }

  /** Stops the clock at an instant. */
  set(to: Date): void {
    if (Number.isNaN(to.getTime())) {
      throw new TypeError("The emulator's clock can't be set to an invalid date");
    }
    this.#stoppedAt = new Date(to);
  }

  get isRunning(): boolean {
    return this.#stoppedAt === null;
  }

  /** Now, as the service writes when a certificate was added. A running clock has digits below the millisecond, as the real one. */
  timestamp(): string {
    const ticks = this.isRunning ? Number((process.hrtime.bigint() / 100n) % 10_000n) : 0;
    return formatTimestamp(this.now(), ticks);
  }
}

/**
 * UTC with up to seven digits of a second, trailing zeros cut off, as `Created` of a management certificate.
 *
 * @param ticks 100-nanosecond units after the millisecond, 0 to 9999.
 */
export function formatTimestamp(date: Date, ticks: number): string {
  const [seconds = "", milliseconds = ""] = date.toISOString().slice(0, -1).split(".");
  const fraction = `${milliseconds}${String(ticks).padStart(4, "0")}`.replace(/0+$/, "");
  return fraction === "" ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/** Whole seconds, as the dates of subscriptions. */
export function formatSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
