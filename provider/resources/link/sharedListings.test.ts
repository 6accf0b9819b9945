import { describe, expect, it } from "vitest";
import type { Connection } from "../../azure/connection";
import type { Listing } from "../../azure/managementCertificates";
import type { SubscriptionAddress } from "../../azure/subscriptionAddress";
import { subscriptionDoor } from "./door";
import { SharedListings } from "./sharedListings";

const endpoint = "https://management.core.windows.net";
const empty: Listing = { certificates: [], serverDate: null, requestId: null, authenticatedWith: null, signedInAs: "" };

function counting(answer: (at: SubscriptionAddress) => Promise<Listing>) {
  const asked: string[] = [];
  const list = (at: SubscriptionAddress) => {
    asked.push(at.subscriptionId);
    return answer(at);
  };
  const doorOf = (subscriptionId: string, at = endpoint) =>
    subscriptionDoor(
      { endpoint: at, subscriptionId },
      {
        connection: { managementCertificates: { list } } as Connection,
      },
    );
  return { asked, listings: new SharedListings(), doorOf, one: doorOf("one"), two: doorOf("two") };
}

describe("listings that links share in a refresh", () => {
  it("ask each subscription once, also when all ask at the same time", async () => {
    const { asked, listings, one, two } = counting(async () => empty);
    await Promise.all([listings.get(one), listings.get(one), listings.get(two)]);
    await listings.get(one);
    expect(asked).toEqual(["one", "two"]);
  });

  it("keep endpoints apart", async () => {
    const { asked, listings, one, doorOf } = counting(async () => empty);
    await listings.get(one);
    await listings.get(doorOf("one", "https://management.core.chinacloudapi.cn"));
    expect(asked).toHaveLength(2);
  });

  it("ask again after something was changed there", async () => {
    const { asked, listings, one } = counting(async () => empty);
    await listings.get(one);
    listings.forget(one);
    await listings.get(one);
    expect(asked).toHaveLength(2);
  });

  it("don't remember a failure", async () => {
    let failing = true;
    const { listings, one } = counting(async () => {
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
