import { describe, expect, it } from "vitest";
import { Claims } from "./claims";

const at = { endpoint: "https://management.core.windows.net", subscriptionId: "one" };

describe("the claims of a run", () => {
  it("answer who was first", () => {
    const claims = new Claims();
    expect(claims.claim(at, "lineage", "prod")).toBeNull();
    expect(claims.claim(at, "lineage", "production")).toBe("prod");
    expect(claims.isClaimed(at, "lineage")).toBe(true);
  });

  it("let a link claim again: a replacement is checked twice", () => {
    const claims = new Claims();
    claims.claim(at, "lineage", "prod");
    expect(claims.claim(at, "lineage", "prod")).toBeNull();
  });

  it.each([
    ["endpoint", { ...at, endpoint: "https://management.core.chinacloudapi.cn" }, "lineage"],
    ["subscription", { ...at, subscriptionId: "two" }, "lineage"],
    ["certificate", at, "another lineage"],
  ])("are apart for each %s", (_what, elsewhere, subject) => {
    const claims = new Claims();
    claims.claim(at, "lineage", "prod");
    expect(claims.isClaimed(elsewhere, subject)).toBe(false);
    expect(claims.claim(elsewhere, subject, "other")).toBeNull();
  });
});
