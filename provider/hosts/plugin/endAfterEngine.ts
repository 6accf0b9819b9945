import type { Engine } from "./engine";

const lookEveryMs = 2_000;
/** A single look may fail for reasons of this process: no file is left to open, say. */
const looksInARow = 2;

/**
 * Ends this process once its engine is gone: one that is killed tells nobody, and would leave its plugins behind. What is
 * under way stops before its next effect in any case, and what it comes to is recorded nowhere.
 */
export function endAfterEngine(engine: Engine): void {
  let failed = 0;
  setInterval(() => {
    engine
      .watch()
      .assertAlive()
      .then(
        () => {
          failed = 0;
        },
        () => {
          failed += 1;
          if (failed === looksInARow) {
            process.exit(1);
          }
        },
      );
  }, lookEveryMs).unref();
}
