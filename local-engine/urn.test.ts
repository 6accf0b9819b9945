import { describe, expect, it } from "vitest";
import { defaultProviderUrn, makeUrn, nameOf, packageOf, parseProviderReference, typeOf } from "./urn";

const stack = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";

describe("a URN", () => {
  const cases: { says: string; parent: string; urn: string }[] = [
    { says: "of a root has its own type only", parent: "", urn: "urn:pulumi:dev::shop::a:b:C::x" },
    { says: "leaves the stack out of the chain of types", parent: stack, urn: "urn:pulumi:dev::shop::a:b:C::x" },
    {
      says: "of a child has the whole chain",
      parent: "urn:pulumi:dev::shop::p:q:R$s:t:U::parent",
      urn: "urn:pulumi:dev::shop::p:q:R$s:t:U$a:b:C::x",
    },
  ];
  it.each(cases)("$says", ({ parent, urn }) => {
    expect(makeUrn("dev", "shop", parent, "a:b:C", "x")).toBe(urn);
    expect(typeOf(urn)).toBe("a:b:C");
    expect(nameOf(urn)).toBe("x");
  });

  it("may carry a name with colons", () => {
    expect(nameOf(makeUrn("dev", "shop", "", "a:b:C", "x::y"))).toBe("x::y");
  });

  it("of a provider, with its id, is a reference", () => {
    const urn = defaultProviderUrn("dev", "shop", "pulumi-nodejs");
    expect(parseProviderReference(`${urn}::1234`)).toEqual({ urn, id: "1234" });
    expect(packageOf("pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate")).toBe("pulumi-nodejs");
  });
});
