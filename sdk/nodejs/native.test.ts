import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, expectTypeOf, it } from "vitest";
import type * as dynamic from "./index";
import * as native from "./native";

describe("what the plugin offers a program", () => {
  it("is this", () => {
    expect(Object.keys(native).sort()).toEqual([
      "ApplicationCertificateLink",
      "CertificateFile",
      "CertificateRoster",
      "ManagementCertificate",
      "Provider",
      "RosterSnapshot",
      "SubscriptionCertificateLink",
      "credential",
      "getManagementCertificates",
      "getManagementCertificatesOutput",
      "parsePublishSettings",
      "parsePublishSettingsOutput",
    ]);
  });

  it("takes and gives what the dynamic ones do, so that a program changes its import alone", () => {
    type Arguments<T extends abstract new (...args: never[]) => unknown> = ConstructorParameters<T>;
    expectTypeOf<Arguments<typeof native.ManagementCertificate>>().toEqualTypeOf<
      Arguments<typeof dynamic.ManagementCertificate>
    >();
    expectTypeOf<Arguments<typeof native.SubscriptionCertificateLink>>().toEqualTypeOf<
      Arguments<typeof dynamic.SubscriptionCertificateLink>
    >();
    expectTypeOf<keyof native.ManagementCertificate>().toEqualTypeOf<keyof dynamic.ManagementCertificate>();
    expectTypeOf<native.ManagementCertificate>().toExtend<native.CredentialArgs["certificate"]>();
    expectTypeOf<native.SubscriptionCertificateLink>().toExtend<native.CredentialArgs["links"][number]>();
  });

  it("has each function for plain values and for outputs", () => {
    type Plain = typeof native.getManagementCertificates;
    type Lifted = typeof native.getManagementCertificatesOutput;
    expectTypeOf<Parameters<Plain>[0]["subscriptionId"]>().toEqualTypeOf<string>();
    expectTypeOf<Parameters<Lifted>[0]["subscriptionId"]>().toEqualTypeOf<pulumi.Input<string>>();
    expectTypeOf<pulumi.Output<Awaited<ReturnType<Plain>>>>().toEqualTypeOf<ReturnType<Lifted>>();
    expectTypeOf<{ content: string }>().toEqualTypeOf<{
      -readonly [K in keyof native.ParsePublishSettingsArgs]: string;
    }>();
  });

  it("takes a provider's settings as Inputs", () => {
    type Args = native.ProviderArgs;
    expectTypeOf<Args["certificateLimit"]>().toEqualTypeOf<pulumi.Input<number> | undefined>();
    expectTypeOf<{ allow: { subscriptionId: string; thumbprint: string }[] }>().toExtend<Args>();
    expectTypeOf<{ clientKeyPem: number }>().not.toExtend<Args>();
  });
});
