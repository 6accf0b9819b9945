import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../errors";
import { assertTrustedAddress } from "./knownClouds";

const trust = (address: string, ...configured: string[]) =>
  assertTrustedAddress(new URL(address), "A redirect", configured);

describe("assertTrustedAddress", () => {
  it.each([
    "https://management.core.windows.net",
    "https://db3.management.core.windows.net:8443/x",
    "https://management.core.chinacloudapi.cn",
    "https://management.core.usgovcloudapi.net",
    "https://management.core.cloudapi.de",
    "https://own.example:9999",
  ])("follows %s", (address) => {
    expect(() => trust(address, "https://own.example")).not.toThrow();
  });

  it.each([
    "http://management.core.windows.net",
    "https://attacker.blob.core.windows.net",
    "https://management.core.windows.net.attacker.example",
    "https://xmanagement.core.windows.net",
    "https://own.example.attacker.example",
  ])("does not follow %s", (address) => {
    expect(() => trust(address, "https://own.example")).toThrow(ConfigurationError);
  });
});
