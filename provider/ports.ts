/**
 * What the outside world is to this package. Only hosts and CLI verbs build one of these;
 * everything below them takes it as an argument, so that a test can hand in its own clock and dice.
 */
export interface Ports {
  /** The time that decisions are made for. Differs from the machine's clock only under `AZURE_CERTIFICATES_AS_OF`. */
  readonly now: () => Date;
  /** Milliseconds that only ever grow, for measuring how long something took. */
  readonly monotonicMs: () => number;
  /** Waits, and rejects with the signal's reason when aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Evenly distributed in [0, 1), for jitter only. */
  readonly random: () => number;
  /** Cryptographically strong random bytes, for serial numbers and lineages. */
  readonly randomBytes: (size: number) => Buffer;
  /** Called before every remote effect; throws `EngineGoneError` when the engine that started this process is gone. */
  readonly beforeEffect: () => Promise<void>;
  /**
   * Runs a program without a shell, with this text as its standard input, and waits for its end. Rejects with a sentence
   * where it can't be started, does not end with 0, or takes longer than it may.
   */
  readonly runCommand: (command: readonly string[], input: string, timeoutMs: number) => Promise<void>;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}
