// Generated from the definition of ApplicationCertificateLink by `make schema`. Do not edit.
import * as pulumi from "@pulumi/pulumi";

export interface ApplicationCertificateLinkRegistered {
  /** SHA-1 of the certificate's DER, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** When this link registered or found it, ISO 8601 in UTC. */
  readonly registeredAt: string;
  /** When its overlap ends, ISO 8601 in UTC; the next update after that takes it off the application. Absent for the current one. */
  readonly retireAt?: string | undefined;
  /** `created` by this package, or `adopted`: it was there before the link. */
  readonly origin: "created" | "adopted";
  /** `request-id` of the upload: what Microsoft support asks for. */
  readonly requestId?: string | undefined;
  /** When a refresh first found it missing, ISO 8601 in UTC: somebody else removed it from the application. */
  readonly missingSince?: string | undefined;
}

export interface ApplicationCertificateLinkHistory {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** `registered` or `removed` by this link; `adopted`, there before it; `found`, of its lineage and without a record; `foundMissing`, removed from the application by somebody else, or by a run that was killed. */
  readonly action: "registered" | "removed" | "adopted" | "found" | "foundMissing";
  /** SHA-1 of the certificate's DER, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** Why, in a few words. */
  readonly because: string;
  /** `request-id` of the answer, where there was one. */
  readonly requestId?: string | undefined;
  /** How that run had signed in: the thumbprint of a certificate, or `application` and its client id. */
  readonly credential?: string | undefined;
}

export interface ApplicationCertificateLinkEvidence {
  /** Number of the line, from 1. */
  readonly sequence: number;
  /** SHA-256 of the line, hexadecimal. */
  readonly hash: string;
}

/** What a program says about a ApplicationCertificateLink. */
export interface ApplicationCertificateLinkInputs {
  /** Client id of the app registration that accepts the certificate. A change replaces the link: the new application is opened before the old one is closed. Either this or `objectId`. */
  readonly appId?: pulumi.Input<string> | undefined;

  /** Graph's own id of the app registration, instead of `appId`. A change replaces the link. */
  readonly objectId?: pulumi.Input<string> | undefined;

  /** A certificate made elsewhere, PEM, instead of `certificate`. RSA only. It has no lineage and so no overlap: another certificate replaces the link. */
  readonly certificatePem?: pulumi.Input<string> | undefined;

  /** Who has the key of `certificatePem`, in one spelling with `holders`. One person: a key that was made elsewhere can't be rotated when one of several leaves, and whoever had it keeps it, so that another name is refused. `azure-certificates offboard` and `report` count the certificate as theirs. Default: nobody knows. */
  readonly holder?: pulumi.Input<string> | undefined;

  /** How changes reach the application. `patch` replaces its whole collection of certificates and needs the permission to write it. `addKey` adds and removes single ones with a proof signed by a key of the application, which every application may do with its own keys; the run has to sign in as that application. `auto` is `addKey` for the application that the run signs in as, and `patch` for all others. Default: `auto`. */
  readonly writeWith?: pulumi.Input<"auto" | "patch" | "addKey"> | undefined;

  /** Whether this link may remove the last valid certificate of the application, after which nobody can sign in with a certificate. The certificate that a run signs in with is never removed. Default: `false`. */
  readonly allowLast?: pulumi.Input<boolean> | undefined;

  /** Whether revoked certificates are removed before their successor is registered. Closes the door a little earlier; nobody can sign in with this certificate in between. Default: `false`. */
  readonly removeFirst?: pulumi.Input<boolean> | undefined;

  /** What to do when somebody else removed the current certificate: `fail` says so and changes nothing, `restore` registers it again, and a predecessor that is still there stays for a whole overlap from then on. Default: `fail`, because nobody else's closed door is opened silently. */
  readonly whenRemovedElsewhere?: pulumi.Input<"fail" | "restore"> | undefined;

  /** Whether deleting the link also removes a certificate that was there before it. Default: `false`: what was found is left behind. */
  readonly removeAdopted?: pulumi.Input<boolean> | undefined;

  /** What has to be seen of the current certificate before its predecessor is retired: `listed`, that the application lists it; `used`, that its key really signs in. If it does not, the predecessor stays and the update fails. `used` needs the private key, so it is in the state of this link a second time, encrypted as in the certificate's. Revoked certificates are removed all the same. Default: `listed`. */
  readonly verify?: pulumi.Input<"listed" | "used"> | undefined;
}

/** Names of all outputs: a resource has to declare them to Pulumi before they have a value. */
export const applicationCertificateLinkOutputNames: readonly string[] = [
  "appId",
  "objectId",
  "graphEndpoint",
  "thumbprint",
  "registered",
  "history",
  "evidence",
  "certificateCount",
];

/**
 * This Entra app registration accepts this certificate and, during an overlap, its predecessor. Registers the current version of a ManagementCertificate among the application's `keyCredentials` and counts it as registered once several reads in a row show it, because Entra answers from replicas that lag; retires the previous one with the first update after its overlap on this application has ended, and takes a revoked one off at once. Credentials that are not of its lineage are sent back unchanged, and neither the last valid one nor the one that the run signs in with is removed.
 *
 * It promises nothing about what somebody else does to the application between two runs: a refresh finds that out. Microsoft Graph replaces the whole collection with each change and knows no `If-Match`: who writes it at the same moment without reading it back, as some scripts do, may undo this link's change or have its own undone. Needs `@azure/identity` beside the program, and the permission Application.ReadWrite.OwnedBy as an owner, or Application.ReadWrite.All.
 */
export abstract class ApplicationCertificateLinkOutputs extends pulumi.CustomResource {
  /** Client id of the app registration, lower-case, where the link names it so. */
  declare public readonly appId: pulumi.Output<string | undefined>;

  /** Graph's id of the app registration, lower-case, where the link names it so. */
  declare public readonly objectId: pulumi.Output<string | undefined>;

  /** Address of Microsoft Graph in use. */
  declare public readonly graphEndpoint: pulumi.Output<string>;

  /** The current certificate, which the application accepts. SHA-1, upper-case hexadecimal. */
  declare public readonly thumbprint: pulumi.Output<string>;

  /** What this link keeps on the application: the current certificate and, during an overlap, its predecessor. */
  declare public readonly registered: pulumi.Output<ApplicationCertificateLinkRegistered[]>;

  /** What came to the application and went, and why: the newest 20 entries, newest first. Absent in states of versions that kept none. */
  declare public readonly history: pulumi.Output<ApplicationCertificateLinkHistory[] | undefined>;

  /** The last line that this link added to the evidence, with `evidencePath` or `evidenceCommand`: `azure-certificates history` compares it with the file. */
  declare public readonly evidence: pulumi.Output<ApplicationCertificateLinkEvidence | undefined>;

  /** Certificates of the application when last looked, other people's included. */
  declare public readonly certificateCount: pulumi.Output<number>;
}
