import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "./generatedFiles";

const root = join(__dirname, "..");
const folder = "sdk/nodejs/generated";

describe("sdk/nodejs/generated", () => {
  it("holds a file for each definition, and no other", () => {
    expect(readdirSync(join(root, folder)).sort()).toEqual([...generatedFiles().keys()].sort());
  });

  it.each([...generatedFiles()])("has in %s what its definition says; if not, run `make schema`", (name, text) => {
    const path = join(folder, name);
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const formatted = execFileSync(process.execPath, [biome, "check", "--write", `--stdin-file-path=${path}`], {
      cwd: root,
      input: text,
      encoding: "utf8",
    });
    expect(readFileSync(join(root, path), "utf8")).toBe(formatted);
  });
});
