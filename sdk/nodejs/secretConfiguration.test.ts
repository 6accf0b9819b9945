import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { assertCredentialsAreSecret } from "./secretConfiguration";

describe("a credential in the stack's configuration", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}));

  it.each(["publishSettings", "clientKeyPem", "clientCertificatePassword"])(
    "ends the program if %s is no secret",
    (key) => {
      pulumi.runtime.setAllConfig({ [`azure-certificates:${key}`]: "hush" });
      const check = () => assertCredentialsAreSecret();
      expect(check).toThrow(`azure-certificates:${key} stands in the stack's configuration in plain text`);
      expect(check).toThrow(/^(?!.*hush)/s);
    },
  );

  it("is fine as a secret, and so is the path of a file", () => {
    pulumi.runtime.setAllConfig(
      { "azure-certificates:clientKeyPem": "hush", "azure-certificates:publishSettingsPath": "/safe" },
      ["azure-certificates:clientKeyPem"],
    );
    expect(() => assertCredentialsAreSecret()).not.toThrow();
  });
});
