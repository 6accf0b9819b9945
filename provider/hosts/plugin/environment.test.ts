import { describe, expect, it } from "vitest";
import { takeEnvironment } from "./environment";

describe("the environment of the plugin's process", () => {
  const given = {
    PATH: "/bin",
    AZURE_CLIENT_ID: "of @azure/identity",
    AZURE_CERTIFICATES_AS_OF: "2027-01-01T00:00:00Z",
    AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PASSWORD: "hush",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    PULUMI_CONFIG: '{"azure-certificates:clientKeyPem":"hush"}',
    PULUMI_CONFIG_PASSPHRASE: "hush",
    PULUMI_ACCESS_TOKEN: "hush",
  };

  it("gives what configures the provider, and nothing else", () => {
    expect(Object.keys(takeEnvironment({ ...given })).sort()).toEqual([
      "AZURE_CERTIFICATES_AS_OF",
      "AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PASSWORD",
      "NODE_TLS_REJECT_UNAUTHORIZED",
    ]);
  });

  it("keeps no secret that a child could inherit", () => {
    const environment: NodeJS.ProcessEnv = { ...given };
    takeEnvironment(environment);
    expect(JSON.stringify(environment)).not.toContain("hush");
    expect(environment["AZURE_CLIENT_ID"]).toBe("of @azure/identity");
  });
});
