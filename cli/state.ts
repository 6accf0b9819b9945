import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { ConfigurationError } from "../provider/errors";
import { parseStackExport, type StackExport } from "./stackExport";

/**
 * Reads a stack export.
 *
 * @param verb of the command, for the example in the error
 * @param file `-`, or none where something is piped in: stdin
 * @throws ConfigurationError ERR_CONFIGURATION
 */
export async function readState(verb: string, file?: string): Promise<StackExport> {
  const bytes = await read(verb, file);
  return parseStackExport(textOf(bytes), file);
}

async function read(verb: string, file: string | undefined): Promise<Buffer> {
  if (file === undefined && process.stdin.isTTY) {
    throw new ConfigurationError({
      what: "There is no state to look at.",
      todo: `Pipe one in, \`pulumi stack export | azure-certificates ${verb}\`, or name a file with --state.`,
    });
  }
  if (file === undefined || file === "-") {
    return buffer(process.stdin);
  }
  try {
    return await readFile(file);
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
