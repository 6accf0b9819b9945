import { realpath, rename, stat, unlink, writeFile } from "node:fs/promises";
import { ConfigurationError } from "../provider/errors";

/**
 * Writes a file so that whoever opens it meanwhile reads the old content or the new one, whole. A pipe or a device is written
 * to as it is, and a symbolic link leads to the file that is replaced.
 *
 * @param randomBytes for the temporary name
 * @throws ConfigurationError ERR_CONFIGURATION: the system refuses
 */
export async function replaceFile(path: string, text: string, randomBytes: (size: number) => Buffer): Promise<void> {
  try {
    const target = await realpath(path).catch(absent);
    const isFile = target === null || (await stat(target)).isFile();
    if (!isFile) {
      await writeFile(path, text);
      return;
    }
    await writeBeside(target ?? path, text, randomBytes(6).toString("hex"));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new ConfigurationError({
      what: `${path} can't be written${code}.`,
      todo: "Check the path, and who may write to its folder.",
      cause,
    });
  }
}

/** The ending is not the file's own: the node exporter, for one, reads whatever in its folder ends as it should. */
async function writeBeside(target: string, text: string, suffix: string): Promise<void> {
  const temporary = `${target}.${suffix}.tmp`;
  try {
    await writeFile(temporary, text, { flag: "wx", flush: true });
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") {
    return null;
  }
  throw error;
}
