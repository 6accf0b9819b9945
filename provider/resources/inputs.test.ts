import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { sameJson, validateInputs, withoutUndefined } from "./inputs";
import { unknownValue } from "./unknowns";

const schema = z.strictObject({
  name: z.string({ error: "name must be a text" }),
  hours: z.number({ error: "hours must be a number" }).default(24),
  tags: z.record(z.string(), z.string({ error: "a tag must be a text" })).optional(),
  people: z.array(z.string({ error: "a person must be a text" })).optional(),
});

describe("validating inputs", () => {
  it("fills in defaults, and leaves out what is not given", () => {
    expect(validateInputs(schema, { name: "a", tags: undefined })).toEqual({
      known: { name: "a", hours: 24 },
      unknown: {},
      failures: [],
    });
  });

  it("sets unknown values aside, puts no default in their place, and does not miss them", () => {
    const { known, unknown, failures } = validateInputs(schema, { name: unknownValue, hours: unknownValue });
    expect({ known, unknown, failures }).toEqual({
      known: {},
      unknown: { name: unknownValue, hours: unknownValue },
      failures: [],
    });
  });

  it.each([
    [{ name: 1 }, "name"],
    [{}, "name"],
    [{ name: "a", tags: { team: 1 } }, "tags.team"],
    [{ name: "a", people: ["b", 2] }, "people[1]"],
    [{ name: "a", nmae: "b" }, "nmae"],
  ])("names the place of what is wrong in %j: %s", (inputs, property) => {
    expect(validateInputs(schema, inputs).failures.map((failure) => failure.property)).toEqual([property]);
  });

  it("reports an unknown value under a name that does not exist later, when it is known", () => {
    expect(validateInputs(schema, { name: "a", nmae: unknownValue }).unknown).toEqual({ nmae: unknownValue });
  });
});

describe("comparing plain JSON", () => {
  it("does not care for the order of keys, at any depth", () => {
    expect(sameJson({ a: 1, b: { c: [1, { d: 2, e: 3 }] } }, { b: { c: [1, { e: 3, d: 2 }] }, a: 1 })).toBe(true);
  });

  it("cares for everything else", () => {
    for (const [left, right] of [
      [
        [1, 2],
        [2, 1],
      ],
      [{ a: 1 }, { a: "1" }],
      [{}, undefined],
      [null, undefined],
      [[], {}],
    ]) {
      expect(sameJson(left, right)).toBe(false);
    }
  });

  it("agrees with itself", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => sameJson(value, structuredClone(value))));
  });

  it("takes only what the wire can't carry away", () => {
    expect(withoutUndefined({ a: undefined, b: null, c: 0, d: "" })).toEqual({ b: null, c: 0, d: "" });
  });
});
