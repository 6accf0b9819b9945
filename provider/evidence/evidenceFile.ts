import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { EvidenceError } from "../errors";
import type { Ports } from "../ports";
import {
  decodeLine,
  type EvidenceEntry,
  type EvidenceHead,
  type EvidenceLine,
  encodeLine,
  sha256,
} from "./evidenceLine";
import { underLock } from "./evidenceLock";

/** Far more than the longest line, and what a killed process may have left behind it. */
const tailBytes = 256 * 1024;
const lineFeed = 0x0a;
// Absent on Windows.
const noFollow = constants.O_NOFOLLOW ?? 0;

interface Tail {
  readonly head: EvidenceHead | null;
  /** Behind the last whole line. */
  readonly tear: EvidenceLine["tear"];
  /** The last line, whole or not, has no line feed. */
  readonly isOpen: boolean;
}

/**
 * Appends one line for each entry, all of them on the disk when it returns, or none. What a killed process has left half-written
 * stays where it is: the first line says so, and goes on from the last whole one. A file that is missing is made with mode 0600.
 *
 * @returns each line without its line feed, and what it is the head of
 * @throws EvidenceError ERR_EVIDENCE: it can't be written, or it holds something else
 */
export async function appendEvidence(
  path: string,
  entries: readonly EvidenceEntry[],
  waiting: Pick<Ports, "monotonicMs" | "sleep">,
): Promise<readonly { readonly text: string; readonly head: EvidenceHead }[]> {
  try {
    return await underLock(`${path}.lock`, waiting, async () => {
      const handle = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | noFollow, 0o600);
      try {
        return await appendTo(handle, path, entries);
      } finally {
        await handle.close();
      }
    });
  } catch (cause) {
    throw cause instanceof EvidenceError ? cause : notWritten(path, cause);
  }
}

async function appendTo(handle: FileHandle, path: string, entries: readonly EvidenceEntry[]) {
  const stats = await handle.stat();
  if (!stats.isFile()) {
    throw somethingElse(path, "is no file");
  }
  const { head, tear, isOpen } = await tailOf(handle, stats.size, path);
  let previous = head;
  const lines = entries.map((entry, index) => {
    const line = encodeLine(entry, { previous, tear: index === 0 ? tear : undefined });
    previous = line.head;
    return line;
  });
  const bytes = Buffer.from(`${isOpen ? "\n" : ""}${lines.map(({ text }) => `${text}\n`).join("")}`);
  try {
    await handle.appendFile(bytes);
    await handle.sync();
  } catch (error) {
    // Where the disk took a part of it only. A file that may only grow keeps it, and the next line says so.
    await handle.truncate(stats.size).catch(() => {});
    throw error;
  }
  if (stats.size === 0) {
    await syncFolder(dirname(resolve(path)));
  }
  return lines;
}

/** Read each time: other processes append too. */
async function tailOf(handle: FileHandle, size: number, path: string): Promise<Tail> {
  const start = Math.max(0, size - tailBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
  const tail = buffer.subarray(0, bytesRead);
  if (tail.length === 0) {
    return { head: null, tear: undefined, isOpen: false };
  }
  const isOpen = tail.at(-1) !== lineFeed;
  for (let end = isOpen ? tail.length : tail.length - 1; end > 0; ) {
    const begin = tail.lastIndexOf(lineFeed, end - 1) + 1;
    const found = decodeLine(tail.toString("utf8", begin, end));
    if (found?.isWhole && found.line.run === undefined) {
      const rest = tail.subarray(end + 1);
      const { sequence, hash } = found.line;
      return { head: { sequence, hash }, ...torn(rest, isOpen) };
    }
    end = begin - 1;
  }
  // A first line that was torn begins like every first line; anything else is somebody's other file.
  const beginning = '{"sequence":1,"at":"';
  const text = tail.toString("utf8", 0, beginning.length);
  if (start > 0 || !beginning.startsWith(text)) {
    throw somethingElse(path, "holds something else than evidence");
  }
  return { head: null, ...torn(tail, isOpen) };
}

/** The line feed that closes it belongs to the line that says so. */
function torn(rest: Buffer, isOpen: boolean): Pick<Tail, "tear" | "isOpen"> {
  const closed = isOpen ? rest : rest.subarray(0, -1);
  return { tear: closed.length === 0 ? undefined : { bytes: closed.length, sha256: sha256(closed) }, isOpen };
}

/** A name is on the disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function somethingElse(path: string, why: string): EvidenceError {
  return new EvidenceError({
    what: `${path} ${why}, so nothing is appended to it.`,
    todo: "Give azure-certificates:evidencePath a file of its own.",
    facts: { file: path },
  });
}

function notWritten(path: string, cause: unknown): EvidenceError {
  const { code } = cause as NodeJS.ErrnoException;
  return new EvidenceError({
    what:
      code === "ELOOP"
        ? `${path} is a symbolic link, which is not followed, so nothing is appended to the evidence.`
        : `${path} can't be written${code === undefined ? "" : ` (${code})`}, so nothing is appended to the evidence.`,
    todo: "Make it writable and make room, or name another file in azure-certificates:evidencePath.",
    facts: { file: path },
    cause,
  });
}
