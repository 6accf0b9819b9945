import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { ConfigurationError } from "../provider/errors";

/**
 * The text of a stack export.
 *
 * @param file its path; `-` is stdin
 * @throws ConfigurationError ERR_CONFIGURATION
 */
export async function readStateFile(file: string): Promise<string> {
  if (file === "-") {
    return textOf(await buffer(process.stdin));
  }
  try {
    return textOf(await readFile(file));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new ConfigurationError({
      what: `The state file ${file} can't be read${code}.`,
      todo: "Give --state a file written by `pulumi stack export --file`.",
      cause,
    });
  }
}

/** In Windows PowerShell, `pulumi stack export > file` writes UTF-16 with a byte order mark. */
function textOf(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}
