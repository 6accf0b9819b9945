import { describe, expect, it } from "vitest";
import { secret, unknown } from "../values";
import { isLoopback, requireLoopback, requireLoopbackIn } from "./loopback";

describe("an endpoint", () => {
  it.each([
    ["https://127.0.0.1:8443", true],
    ["https://127.8.9.1/", true],
    ["https://localhost:1", true],
    ["https://[::1]:1", true],
    ["https://management.core.windows.net", false],
    ["https://127.0.0.1.example.com", false],
    ["https://localhost.example.com", false],
    ["https://127.0.0.1@example.com", false],
    ["https://0.0.0.0:1", false],
    ["127.0.0.1:8443", false],
    ["", false],
  ])("%s: on this machine? %s", (endpoint, answer) => {
    expect(isLoopback(endpoint)).toBe(answer);
  });
});

describe("a run is refused", () => {
  const here = "https://127.0.0.1:1";
  const there = "https://management.core.windows.net";
  const required = (config: string | undefined, environment: string | undefined) => () =>
    requireLoopback((key) => (key === "azure-certificates:managementEndpoint" ? config : undefined), {
      AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT: environment,
    });

  it.each([
    ["the configuration names another machine", there, undefined, /azure-certificates:managementEndpoint is https/],
    [
      "the environment does, although the configuration does not",
      here,
      there,
      /AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT/,
    ],
    ["the configuration does, although the environment wins", there, here, /azure-certificates:managementEndpoint is/],
    ["nobody names one, for then Azure is meant", undefined, undefined, /Azure itself would be meant/],
  ])("where %s", (_, config, environment, words) => {
    expect(required(config, environment)).toThrow(words);
    expect(required(config, environment)).toThrow(/emulator/);
  });

  it("where only Graph or Entra are on another machine", () => {
    const known = (more: Record<string, string>) => (key: string) =>
      ({ "azure-certificates:managementEndpoint": here, ...more })[key];
    for (const address of ["graphEndpoint", "authorityHost"]) {
      const config = known({ [`azure-certificates:${address}`]: there });
      expect(() => requireLoopback(config, {})).toThrow(new RegExp(`azure-certificates:${address} is https`));
    }
    const environment = { AZURE_CERTIFICATES_GRAPH_ENDPOINT: there };
    expect(() => requireLoopback(known({}), environment)).toThrow(/AZURE_CERTIFICATES_GRAPH_ENDPOINT is https/);
    expect(() => requireLoopback(known({ "azure-certificates:graphEndpoint": here }), {})).not.toThrow();
  });

  it.each([
    [here, undefined],
    [undefined, here],
    [here, here],
  ])("not where all that are given stay here: %s, %s", (config, environment) => {
    expect(required(config, environment)).not.toThrow();
  });

  it("where one resource names another machine, as a secret too; not where its endpoint is not known yet", () => {
    expect(() => requireLoopbackIn("link", { managementEndpoint: there })).toThrow(/managementEndpoint of link/);
    expect(() => requireLoopbackIn("link", { managementEndpoint: secret(there) })).toThrow(/which is not on this/);
    expect(() => requireLoopbackIn("link", { managementEndpoint: secret(here) })).not.toThrow();
    expect(() => requireLoopbackIn("link", { managementEndpoint: unknown })).not.toThrow();
    expect(() => requireLoopbackIn("link", {})).not.toThrow();
    expect(() => requireLoopbackIn("mine", { graphEndpoint: there })).toThrow(/graphEndpoint of mine/);
  });
});
