import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  annotateSecrets,
  changedKeys,
  containsUnknown,
  fromStruct,
  isSecret,
  markSecretOutputs,
  mask,
  type Properties,
  reveal,
  secret,
  toStruct,
  unknown,
  type Value,
} from "./values";

const plainValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

describe("a secret", () => {
  it("is marked once, however often it is marked", () => {
    expect(secret(secret("x"))).toEqual(secret("x"));
  });

  it("is revealed at any depth, and nothing else changes", () => {
    fc.assert(
      fc.property(plainValue, plainValue, (inner, beside) => {
        expect(reveal({ list: [secret(inner)], beside })).toEqual({ list: [inner], beside });
      }),
    );
  });

  it("never shows in what a person reads", () => {
    expect(mask({ open: 1, key: secret("hush"), list: [secret({ deep: "hush" })], later: unknown })).toEqual({
      open: 1,
      key: "[secret]",
      list: ["[secret]"],
      later: "[unknown]",
    });
  });
});

describe("what a provider returns in plain text", () => {
  const cases: { says: string; given: Properties; returned: Properties; annotated: Properties }[] = [
    {
      says: "is secret under the name of a secret input",
      given: { key: secret("k"), open: "o" },
      returned: { key: "changed", open: "o", more: "m" },
      annotated: { key: secret("changed"), open: "o", more: "m" },
    },
    {
      says: "is secret inside an object where the input was",
      given: { deep: { key: secret("k"), open: 1 } },
      returned: { deep: { key: "k", open: 1 } },
      annotated: { deep: { key: secret("k"), open: 1 } },
    },
    {
      says: "is secret as a whole list if one element was",
      given: { list: ["a", secret("b")] },
      returned: { list: ["b", "a"] },
      annotated: { list: secret(["b", "a"]) },
    },
    {
      says: "is secret as a whole where a secret object became something else",
      given: { deep: { key: secret("k") } },
      returned: { deep: "k" },
      annotated: { deep: secret("k") },
    },
    {
      says: "keeps the provider's own mark",
      given: { open: "o" },
      returned: { open: secret("o") },
      annotated: { open: secret("o") },
    },
  ];
  it.each(cases)("$says", ({ given, returned, annotated }) => {
    expect(annotateSecrets(returned, given)).toEqual(annotated);
  });
});

it("outputs become secret by additionalSecretOutputs and by a secret input of the same name; an id never does", () => {
  const marked = markSecretOutputs({ a: 1, b: 2, id: "i", c: 3 }, { b: secret(2) }, ["a", "id", "missing"]);
  expect(Object.keys(marked).filter((key) => isSecret(marked[key]))).toEqual(["a", "b"]);
});

it("a change of secrecy alone is no change", () => {
  expect(changedKeys({ a: secret("x"), b: 1 }, { a: "x", b: 2, c: 3 })).toEqual(["b", "c"]);
});

it("an unknown value is found at any depth", () => {
  expect(containsUnknown({ a: [{ b: secret(unknown) }] })).toBe(true);
  expect(containsUnknown({ a: ["04da6b54"] })).toBe(false);
});

it("travels as a Struct without loss", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), plainValue, { noNullPrototype: true }),
      (properties) => {
        expect(fromStruct(toStruct(properties))).toEqual(properties);
      },
    ),
  );
});
