import { describe, expect, it } from "vitest";
import type { Connection } from "../azure/connection";
import type { SubscriptionAddress } from "../azure/subscriptionAddress";
import { Claims } from "./claims";
import { subscriptionDoor } from "./link/door";

const endpoint = "https://management.core.windows.net";
const doorOf = (at: SubscriptionAddress) => subscriptionDoor(at, { connection: {} as Connection });
const door = doorOf({ endpoint, subscriptionId: "one" });

describe("the claims of a run", () => {
  it("answer who was first", () => {
    const claims = new Claims();
    expect(claims.claim(door, "lineage", "prod")).toBeNull();
    expect(claims.claim(door, "lineage", "production")).toBe("prod");
    expect(claims.isClaimed(door, "lineage")).toBe(true);
  });

  it("let a link claim again: a replacement is checked twice", () => {
    const claims = new Claims();
    claims.claim(door, "lineage", "prod");
    expect(claims.claim(door, "lineage", "prod")).toBeNull();
  });

  it.each([
    ["endpoint", doorOf({ endpoint: "https://management.core.chinacloudapi.cn", subscriptionId: "one" }), "lineage"],
    ["subscription", doorOf({ endpoint, subscriptionId: "two" }), "lineage"],
    ["certificate", door, "another lineage"],
  ])("are apart for each %s", (_what, elsewhere, subject) => {
    const claims = new Claims();
    claims.claim(door, "lineage", "prod");
    expect(claims.isClaimed(elsewhere, subject)).toBe(false);
    expect(claims.claim(elsewhere, subject, "other")).toBeNull();
  });
});
