import { open, stat, unlink } from "node:fs/promises";
import { evidenceLockPatienceMs, evidenceLockStaleMs } from "../defaults";
import { EvidenceError } from "../errors";
import type { Ports } from "../ports";

type Waiting = Pick<Ports, "monotonicMs" | "sleep">;

const pauseMs = 20;
/** A cancelled run still has to say what it did. */
const never = new AbortController().signal;

/**
 * Does the work while no other process does any under the same lock: a file beside what it protects, there for as long as one
 * line takes. One that a killed process has left is taken away once it was seen unchanged for 10 seconds, by the one who gets to
 * mark it; no clock but our own is asked.
 *
 * @throws EvidenceError ERR_EVIDENCE: the folder can't be written, or it is never our turn
 */
export async function underLock<T>(path: string, waiting: Waiting, work: () => Promise<T>): Promise<T> {
  const own = await takeLock(path, waiting);
  try {
    return await work();
  } finally {
    if ((await identityOf(path)) === own) {
      await unlink(path).catch(() => {});
    }
  }
}

async function takeLock(path: string, { monotonicMs, sleep }: Waiting): Promise<string> {
  const deadlineMs = monotonicMs() + evidenceLockPatienceMs;
  let seen: { readonly identity: string | null; readonly sinceMs: number } | undefined;
  let marked: string | undefined;
  for (;;) {
    const own = (await create(path)) ? await identityOf(path) : null;
    if (own !== null) {
      return own;
    }
    const identity = await identityOf(path);
    const nowMs = monotonicMs();
    if (seen?.identity !== identity) {
      seen = { identity, sinceMs: nowMs };
    } else if (identity !== null && nowMs - seen.sinceMs >= evidenceLockStaleMs) {
      // Somebody else's mark is somebody else's turn, unless that one was killed too: then it is still there the next time.
      const isTheirTurn = !(await takeAway(path, identity, marked === identity));
      marked = isTheirTurn && marked !== identity ? identity : undefined;
      seen = undefined;
    }
    if (nowMs >= deadlineMs) {
      throw new EvidenceError({
        what: `Others kept ${path} for ${evidenceLockPatienceMs / 1000} seconds, so nothing could be appended to the evidence.`,
        todo: "Run the update again; if nobody else is at work, remove that file.",
        facts: { file: path },
      });
    }
    await sleep(pauseMs, never);
  }
}

/**
 * Of several that wait only one makes the mark, and what it removes is what all of them have seen: not a newer lock in its place.
 *
 * @param removesMark if there is one already
 * @returns whether the mark was ours
 */
async function takeAway(path: string, identity: string, removesMark: boolean): Promise<boolean> {
  const mark = `${path}.${identity}`;
  if (!(await create(mark))) {
    await (removesMark ? unlink(mark).catch(() => {}) : undefined);
    return false;
  }
  if ((await identityOf(path)) === identity) {
    await unlink(path).catch(() => {});
  }
  await unlink(mark).catch(() => {});
  return true;
}

async function create(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx", 0o600)).close();
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // Windows says that nobody may, while a file is about to go.
    if (code === "EEXIST" || (code === "EPERM" && process.platform === "win32")) {
      return false;
    }
    throw new EvidenceError({
      what: `${path} can't be made (${code}), and nothing is appended to the evidence without it.`,
      todo: "The folder of the evidence has to be writable for whoever runs the update.",
      facts: { file: path },
      cause,
    });
  }
}

/** Another file under the same name has another one. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const { ino, mtimeNs } = await stat(path, { bigint: true });
    return `${ino}-${mtimeNs}`;
  } catch {
    return null;
  }
}
