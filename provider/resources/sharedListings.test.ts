import { describe, expect, it } from "vitest";
import type { Listing, ManagementCertificates } from "../azure/managementCertificates";
import type { SubscriptionAddress } from "../azure/subscriptionAddress";
import { SharedListings } from "./sharedListings";

const one = { endpoint: "https://management.core.windows.net", subscriptionId: "one" };
const two = { ...one, subscriptionId: "two" };
const empty: Listing = { certificates: [], serverDate: null, requestId: null, authenticatedWith: null };

function counting(answer: (at: SubscriptionAddress) => Promise<Listing>) {
  const asked: string[] = [];
  const list = (at: SubscriptionAddress) => {
    asked.push(at.subscriptionId);
    return answer(at);
  };
  return { asked, listings: new SharedListings({ list } as ManagementCertificates) };
}

describe("listings that links share in a refresh", () => {
  it("ask each subscription once, also when all ask at the same time", async () => {
    const { asked, listings } = counting(async () => empty);
    await Promise.all([listings.get(one), listings.get(one), listings.get(two)]);
    await listings.get(one);
    expect(asked).toEqual(["one", "two"]);
  });

  it("keep endpoints apart", async () => {
    const { asked, listings } = counting(async () => empty);
    await listings.get(one);
    await listings.get({ ...one, endpoint: "https://management.core.chinacloudapi.cn" });
    expect(asked).toHaveLength(2);
  });

  it("ask again after something was changed there", async () => {
    const { asked, listings } = counting(async () => empty);
    await listings.get(one);
    listings.forget(one);
    await listings.get(one);
    expect(asked).toHaveLength(2);
  });

  it("don't remember a failure", async () => {
    let failing = true;
    const { listings } = counting(async () => {
      if (failing) {
        throw new Error("not now");
      }
      return empty;
    });
    await expect(listings.get(one)).rejects.toThrow("not now");
    failing = false;
    await expect(listings.get(one)).resolves.toBe(empty);
  });
});
