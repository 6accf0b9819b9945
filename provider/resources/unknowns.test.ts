import { describe, expect, it } from "vitest";
import { containsUnknown, setUnknownsAside, unknownValue } from "./unknowns";

describe("unknown values", () => {
  it.each([[unknownValue], [[1, [unknownValue]]], [{ a: { b: [unknownValue] } }]])("are found in %j", (value) => {
    expect(containsUnknown(value)).toBe(true);
  });

  it.each([["known"], [null], [undefined], [0], [[]], [{}], [{ [unknownValue]: 1 }]])("are not in %j", (value) => {
    expect(containsUnknown(value)).toBe(false);
  });

  it("go aside as whole properties, so that a schema sees real values only", () => {
    const values = { a: 1, b: unknownValue, c: ["x", unknownValue], d: undefined, e: null };
    expect(setUnknownsAside(values)).toEqual({
      known: { a: 1, e: null },
      unknown: { b: unknownValue, c: ["x", unknownValue] },
    });
  });
});
