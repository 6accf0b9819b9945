import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { rosterJsonSchema } from "./rosterJsonSchema";

const example = readFileSync(join(__dirname, "../../examples/roster/team.yaml"), "utf8");
const schema = z.fromJSONSchema(JSON.parse(rosterJsonSchema()));

describe("the schema of a roster for editors", () => {
  it("takes the example", () => {
    expect(schema.safeParse(parse(example)).error).toBeUndefined();
  });

  it.each([
    ["a setting that there is not", example.replace("members:", "member:")],
    ["a text for hours", example.replace("2160", "quarterly")],
    ["no GUID", example.replace(/production: \S+/, "production: production")],
    ["an id in capitals", example.replace("  alice:", "  Alice:")],
  ])("underlines %s", (_what, text) => {
    expect(text).not.toBe(example);
    expect(schema.safeParse(parse(text)).success).toBe(false);
  });

  it("explains its sections", () => {
    for (const section of Object.values(JSON.parse(rosterJsonSchema()).properties)) {
      expect(section).toHaveProperty("description");
    }
  });
});
