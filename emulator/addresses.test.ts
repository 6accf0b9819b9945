import { describe, expect, it } from "vitest";
import { findAddress, subscriptionOf } from "./addresses";

const id = "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10";

describe("addresses", () => {
  it.each([
    ["GET", "/subscriptions", "listSubscriptions"],
    ["GET", `/${id}`, "getSubscription"],
    ["GET", `/${id}/`, "getSubscription"],
    ["GET", `/${id.toUpperCase()}/certificates`, "listCertificates"],
    ["POST", `/${id}/certificates`, "addCertificate"],
    ["GET", `/${id}/certificates/ABC`, "getCertificate"],
    ["DELETE", `/${id}/certificates/ABC`, "deleteCertificate"],
    ["GET", `/${id}/operations`, "listOperations"],
    ["GET", `/${id}/operations/0f`, "getOperation"],
    ["PUT", `/${id}/certificates`, null],
    ["constructor", `/${id}/certificates`, null],
  ])("%s %s asks for %s", (method, path, operation) => {
    expect(findAddress(method, path)?.operation).toBe(operation);
  });

  it.each([
    "/",
    "//",
    "/not-a-guid/certificates",
    `/subscriptions/${id}/certificates`,
    `/${id}/certificates/A/B`,
    `/x/../${id}`,
  ])("nothing is at %s", (path) => {
    expect(findAddress("GET", path)).toBeNull();
  });

  it("knows the subscription of a path in lower case, also where nothing is", () => {
    expect(subscriptionOf(`/${id.toUpperCase()}/nothing`)).toBe(id);
    expect(subscriptionOf("/subscriptions")).toBeNull();
  });
});
