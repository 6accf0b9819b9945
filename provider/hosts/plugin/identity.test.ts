import { describe, expect, it } from "vitest";
import { identityOf } from "./identity";

describe("a URN", () => {
  const type = "azure-certificates:index:ManagementCertificate";
  it.each([
    ["of a resource of the stack", `urn:pulumi:prod::access::${type}::alice`, "alice"],
    ["of a component's child", `urn:pulumi:prod::access::my:index:Team$other:x:Y$${type}::alice`, "alice"],
    ["with a name that looks like one", `urn:pulumi:prod::access::${type}::a::b$c:d::e`, "a::b$c:d::e"],
  ])("%s tells type, name, project and stack", (_what, urn, name) => {
    expect(identityOf(urn)).toEqual({ urn, type, name, project: "access", stack: "prod" });
  });

  it.each([
    "",
    "urn:pulumi:prod::access",
    "urn:pulumi:prod::access::x:y:Z",
    "arn:aws:prod::access::x:y:Z::n",
    "urn:pulumi:::::::n",
  ])("is not %j", (urn) => {
    expect(() => identityOf(urn)).toThrow("no URN of a resource");
  });
});
