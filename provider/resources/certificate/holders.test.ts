import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unknownValue } from "../unknowns";
import { holderFailures, normaliseHolder, normaliseHolders } from "./holders";

describe("a holder's name", () => {
  it.each([
    ["case", "Alice@Example.com", "alice@example.com"],
    ["blanks around it", "  bob\t", "bob"],
    ["how an accent is put together", "Jose\u0301", "jos\u00e9"],
    ["ß", "Strauß", "STRAUSS"],
    ["the capital ẞ", "STRAUẞ", "Strauß"],
    ["the Kelvin sign", "\u212a", "k"],
    ["the last sigma of a word", "ΝΊΚΟΣ", "νίκος"],
  ])("is the same whatever %s", (_what, one, other) => {
    expect(normaliseHolder(one)).toBe(normaliseHolder(other));
  });

  it("keeps people apart who only look alike", () => {
    expect(normaliseHolder("José")).not.toBe(normaliseHolder("Jose"));
  });

  it("stays as it is once it was brought to one spelling", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const once = normaliseHolder(name);
        expect(normaliseHolder(once)).toBe(once);
      }),
    );
  });
});

describe("a list of holders", () => {
  it("is sorted; not given is not the same as nobody", () => {
    expect(normaliseHolders(["Bob", "alice"])).toEqual(["alice", "bob"]);
    expect(normaliseHolders([])).toEqual([]);
    expect(normaliseHolders(undefined)).toBeUndefined();
  });

  it("names each blank and each second spelling of a person by its place", () => {
    expect(holderFailures(["alice", " ", "ALICE ", "bob", "alice"]).map(({ property }) => property)).toEqual([
      "holders[1]",
      "holders[2]",
      "holders[4]",
    ]);
  });

  it.each([[undefined], [unknownValue], [["alice", unknownValue]]])("%j is for later, or not given", (holders) => {
    expect(holderFailures(holders)).toEqual([]);
  });
});
