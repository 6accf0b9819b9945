import { describe, expect, it } from "vitest";
import { nearNames } from "./nearNames";

const people = new Map([
  ["alice", "Alice Archer"],
  ["bob@contoso.com", "Bob Brown"],
  ["robert", "Robert"],
  ["李雷", "李雷"],
]);

describe("whom somebody may have meant", () => {
  it.each([
    ["alcie", ["alice"]],
    ["archer", ["alice"]],
    ["bob", ["bob@contoso.com"]],
    ["rob", ["robert"]],
    ["李", ["李雷"]],
    ["zzz", []],
    ["", []],
  ])("%j", (wanted, near) => {
    expect(nearNames(wanted, people)).toEqual(near);
  });
});
