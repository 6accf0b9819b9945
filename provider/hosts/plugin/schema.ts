import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageName } from "./resources";

/** The package's schema as the build wrote it, for this version. */
export async function packageSchema(version: string): Promise<string> {
  const schema = await readFile(join(__dirname, "schema.json"), "utf8").catch(() => `{"name":"${packageName}"}`);
  return JSON.stringify({ ...JSON.parse(schema), version });
}
