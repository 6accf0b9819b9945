import { printNote } from "./output";

const cancelled = 130;

/** The first Ctrl-C is a wish, the second an order. A third is not needed: the process is gone by then. */
export function listenForInterrupts(): { first: AbortSignal; second: AbortSignal; stop: () => void } {
  const first = new AbortController();
  const second = new AbortController();
  const onSignal = (): void => {
    if (!first.signal.aborted) {
      printNote("Cancelling: what runs is finished and kept. Press Ctrl-C again to end at once.");
      first.abort();
      return;
    }
    second.abort();
    printNote("Ended at once. What was under way is recorded as pending; run refresh to see what happened.");
    process.exit(cancelled);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    first: first.signal,
    second: second.signal,
    stop: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
