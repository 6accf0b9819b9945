import { open } from "node:fs/promises";
import { ConfigurationError } from "../errors";

/** No credential file is near this size; a mistaken path to something huge must not fill the memory. */
const longestFileBytes = 4 * 1024 * 1024;

/**
 * Reads a file that holds a private key, if nobody but its owner can.
 *
 * @param setting the setting that named the file, for errors
 * @throws ConfigurationError ERR_CONFIGURATION: absent, unreadable, no file, too large, or open to others
 */
export async function readProtectedFile(path: string, setting: string): Promise<Buffer> {
  return readFile(path, setting, (mode) => {
    // Windows has no such bits: there every file says it is open to all.
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new ConfigurationError({
        what: `${setting} names ${path}, which other users of this machine can read (mode 0${(mode & 0o777).toString(8)}).`,
        todo: `It holds a private key: run \`chmod 600 ${path}\`, and consider the key as known if others really use this machine.`,
      });
    }
  });
}

/** Reads a file that holds nothing secret. @throws ConfigurationError ERR_CONFIGURATION */
export async function readPublicFile(path: string, setting: string): Promise<Buffer> {
  return readFile(path, setting, () => {});
}

async function readFile(path: string, setting: string, checkMode: (mode: number) => void): Promise<Buffer> {
  const handle = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError({
      what: `${setting} names ${path}, which ${error.code === "ENOENT" ? "does not exist" : `can't be opened (${error.code})`}.`,
      todo: "Check the path; a relative one starts from the folder of the program.",
    });
  });
  try {
    // Of the opened file, not of the path: between two looks at a path it can become another file.
    const stats = await handle.stat();
    if (!stats.isFile()) {
      throw new ConfigurationError({ what: `${setting} names ${path}, which is no file.` });
    }
    checkMode(stats.mode);
    if (stats.size > longestFileBytes) {
      throw new ConfigurationError({ what: `${setting} names ${path}, which is too large to be a credential.` });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
