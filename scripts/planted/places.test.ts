import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bugs } from "../../test/planted/bugs";

const root = join(__dirname, "../..");

describe("every planted bug", () => {
  it.each(bugs)("has one place in the code: $bug", ({ file, code }) => {
    expect(readFileSync(join(root, file), "utf8").split(code)).toHaveLength(2);
  });

  it("has a name of its own", () => {
    expect(new Set(bugs.map(({ bug }) => bug)).size).toBe(bugs.length);
  });
});
