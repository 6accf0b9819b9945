/** A bug that somebody might write one day, and the tests that must then fail. */
export interface PlantedBug {
  /** The invariant of DESIGN.md that it breaks, from 1. */
  readonly breaks: number;
  /** Ends the sentence "What if …". */
  readonly bug: string;
  readonly file: string;
  /** Stands exactly once in that file. */
  readonly code: string;
  readonly becomes: string;
  /** Each must fail: the file, and words of the test's name; what runs from dist/ is built again first. */
  readonly caughtBy: readonly { readonly file: string; readonly test: string }[];
}
