import { describe, expect, it } from "vitest";
import { ThrottleBlame } from "./throttleBlame";

const nobody = { own: false, endpoint: false };
const endpointPaced = { own: false, endpoint: true };

describe("ThrottleBlame", () => {
  it("takes a refusal for the subscription's own while the others are accepted", () => {
    const blame = new ThrottleBlame();
    for (const subscription of ["a", "b", "c", "d"]) {
      blame.accepted(subscription, 0);
    }
    expect(["a", "b"].map((subscription) => blame.refused(subscription, 1, nobody))).toEqual([
      "subscription",
      "subscription",
    ]);
  });

  it("takes it for the endpoint's once more than half of the subscriptions are refused", () => {
    const blame = new ThrottleBlame();
    blame.accepted("a", 0);
    blame.accepted("b", 0);
    const answers = ["c", "d", "e"].map((subscription) => blame.refused(subscription, 1, nobody));
    expect(answers).toEqual(["subscription", "subscription", "endpoint"]);
  });

  it("never blames the endpoint for what happens to a single subscription", () => {
    const blame = new ThrottleBlame();
    const answers = [1, 2, 3].map((nowMs) => blame.refused("a", nowMs, nobody));
    expect(answers).toEqual(["subscription", "subscription", "subscription"]);
  });

  it("looks at answers of late only", () => {
    const blame = new ThrottleBlame();
    blame.refused("a", 0, nobody);
    expect(blame.refused("b", 5_001, nobody)).toBe("subscription");
    expect(blame.refused("c", 5_002, nobody)).toBe("endpoint");
  });

  it("blames an endpoint that is known to have a limit at once, but not for what meets the same subscription again", () => {
    const blame = new ThrottleBlame();
    const meets = (subscription: string) => blame.refused(subscription, 0, endpointPaced);
    expect([meets("a"), meets("a"), meets("b")]).toEqual(["endpoint", "subscription", "endpoint"]);
    expect(blame.refused("c", 0, { own: true, endpoint: true })).toBe("subscription");
  });
});
