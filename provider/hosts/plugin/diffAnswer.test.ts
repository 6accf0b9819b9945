import { PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { describe, expect, it } from "vitest";
import type { Values } from "../../resources/lifecycle";
import { diffAnswer } from "./diffAnswer";

const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;

describe("the answer to a diff", () => {
  const kinds: readonly [string, Values, Values, boolean, PropertyDiff.Kind, boolean][] = [
    ["an input that is given now", {}, { p: 1 }, false, ADD, true],
    ["an input that is no longer given", { p: 1 }, {}, false, DELETE, true],
    ["an input with another value", { p: [1] }, { p: [2] }, false, UPDATE, true],
    ["an output", {}, {}, false, UPDATE, false],
    ["an input that stays as it is", { p: { a: 1, b: 2 } }, { p: { b: 2, a: 1 } }, false, UPDATE, false],
    ["an input that is given now and takes a new resource", {}, { p: 1 }, true, ADD_REPLACE, true],
    ["one that is no longer given and takes one", { p: 1 }, {}, true, DELETE_REPLACE, true],
    ["one with another value that takes one", { p: 1 }, { p: 2 }, true, UPDATE_REPLACE, true],
  ];
  it.each(kinds)("names the kind of change of %s", (_what, olds, news, replaces, kind, isOfInput) => {
    const change = { property: "p", reason: "r", replaces };
    const answer = diffAnswer({ changes: [change], warnings: [] }, olds, news, ["q"]);
    expect(answer.getDetaileddiffMap().get("p")?.toObject()).toEqual({ kind, inputdiff: isOfInput });
    expect(answer.getReplacesList()).toEqual(replaces ? ["p"] : []);
    // A new resource has nothing in common with the old one.
    expect(answer.getStablesList()).toEqual(replaces ? [] : ["q"]);
  });

  it("names each property once, in both lists, however many reasons it has", () => {
    const changes = ["p", "q", "p"].map((property) => ({ property, reason: "r", replaces: false }));
    const answer = diffAnswer({ changes, warnings: [] }, {}, {}, []);
    expect(answer.getDiffsList()).toEqual(["p", "q"]);
    expect(answer.getDetaileddiffMap().getLength()).toBe(2);
  });
});
