// Generated from the definition of SubscriptionCertificateLink by `make schema`. Do not edit.
import * as pulumi from "@pulumi/pulumi";

export interface SubscriptionCertificateLinkRegistered {
  /** SHA-1 of the certificate's DER, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** When this link registered or found it, ISO 8601 in UTC. */
  readonly registeredAt: string;
  /** When its overlap ends, ISO 8601 in UTC; the next update after that takes it off the subscription. Absent for the current one. */
  readonly retireAt?: string | undefined;
  /** `created` by this package, or `adopted`: it was there before the link. */
  readonly origin: "created" | "adopted";
  /** `x-ms-request-id` of the upload: what Microsoft support asks for. */
  readonly requestId?: string | undefined;
  /** When a refresh first found it missing, ISO 8601 in UTC: somebody else removed it from the subscription. */
  readonly missingSince?: string | undefined;
}

export interface SubscriptionCertificateLinkHistory {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** `registered` or `removed` by this link; `adopted`, there before it; `found`, of its lineage and without a record; `foundMissing`, removed from the subscription by somebody else, or by a run that was killed. */
  readonly action: "registered" | "removed" | "adopted" | "found" | "foundMissing";
  /** SHA-1 of the certificate's DER, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** Why, in a few words. */
  readonly because: string;
  /** `x-ms-request-id` of the answer, where there was one. */
  readonly requestId?: string | undefined;
  /** How that run had signed in: the thumbprint of a certificate, or `application` and its client id. */
  readonly credential?: string | undefined;
}

export interface SubscriptionCertificateLinkEvidence {
  /** Number of the line, from 1. */
  readonly sequence: number;
  /** SHA-256 of the line, hexadecimal. */
  readonly hash: string;
}

/** What a program says about a SubscriptionCertificateLink. */
export interface SubscriptionCertificateLinkInputs {
  /** GUID of the subscription that accepts the certificate; its name is refused. A change replaces the link: the new subscription is opened before the old one is closed. */
  readonly subscriptionId: pulumi.Input<string>;

  /** A certificate made elsewhere, PEM, instead of `certificate`. RSA only. It has no lineage and so no overlap: another certificate replaces the link. */
  readonly certificatePem?: pulumi.Input<string> | undefined;

  /** Who has the key of `certificatePem`, in one spelling with `holders`. One person: a key that was made elsewhere can't be rotated when one of several leaves, and whoever had it keeps it, so that another name is refused. `azure-certificates offboard` and `report` count the certificate as theirs. Default: nobody knows. */
  readonly holder?: pulumi.Input<string> | undefined;

  /** Address of the Service Management API. Default: the provider's `managementEndpoint` (`https://management.core.windows.net`). A change replaces the link. */
  readonly managementEndpoint?: pulumi.Input<string> | undefined;

  /** Whether this link may remove the last valid certificate of the subscription, after which nobody can sign in with a certificate. The certificate that a run signs in with is never removed. Default: `false`. */
  readonly allowLast?: pulumi.Input<boolean> | undefined;

  /** Whether revoked certificates are removed before their successor is registered. Closes the door a little earlier; nobody can sign in with this certificate in between. Default: `false`. */
  readonly removeFirst?: pulumi.Input<boolean> | undefined;

  /** What to do when somebody else removed the current certificate: `fail` says so and changes nothing, `restore` registers it again, and a predecessor that is still there stays for a whole overlap from then on. Default: `fail`, because nobody else's closed door is opened silently. */
  readonly whenRemovedElsewhere?: pulumi.Input<"fail" | "restore"> | undefined;

  /** Whether deleting the link also removes a certificate that was there before it. Default: `false`: what was found is left behind. */
  readonly removeAdopted?: pulumi.Input<boolean> | undefined;

  /** What has to be seen of the current certificate before its predecessor is retired: `listed`, that the subscription lists it; `used`, that its key really signs in. If it does not, the predecessor stays and the update fails. `used` needs the private key, so it is in the state of this link a second time, encrypted as in the certificate's. Revoked certificates are removed all the same. Default: `listed`. */
  readonly verify?: pulumi.Input<"listed" | "used"> | undefined;
}

/** Names of all outputs: a resource has to declare them to Pulumi before they have a value. */
export const subscriptionCertificateLinkOutputNames: readonly string[] = [
  "subscriptionId",
  "managementEndpoint",
  "thumbprint",
  "registered",
  "history",
  "evidence",
  "certificateCount",
];

/**
 * This subscription accepts this certificate and, during an overlap, its predecessor. Registers the current version of a ManagementCertificate over mutual TLS and reads it back, retires the previous one with the first update after its overlap on this subscription has ended, and takes a revoked one off at once. Certificates that are not of its lineage are never touched, nor is the last valid one of a subscription, nor the one that the run signs in with.
 *
 * It promises nothing about what somebody else does on the subscription between two runs: a refresh finds that out. It belongs to Azure Service Management, the classic API, which Microsoft has retired for classic resources since 31 August 2024.
 */
export abstract class SubscriptionCertificateLinkOutputs extends pulumi.CustomResource {
  /** GUID of the subscription, lower-case. */
  declare public readonly subscriptionId: pulumi.Output<string>;

  /** Address of the Service Management API in use. */
  declare public readonly managementEndpoint: pulumi.Output<string>;

  /** The current certificate, which the subscription accepts. SHA-1, upper-case hexadecimal. */
  declare public readonly thumbprint: pulumi.Output<string>;

  /** What this link keeps on the subscription: the current certificate and, during an overlap, its predecessor. */
  declare public readonly registered: pulumi.Output<SubscriptionCertificateLinkRegistered[]>;

  /** What came to the subscription and went, and why: the newest 20 entries, newest first. Absent in states of versions that kept none. */
  declare public readonly history: pulumi.Output<SubscriptionCertificateLinkHistory[] | undefined>;

  /** The last line that this link added to the evidence, with `evidencePath` or `evidenceCommand`: `azure-certificates history` compares it with the file. */
  declare public readonly evidence: pulumi.Output<SubscriptionCertificateLinkEvidence | undefined>;

  /** Certificates on the subscription when last looked, other people's included; Azure allows 100 by default. */
  declare public readonly certificateCount: pulumi.Output<number>;
}
