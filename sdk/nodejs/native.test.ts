import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, expectTypeOf, it } from "vitest";
import type * as dynamic from "./index";
import * as native from "./native";

describe("the classes of the plugin", () => {
  it("are these", () => {
    expect(Object.keys(native).sort()).toEqual([
      "ManagementCertificate",
      "Provider",
      "SubscriptionCertificateLink",
      "credential",
    ]);
  });

  it("take and give what the dynamic ones do, so that a program changes its import alone", () => {
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

  it("take a provider's settings as Inputs", () => {
    type Args = native.ProviderArgs;
    expectTypeOf<Args["certificateLimit"]>().toEqualTypeOf<pulumi.Input<number> | undefined>();
    expectTypeOf<{ allow: { subscriptionId: string; thumbprint: string }[] }>().toExtend<Args>();
    expectTypeOf<{ clientKeyPem: number }>().not.toExtend<Args>();
  });
});
