import { LocalEngineError, messageOf } from "../errors";

const problems: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file may not grow any larger (ulimit -f)",
  EROFS: "the disk is read-only",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EIO: "the disk reports an error",
};

/** Writes to a stack's files. @throws LocalEngineError that says what to do, where the machine does not let it */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const problem = problems[code];
    if (problem === undefined) {
      throw error;
    }
    throw new LocalEngineError(
      `The state of this stack can't be written: ${problem} (${messageOf(error)}; ${path}). What was recorded before is kept. ` +
        "Put that right and run the same command again: it goes on from there.",
      { cause: error },
    );
  }
}
