import { describe, expect, it } from "vitest";
import { type Figure, meetsGoal } from "./figure";
import { closingTable, failuresOf, performancePage } from "./report";

const figure = (parts: Partial<Figure>): Figure => ({
  name: "speed",
  value: 1.23456,
  unit: "times",
  how: "By turns.",
  ...parts,
});
const group = (...figures: Figure[]) => [{ name: "group", title: "Group", figures }];
const machine = { cores: 2, node: "22.19.0", platform: "linux" };

describe("a goal", () => {
  it.each([
    ["is met at its upper limit", { value: 1.2, goal: { atMost: 1.2 } }, true],
    ["is missed above it", { value: 1.21, goal: { atMost: 1.2 } }, false],
    ["is met at its lower limit", { value: 0.95, goal: { atLeast: 0.95 } }, true],
    ["is missed below it", { value: 0.94, goal: { atLeast: 0.95 } }, false],
    ["is missed by what is no number", { value: Number.NaN, goal: { atMost: 1.2 } }, false],
    ["that nobody set is met", { value: 1000 }, true],
  ])("%s", (_, parts, met) => {
    expect(meetsGoal(figure(parts))).toBe(met);
  });

  it("that is missed fails the run unless a reason is written beside the measurement", () => {
    const missed = figure({ goal: { atMost: 1 } });
    const explained = figure({ goal: { atMost: 1 }, whenMissed: "Because." });
    expect(failuresOf(group(missed, explained, figure({})))).toEqual([
      "missed, and no reason is written beside the measurement: speed",
    ]);
  });
});

describe("a measurement that ended without its figures", () => {
  const groups = [...group(figure({})), { name: "start", title: "Start", figures: [], failure: "exit code 1" }];

  it("fails the run, and the others are shown all the same", () => {
    expect(failuresOf(groups)).toEqual(["not measured: Start: exit code 1"]);
    expect(
      closingTable(groups)
        .split("\n")
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([["Group"], ["speed", "1.23 times"], ["Start", "not measured"]]);
    expect(performancePage(groups, machine)).toContain("Not measured: exit code 1.");
  });
});

describe("the report", () => {
  it("shows three digits that count, and every digit of a whole number", () => {
    expect(closingTable(group(figure({}), figure({ value: 12_345.6, unit: "bytes" })))).toBe(
      ["Group", "  speed    1.23 times", "  speed  12,346 bytes"].join("\n"),
    );
  });

  it("gives the reason of a missed goal, and only then", () => {
    const whenMissed = "The program takes it.";
    const page = (value: number) =>
      performancePage(group(figure({ value, goal: { atMost: 1.2 }, whenMissed })), machine);
    expect(page(1.3)).toContain(`*The goal is missed:* ${whenMissed}`);
    expect(page(1.3)).toContain("| speed | 1.3 times | at most 1.2 times | missed, see below |");
    expect(page(1.1)).not.toContain(whenMissed);
    expect(page(1.1)).toContain("| speed | 1.1 times | at most 1.2 times | met |");
  });

  it("says on what machine it was measured", () => {
    expect(performancePage(group(figure({})), machine)).toContain("2 cores, Node 22.19.0, linux");
  });
});
