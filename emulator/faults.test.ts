import { describe, expect, it } from "vitest";
import { type Fault, FaultScript, faultListSchema } from "./faults";

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

  it.each([
    ["no list", { do: cut }],
    ["an unknown kind", [{ do: { kind: "explode" } }]],
    ["an unknown word in the match", [{ match: { verb: "GET" }, do: cut }]],
    ["zero times", [{ times: 0, do: cut }]],
    ["a success as an error", [{ do: { kind: "status", status: 200, code: "OK", message: "" } }]],
    ["a reset that does not say when", [{ do: { kind: "reset" } }]],
    ["a location that is no address", [{ do: { kind: "redirect", location: "/elsewhere" } }]],
  ])("refuses %s", (_what, faults) => {
    expect(faultListSchema.safeParse(faults).success).toBe(false);
  });
});
