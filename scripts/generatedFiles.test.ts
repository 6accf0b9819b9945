import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { definedFiles, generatedFolders, referenceFiles } from "./generatedFiles";

const root = join(__dirname, "..");

describe("what is generated from the definitions", async () => {
  const files = new Map([...definedFiles(), ...(await referenceFiles())]);

  it.each(generatedFolders)("%s holds a file for each definition, and no other", (folder) => {
    const generated = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
    expect(
      readdirSync(join(root, folder), { recursive: true })
        .map((name) => `${folder}/${name}`)
        .sort(),
    ).toEqual(generated.sort());
  });

  it.each([...files])("%s has what the definitions say; if not, run `make schema`", (path, text) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(path.endsWith(".ts") ? formatted(path, text) : text);
  });
});

function formatted(path: string, text: string): string {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  return execFileSync(process.execPath, [biome, "check", "--write", `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: "utf8",
  });
}
