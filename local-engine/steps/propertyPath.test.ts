import { describe, expect, it } from "vitest";
import type { Properties } from "../values";
import { covers, parsePath, putBack } from "./propertyPath";

describe("a property path", () => {
  it.each([
    ["a", ["a"]],
    ["a.b", ["a", "b"]],
    ["a[0].b", ["a", 0, "b"]],
    ['a["b.c"]', ["a", "b.c"]],
    ['["a\\"b"].c', ['a"b', "c"]],
    ["a[*].b", ["a", "*", "b"]],
    ["*", ["*"]],
  ])("%s is %j", (path, elements) => {
    expect(parsePath(path)).toEqual(elements);
  });

  it("covers what lies within it", () => {
    expect(covers(parsePath("a.b"), parsePath("a.b[0]"))).toBe(true);
    expect(covers(parsePath("*"), parsePath("a"))).toBe(true);
    expect(covers(parsePath("a.b"), parsePath("a"))).toBe(false);
    expect(covers(parsePath("a"), parsePath("ab"))).toBe(false);
  });
});

describe("ignoreChanges", () => {
  const cases: { says: string; old: Properties; news: Properties; ignore: string[]; result: Properties }[] = [
    { says: "puts a value back", old: { a: 1, b: 1 }, news: { a: 2, b: 2 }, ignore: ["a"], result: { a: 1, b: 2 } },
    { says: "puts a removed value back", old: { a: 1 }, news: {}, ignore: ["a"], result: { a: 1 } },
    { says: "takes an added value away", old: {}, news: { a: 1 }, ignore: ["a"], result: {} },
    {
      says: "reaches into objects and lists",
      old: { a: [{ x: 1, y: 1 }] },
      news: { a: [{ x: 2, y: 2 }] },
      ignore: ["a[0].x"],
      result: { a: [{ x: 1, y: 2 }] },
    },
    { says: "may mean everything", old: { a: 1 }, news: { a: 2, b: 3 }, ignore: ["*"], result: { a: 1 } },
    { says: "does nothing where nothing is", old: { a: 1 }, news: { a: 2 }, ignore: ["b.c"], result: { a: 2 } },
  ];
  it.each(cases)("$says", ({ old, news, ignore, result }) => {
    expect(putBack(news, old, ignore)).toEqual(result);
  });
});
