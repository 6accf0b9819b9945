import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Pulumi's schema of this package, as the build wrote it for this version. */
export function packageSchema(): Promise<string> {
  return readFile(join(__dirname, "schema.json"), "utf8");
}
