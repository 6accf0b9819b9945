import { execFile } from "node:child_process";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rename, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { KeyFileError } from "../errors";

/** A file that holds a private key: who owns it can read it, and nobody else. */

export interface KeyFileFound {
  readonly bytes: Buffer;
  /** Permission bits, as 0o600. */
  readonly mode: number;
  readonly uid: number;
}

export interface WriteRequest {
  readonly path: string;
  readonly bytes: Buffer;
  /** Name or number of the user who is to read it; null: who runs this. */
  readonly owner: string | null;
  /** For the temporary name. */
  readonly randomBytes: (size: number) => Buffer;
}

export const keyFileMode = 0o600;
const keyFolderMode = 0o700;
/** No credential is near this size; what somebody put in its place must not fill the memory. */
const longestFileBytes = 4 * 1024 * 1024;
/** Windows has access lists instead: there the bits say nothing. */
const hasModes = process.platform !== "win32";
// Absent on Windows.
const noFollow = constants.O_NOFOLLOW ?? 0;

/**
 * What is at the path; null where nothing is.
 *
 * @throws KeyFileError ERR_FILE: a symbolic link, no file, too large, or not to be read
 */
export async function readKeyFile(path: string): Promise<KeyFileFound | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | noFollow);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return null;
    }
    throw code === "ELOOP" ? isLink(path) : unusable(path, "can't be read", cause);
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > longestFileBytes) {
      throw new KeyFileError({
        what: `${path} is ${stats.isFile() ? "too large to be a credential" : "no file"}.`,
        todo: "Give the CertificateFile a path of its own.",
        facts: { file: path },
      });
    }
    return { bytes: await handle.readFile(), mode: stats.mode & 0o7777, uid: stats.uid };
  } finally {
    await handle.close();
  }
}

/**
 * Writes the file so that whoever opens it meanwhile reads the old content or the new one, whole: under a temporary name
 * beside it, mode 0600 from its first byte, then renamed. A folder that is missing is made with mode 0700, for the same owner.
 *
 * @returns whether the folder was made
 * @throws KeyFileError ERR_FILE: the folder is open to everybody, a symbolic link is in the way, or the system refuses
 */
export async function writeKeyFile({ path, bytes, owner, randomBytes }: WriteRequest): Promise<boolean> {
  const folder = dirname(resolve(path));
  const uid = owner === null ? null : await uidOf(owner, path);
  let madeFolder = false;
  try {
    madeFolder = await makeFolder(folder, uid);
    await assertFolderIsSafe(folder, uid);
    await assertNoLink(path);
    await removeLeftovers(path);
    const temporary = join(folder, `${leftoverPrefix(path)}${randomBytes(8).toString("hex")}`);
    try {
      await writeAs(temporary, bytes, uid);
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(folder);
    return madeFolder;
  } catch (cause) {
    if (madeFolder) {
      await rmdir(folder).catch(() => {});
    }
    throw cause instanceof KeyFileError ? cause : unusable(path, whyNotWritten(cause, owner), cause);
  }
}

/** Also where it is gone already. @throws KeyFileError ERR_FILE */
export async function removeKeyFile(path: string, { andFolder }: { readonly andFolder: boolean }): Promise<void> {
  const folder = dirname(resolve(path));
  try {
    await removeLeftovers(path);
    await unlink(path);
    await syncFolder(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
      throw unusable(path, "can't be removed", cause);
    }
  }
  if (andFolder) {
    // Somebody else's files keep it there.
    await rmdir(folder).catch(() => {});
  }
}

/** The user's number. @throws KeyFileError ERR_FILE: this machine knows no such user */
export async function uidOf(owner: string, path: string): Promise<number> {
  if (/^\d+$/.test(owner)) {
    return Number(owner);
  }
  try {
    const { stdout } = await promisify(execFile)("id", ["-u", "--", owner]);
    return Number(stdout.trim());
  } catch (cause) {
    throw new KeyFileError({
      what: `The owner of ${path} can't be ${JSON.stringify(owner)}: this machine knows no such user.`,
      todo: "Make the user first, or give its number.",
      facts: { file: path },
      cause,
    });
  }
}

/** Whether two paths name one place, however they are written. */
export function isSamePath(one: string, other: string): boolean {
  return resolve(one) === resolve(other);
}

/** Whom the file belongs to where no owner is asked for; null where the system does not say. */
export function ownUid(): number | null {
  return process.getuid?.() ?? null;
}

async function writeAs(temporary: string, bytes: Buffer, uid: number | null): Promise<void> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | noFollow;
  const handle = await open(temporary, flags, keyFileMode);
  try {
    // A umask can only have taken bits away.
    await handle.chmod(keyFileMode);
    await handle.writeFile(bytes);
    if (uid !== null) {
      await handle.chown(uid, (await handle.stat()).gid);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function makeFolder(folder: string, uid: number | null): Promise<boolean> {
  if ((await statsOf(folder)) !== null) {
    return false;
  }
  await mkdir(folder, { recursive: true, mode: keyFolderMode });
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.chmod(keyFolderMode);
    if (uid !== null) {
      await handle.chown(uid, (await handle.stat()).gid);
    }
  } finally {
    await handle.close();
  }
  return true;
}

/** Whoever may write a folder above a file can put another file in its place. */
async function assertFolderIsSafe(folder: string, uid: number | null): Promise<void> {
  if (!hasModes) {
    return;
  }
  const refuse = (at: string, why: string, todo: string) =>
    new KeyFileError({ what: `${at} ${why}, so no private key is written there.`, todo, facts: { file: at } });
  const own = await lstat(folder);
  if (own.isSymbolicLink()) {
    throw refuse(folder, "is a symbolic link", "Give the path that it leads to.");
  }
  if ((own.mode & 0o002) !== 0) {
    throw refuse(folder, "is a folder that every user of this machine can write", `Run \`chmod 700 ${folder}\`.`);
  }
  if (![0, ownUid(), uid].includes(own.uid)) {
    throw refuse(folder, `belongs to another user (${own.uid})`, "Choose another folder.");
  }
  if (uid !== null && uid !== 0 && own.uid !== uid && (own.mode & 0o011) === 0) {
    throw refuse(folder, `is a folder that the user ${uid} can't enter`, "Give the file a folder of its own.");
  }
  let above = dirname(await realpath(folder));
  for (let isTop = false; !isTop; isTop = dirname(above) === above, above = dirname(above)) {
    const { mode } = await lstat(above);
    // In a sticky folder, as /tmp, nobody renames what belongs to somebody else.
    if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
      throw refuse(above, "is a folder that every user of this machine can write", "Choose another folder.");
    }
  }
}

async function assertNoLink(path: string): Promise<void> {
  if ((await statsOf(path))?.isSymbolicLink()) {
    throw isLink(path);
  }
}

/** What a run that was killed between writing and renaming has left: it holds a key. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  const prefix = leftoverPrefix(path);
  const names = await readdir(folder).catch((): string[] => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith(prefix) && /^[0-9a-f]{16}$/.test(name.slice(prefix.length)))
      .map((name) => unlink(join(folder, name)).catch(() => {})),
  );
}

function leftoverPrefix(path: string): string {
  return `.${basename(path)}.azure-certificates-`;
}

/** A name is on the disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  if (!hasModes) {
    return;
  }
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function statsOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return null;
    }
    throw error;
  }
}

function isLink(path: string): KeyFileError {
  return new KeyFileError({
    what: `${path} is a symbolic link, which is not followed: a private key would go wherever it leads.`,
    todo: "Remove it, or give the path that it leads to.",
    facts: { file: path },
  });
}

function whyNotWritten(cause: unknown, owner: string | null): string {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  return code === "EPERM" && syscall?.includes("chown")
    ? `can't be given to ${JSON.stringify(owner)}: only root may give files away`
    : "can't be written";
}

function unusable(path: string, why: string, cause: unknown): KeyFileError {
  const { code } = cause as NodeJS.ErrnoException;
  return new KeyFileError({
    what: `${path} ${why}${code === undefined ? "" : ` (${code})`}.`,
    todo: "What was there before is there still.",
    facts: { file: path },
    cause,
  });
}
