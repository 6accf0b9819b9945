import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFile } from "./files";

const randomBytes = (size: number) => Buffer.alloc(size, 7);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "azure-certificates-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("a file that is replaced", () => {
  it.each([[null], ["old"]])("has the new content, where %j stood, and nothing is left beside it", async (before) => {
    const path = join(folder, "report.prom");
    if (before !== null) {
      writeFileSync(path, before);
    }
    await replaceFile(path, "new", randomBytes);
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["report.prom"]);
  });

  it("keeps the old content where the new one can't be written", async () => {
    const path = join(folder, "report.prom");
    writeFileSync(path, "old");
    // Somebody else's file stands where ours would be made.
    writeFileSync(`${path}.070707070707.tmp`, "theirs");
    await expect(replaceFile(path, "new", randomBytes)).rejects.toThrow("report.prom can't be written (EEXIST).");
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("is the one that a symbolic link leads to", async () => {
    writeFileSync(join(folder, "real"), "old");
    symlinkSync("real", join(folder, "link"));
    await replaceFile(join(folder, "link"), "new", randomBytes);
    expect(readFileSync(join(folder, "real"), "utf8")).toBe("new");
    expect(readdirSync(folder).sort()).toEqual(["link", "real"]);
  });

  it.skipIf(process.platform === "win32")("is written to as it is where it is a pipe", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const read = import("node:fs/promises").then(({ readFile }) => readFile(path, "utf8"));
    await replaceFile(path, "new", randomBytes);
    expect(await read).toBe("new");
  });

  it("says so where a folder is in its place, or none where it should be", async () => {
    mkdirSync(join(folder, "taken"));
    await expect(replaceFile(join(folder, "taken"), "", randomBytes)).rejects.toThrow("can't be written (EISDIR).");
    await expect(replaceFile(join(folder, "none/at"), "", randomBytes)).rejects.toThrow("can't be written (ENOENT).");
  });
});
