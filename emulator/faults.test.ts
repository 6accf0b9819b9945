import { describe, expect, it } from "vitest";
import { type Fault, FaultScript, readFaults } from "./faults";

const list = { method: "GET", path: "/a/certificates", subscriptionId: "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10" };
const cut: Fault["do"] = { kind: "truncate" };

function kinds(faults: readonly Fault[], count: number, target = list) {
  const script = new FaultScript();
  script.replace(faults);
  return Array.from({ length: count }, () => script.next(target)?.kind ?? null);
}

describe("a script of faults", () => {
  it.each<[string, Fault[], (string | null)[]]>([
    ["meets one request by default", [{ do: cut }], ["truncate", null, null]],
    ["meets as many as it says", [{ times: 2, do: cut }], ["truncate", "truncate", null]],
    ["lets some pass first", [{ skip: 1, do: cut }], [null, "truncate", null]],
    [
      "goes on to the next fault, also while one lets requests pass",
      [{ skip: 1, do: cut }, { do: { kind: "reset", when: "after" } }],
      ["reset", "truncate", null],
    ],
    ["leaves other verbs alone", [{ match: { method: "post" }, do: cut }], [null, null]],
    ["takes a verb in any case", [{ match: { method: "get" }, do: cut }], ["truncate", null]],
    ["leaves other paths alone", [{ match: { pathContains: "/operations" }, do: cut }], [null, null]],
    [
      "takes a subscription in any case",
      [{ match: { subscriptionId: list.subscriptionId.toUpperCase() }, do: cut }],
      ["truncate", null],
    ],
    [
      "wants all of a match",
      [{ match: { subscriptionId: list.subscriptionId, method: "DELETE" }, do: cut }],
      [null, null],
    ],
  ])("%s", (_rule, faults, expected) => {
    expect(kinds(faults, expected.length)).toEqual(expected);
  });

  it("is replaced as a whole", () => {
    const script = new FaultScript();
    script.replace([{ do: cut }]);
    script.replace([]);
    expect(script.next(list)).toBeNull();
  });

  it.each<[unknown, string]>([
    [{ do: cut }, "The script is a set of properties, but must be a list."],
    [null, "The script is null, but must be a list."],
    [[cut, 3], 'Entry 1: do is missing; it must be a set of properties. Entry 1: it knows no property "kind".'],
    [
      [{ do: cut }, { do: { kind: "explode" } }],
      'Entry 2: do.kind is "explode", but must be one of throttle, status, ',
    ],
    [[{ do: {} }], "Entry 1: do.kind is missing; it must be one of throttle, status, "],
    [[{ match: { verb: "GET" }, do: cut }], 'Entry 1: match knows no property "verb".'],
    [[{ match: { subscriptionId: "mine" }, do: cut }], 'Entry 1: match.subscriptionId is "mine", but must be a GUID.'],
    [[{ times: 0, do: cut }], "Entry 1: times is 0, but must be at least 1."],
    [[{ times: 1.5, do: cut }], "Entry 1: times is 1.5, but must be a whole number."],
    [[{ times: [], do: cut }], "Entry 1: times is a list, but must be a number."],
    [
      [{ do: { kind: "status", status: 200, code: "", message: "" } }],
      'Entry 1: do.status is 200, but must be at least 400. Entry 1: do.code is "", but must not be empty.',
    ],
    [[{ do: { kind: "throttle", status: 500 } }], "Entry 1: do.status is 500, but must be one of 429, 503."],
    [[{ do: { kind: "reset" } }], "Entry 1: do.when is missing; it must be one of before, after."],
    [[{ do: { kind: "clockOff" } }], "Entry 1: do.seconds is missing; it must be a number."],
    [
      [{ do: { kind: "slow", milliseconds: 1e9 } }],
      "Entry 1: do.milliseconds is 1000000000, but must be at most 600000.",
    ],
    [
      [{ do: { kind: "redirect", location: "elsewhere" } }],
      'Entry 1: do.location is "elsewhere", but must be an http or https address, or a path that begins with /.',
    ],
    [
      [{ do: { kind: "throttle", retryAfter: "1\r\nX: y" } }],
      'Entry 1: do.retryAfter is "1\\r\\nX: y", but must be a number of seconds, a date, or any other text',
    ],
    [[{ do: { kind: "x".repeat(200) } }], `do.kind is "${"x".repeat(59)}…, but`],
  ])("refuses %j and names the entry and the property", (content, words) => {
    const { problems } = readFaults(content);
    expect(problems?.join(" ")).toContain(words);
  });

  it("takes a Retry-After as a bare number, as YAML gives it", () => {
    const read = readFaults([{ do: { kind: "throttle", retryAfter: 7 } }]);
    expect(read).toMatchObject({ problems: null, faults: [{ do: { retryAfter: "7" } }] });
  });

  it("is refused as a whole if an entry is wrong, and the one before stays", () => {
    const script = new FaultScript();
    script.replace([{ do: cut }]);
    expect(() => script.replace([{ do: cut }, { times: 0, do: cut }])).toThrow(
      new TypeError("Entry 2: times is 0, but must be at least 1."),
    );
    expect(script.next(list)?.kind).toBe("truncate");
  });
});
