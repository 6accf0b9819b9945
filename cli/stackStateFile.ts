import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { ConfigurationError } from "../provider/errors";

/** A stack export from a file, or from stdin for `-`. @throws ConfigurationError ERR_CONFIGURATION */
export async function readStackState(state: string): Promise<string> {
  return textOf(state === "-" ? await buffer(process.stdin) : await readNamed(state));
}

async function readNamed(state: string): Promise<Buffer> {
  try {
    return await readFile(state);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new ConfigurationError({
      what: `The state file ${state} can't be read${code}.`,
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
