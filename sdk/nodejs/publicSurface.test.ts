import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, expectTypeOf, it } from "vitest";
import type {
  AppSettings,
  Credential,
  CredentialArgs,
  ManagementCertificate,
  ManagementCertificateArgs,
  SignInArgs,
  SubscriptionCertificateLink,
  SubscriptionCertificateLinkArgs,
} from "./index";
import * as sdk from "./index";

type In<T> = pulumi.Input<T> | undefined;
type Out<T> = pulumi.Output<T>;

/** The compiler checks these: `npm run types` fails where the public surface is not what stands here. */
describe("the public surface", () => {
  it("has these values", () => {
    expect(Object.keys(sdk).sort()).toEqual([
      "ApplicationCertificateLink",
      "CertificateFile",
      "CertificateRoster",
      "ManagementCertificate",
      "RosterSnapshot",
      "SubscriptionCertificateLink",
      "credential",
    ]);
  });

  it("takes every argument of a certificate as an Input, and needs none", () => {
    type Args = ManagementCertificateArgs;
    expectTypeOf({}).toExtend<Args>();
    expectTypeOf<keyof Args>().toEqualTypeOf<
      | "commonName"
      | "organization"
      | "organizationalUnit"
      | "rsaBits"
      | "validityPeriodHours"
      | "renewBeforeHours"
      | "rotateEveryHours"
      | "spreadHours"
      | "maintenanceWindows"
      | "overlapHours"
      | "rotationTriggers"
      | "holders"
      | "compromised"
      | "backdateMinutes"
    >();
    expectTypeOf<Args["commonName"]>().toEqualTypeOf<In<string>>();
    expectTypeOf<Args["rsaBits"]>().toEqualTypeOf<In<2048 | 3072 | 4096>>();
    expectTypeOf<Args["validityPeriodHours"]>().toEqualTypeOf<In<number>>();
    expectTypeOf<Args["rotationTriggers"]>().toEqualTypeOf<In<{ [key: string]: pulumi.Input<string> }>>();
    expectTypeOf<Args["holders"]>().toEqualTypeOf<In<pulumi.Input<string>[]>>();
    expectTypeOf<Args["maintenanceWindows"]>().toEqualTypeOf<In<pulumi.Input<sdk.MaintenanceWindow>[]>>();
    expectTypeOf<{ cron: Out<string>; durationHours: number }>().toExtend<sdk.MaintenanceWindow>();
    expectTypeOf<{ rsaBits: 1024 }>().not.toExtend<Args>();
    expectTypeOf<{ holders: string }>().not.toExtend<Args>();
    expectTypeOf<{ holders: Out<string[]>; rsaBits: Promise<4096> }>().toExtend<Args>();
  });

  it("takes every argument of a link as an Input, and needs the subscription", () => {
    type Args = SubscriptionCertificateLinkArgs;
    expectTypeOf<keyof Args>().toEqualTypeOf<
      | "subscriptionId"
      | "certificate"
      | "certificatePem"
      | "holder"
      | "managementEndpoint"
      | "allowLast"
      | "removeFirst"
      | "whenRemovedElsewhere"
      | "removeAdopted"
      | "verify"
    >();
    expectTypeOf<Args["subscriptionId"]>().toEqualTypeOf<pulumi.Input<string>>();
    expectTypeOf<Args["certificate"]>().toEqualTypeOf<ManagementCertificate | undefined>();
    expectTypeOf<Args["whenRemovedElsewhere"]>().toEqualTypeOf<In<"fail" | "restore">>();
    expectTypeOf<{ certificate: ManagementCertificate }>().not.toExtend<Args>();
    expectTypeOf<ConstructorParameters<typeof SubscriptionCertificateLink>[1]>().toEqualTypeOf<Args>();
  });

  it("gives outputs of these types", () => {
    type Certificate = Omit<ManagementCertificate, keyof pulumi.CustomResource>;
    expectTypeOf<Readonly<Pick<Certificate, keyof Certificate>>>().toEqualTypeOf<{
      readonly lineage: Out<string>;
      readonly revision: Out<number>;
      readonly issuedAt: Out<string>;
      readonly thumbprint: Out<string>;
      readonly sha256Fingerprint: Out<string>;
      readonly serialNumber: Out<string>;
      readonly subject: Out<string>;
      readonly commonName: Out<string>;
      readonly organization: Out<string | undefined>;
      readonly organizationalUnit: Out<string | undefined>;
      readonly notBefore: Out<string>;
      readonly notAfter: Out<string>;
      readonly renewalTime: Out<string>;
      readonly spreadFraction: Out<number | undefined>;
      readonly overlapHours: Out<number>;
      readonly certificatePem: Out<string>;
      readonly privateKeyPem: Out<string>;
      readonly heldBy: Out<string[]>;
      readonly previous: Out<sdk.ManagementCertificatePrevious[]>;
      readonly lastRotation: Out<sdk.ManagementCertificateLastRotation | undefined>;
    }>();
    type Link = Omit<SubscriptionCertificateLink, keyof pulumi.CustomResource>;
    expectTypeOf<Readonly<Pick<Link, keyof Link>>>().toEqualTypeOf<{
      readonly subscriptionId: Out<string>;
      readonly managementEndpoint: Out<string>;
      readonly thumbprint: Out<string>;
      readonly registered: Out<sdk.SubscriptionCertificateLinkRegistered[]>;
      readonly certificateCount: Out<number>;
      readonly history: Out<sdk.SubscriptionCertificateLinkHistory[] | undefined>;
      readonly evidence: Out<sdk.SubscriptionCertificateLinkEvidence | undefined>;
    }>();
  });

  it("hands a credential out for a certificate and its links, and for nothing less", () => {
    expectTypeOf(sdk.credential).toEqualTypeOf<(args: CredentialArgs) => Credential>();
    expectTypeOf<{ certificate: ManagementCertificate }>().not.toExtend<CredentialArgs>();
    expectTypeOf<{
      certificate: ManagementCertificate;
      links: SubscriptionCertificateLink[];
    }>().toExtend<CredentialArgs>();
    expectTypeOf<Credential>().toEqualTypeOf<{
      readonly thumbprint: Out<string>;
      readonly certificatePem: Out<string>;
      readonly privateKeyPem: Out<string>;
      readonly combinedPem: Out<string>;
      pfxBase64(password?: pulumi.Input<string>): Out<string>;
      environment(signIn: SignInArgs): Out<Record<string, string>>;
      appsettings(signIn: SignInArgs): Out<AppSettings>;
    }>();
  });
});
