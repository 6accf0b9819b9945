// Generated from the definition of ManagementCertificate by `make schema`. Do not edit.
import * as pulumi from "@pulumi/pulumi";

export interface ManagementCertificatePrevious {
  /** SHA-1 of the DER, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** End of its validity, ISO 8601 in UTC. */
  readonly notAfter: string;
  /** Whether it is taken off every subscription at once and never registered again. */
  readonly revoked: boolean;
  /** Everybody listed in `holders` at any moment while it was current. */
  readonly heldBy: string[];
}

export interface ManagementCertificateLastRotation {
  /** When it rotated, ISO 8601 in UTC. */
  readonly at: string;
  /** All reasons, strictest first. */
  readonly reasons: string[];
}

export interface MaintenanceWindow {
  /** When the window opens: minute, hour, day of month, month, day of week, as `0 22 * * SAT`. Names (`SAT`, `JAN`), lists, ranges, steps, `L` for the last and `#` for the nth of a month are understood. An hour that the clocks leave out is the moment after the gap; one that they go through twice counts once. */
  readonly cron: pulumi.Input<string>;
  /** Hours for which it stays open, from a quarter of one. They are hours that pass, also across a change of the clocks. */
  readonly durationHours: pulumi.Input<number>;
  /** IANA name of the time zone that `cron` is meant in, as `Europe/Berlin`. Default: `UTC`. */
  readonly timeZone?: pulumi.Input<string> | undefined;
}

/** What a program says about a ManagementCertificate. */
export interface ManagementCertificateInputs {
  /** Common name of the subject (RFC 5280, 4.1.2.6): whoever reads the portal's list of certificates sees whose it is. 1 to 64 characters. Default: the resource's name. A changed value rotates the certificate, with overlap; a changed default does not. */
  readonly commonName?: pulumi.Input<string> | undefined;

  /** Organization of the subject. 1 to 64 characters. Default: none. A change rotates the certificate, with overlap. */
  readonly organization?: pulumi.Input<string> | undefined;

  /** Organizational unit of the subject. 1 to 64 characters. Default: `<project>/<stack>`. A changed value rotates the certificate, with overlap; a changed default does not. */
  readonly organizationalUnit?: pulumi.Input<string> | undefined;

  /** Length of the RSA key in bits: 2048, 3072, 4096. Default: 2048, the least that Azure accepts (Add Management Certificate). A change rotates the certificate, with overlap. */
  readonly rsaBits?: pulumi.Input<2048 | 3072 | 4096> | undefined;

  /** Hours from `issuedAt` to `notAfter`. Default: 8760 (one year). A change rotates the certificate, with overlap. */
  readonly validityPeriodHours?: pulumi.Input<number> | undefined;

  /** The renewal window opens this many hours before `notAfter` (at `renewalTime`); the first update inside it rotates the certificate. Default: a third of `validityPeriodHours`, as cert-manager and ACME clients do. Rotation happens only when an update runs: nothing here runs by itself. A change moves dates and rotates nothing that is not due by them. */
  readonly renewBeforeHours?: pulumi.Input<number> | undefined;

  /** Hours after `issuedAt` at which the certificate is due as well. Default: none, so that only the renewal window counts. A change moves dates and rotates nothing that is not due by them. */
  readonly rotateEveryHours?: pulumi.Input<number> | undefined;

  /** What is due by date (`renewBeforeHours`, `rotateEveryHours`) is due up to so many hours earlier: which part of them is drawn once for each version and stored as `spreadFraction`, so that certificates made on one day are not due on one day. Never later. Default: 0. A change moves dates, draws nothing anew, and rotates nothing that is not due by them. */
  readonly spreadHours?: pulumi.Input<number> | undefined;

  /** When a rotation that is due by date may happen. Outside of these windows it waits for the next one, and the preview says for which. It does not wait where none opens that leaves `overlapHours` before `notAfter`. Nor does anything else wait: a leaver, a compromised or expired certificate, a changed trigger or specification, the retirement of a predecessor. Default: none, so that any time will do. A change rotates nothing that is not due. */
  readonly maintenanceWindows?: pulumi.Input<pulumi.Input<MaintenanceWindow>[]> | undefined;

  /** Hours for which a link keeps the previous certificate accepted, counted on each subscription from the registration of its successor there. It ends with the first update after that. Default: 168 (one week), or half of `renewBeforeHours` where that is less. A revoked certificate has no overlap. */
  readonly overlapHours?: pulumi.Input<number> | undefined;

  /** Any changed, added or removed value rotates the certificate, with overlap. Not secret: the values are shown in previews. Default: none. */
  readonly rotationTriggers?: pulumi.Input<{ [key: string]: pulumi.Input<string> }> | undefined;

  /** Who can read the private key: names or addresses, compared trimmed and without regard to case. When one of them is no longer listed, the next update rotates the certificate without overlap, and every version that person ever held is revoked. Default: not tracked, which is not the same as an empty list. Nothing checks that the list is complete. */
  readonly holders?: pulumi.Input<pulumi.Input<string>[]> | undefined;

  /** Thumbprints (SHA-1, 40 hexadecimal digits) of certificates of this lineage that are revoked with the next update and never registered again. If the current one is listed, it rotates without overlap. Default: none. */
  readonly compromised?: pulumi.Input<pulumi.Input<string>[]> | undefined;

  /** Minutes by which `notBefore` (RFC 5280, 4.1.2.5) lies before `issuedAt`, for clocks that differ. Default: 60, as Let's Encrypt does. A change takes effect with the next rotation. */
  readonly backdateMinutes?: pulumi.Input<number> | undefined;
}

/** Names of all outputs: a resource has to declare them to Pulumi before they have a value. */
export const managementCertificateOutputNames: readonly string[] = [
  "lineage",
  "revision",
  "issuedAt",
  "thumbprint",
  "sha256Fingerprint",
  "serialNumber",
  "subject",
  "commonName",
  "organization",
  "organizationalUnit",
  "notBefore",
  "notAfter",
  "renewalTime",
  "spreadFraction",
  "overlapHours",
  "certificatePem",
  "privateKeyPem",
  "heldBy",
  "previous",
  "lastRotation",
];

/** Names of the outputs that are secret. */
export const managementCertificateSecretOutputNames: readonly string[] = ["privateKeyPem"];

/**
 * An RSA key pair and a self-signed X.509 v3 certificate (SHA-256 with RSA, for client authentication), made on the machine that runs the update; Azure sees the public half only. It opens nothing until a SubscriptionCertificateLink registers it.
 *
 * A rotation makes a new key and a new certificate in place: on schedule, when a trigger changes, at once when a holder leaves or a version is compromised. It happens when an update runs, never by itself. There is no revocation list: a key that is known to somebody works until its certificate is taken off every subscription. The resource can't be imported, because an id can't carry a key.
 */
export abstract class ManagementCertificateOutputs extends pulumi.CustomResource {
  /** UUID drawn at creation, constant over all rotations; every version carries it as SAN `urn:uuid:<lineage>`. */
  declare public readonly lineage: pulumi.Output<string>;

  /** Counts the versions, from 1. */
  declare public readonly revision: pulumi.Output<number>;

  /** When the current version was made, ISO 8601 in UTC, whole seconds. Schedules count from here. */
  declare public readonly issuedAt: pulumi.Output<string>;

  /** SHA-1 of the current certificate's DER: 40 upper-case hexadecimal digits. */
  declare public readonly thumbprint: pulumi.Output<string>;

  /** SHA-256 of the current certificate's DER: 64 upper-case hexadecimal digits. */
  declare public readonly sha256Fingerprint: pulumi.Output<string>;

  /** 128-bit random serial number, upper-case hexadecimal. */
  declare public readonly serialNumber: pulumi.Output<string>;

  /** Subject, which is also the issuer, as `CN=alice, OU=access/prod`. */
  declare public readonly subject: pulumi.Output<string>;

  /** Common name of the current version. */
  declare public readonly commonName: pulumi.Output<string>;

  /** Organization of the current version, where it has one. */
  declare public readonly organization: pulumi.Output<string | undefined>;

  /** Organizational unit of the current version, where it has one. */
  declare public readonly organizationalUnit: pulumi.Output<string | undefined>;

  /** Start of the validity, ISO 8601 in UTC: `issuedAt` less `backdateMinutes`. */
  declare public readonly notBefore: pulumi.Output<string>;

  /** End of the validity, ISO 8601 in UTC: `issuedAt` plus `validityPeriodHours`. */
  declare public readonly notAfter: pulumi.Output<string>;

  /** From here until `notAfter` is the renewal window: the next update rotates the certificate, or the next one in a maintenance window where there are any. ISO 8601 in UTC. */
  declare public readonly renewalTime: pulumi.Output<string>;

  /** Which part of `spreadHours` earlier the current version is due: 0 to 1, drawn when it was made. Absent, and taken as 0, where an earlier version of this package made it. */
  declare public readonly spreadFraction: pulumi.Output<number | undefined>;

  /** Hours of overlap in force. */
  declare public readonly overlapHours: pulumi.Output<number>;

  /** The current certificate, PEM. Public. */
  declare public readonly certificatePem: pulumi.Output<string>;

  /** The private key of the current certificate, PKCS #8 PEM. Secret, and kept in the state. A subscription may not accept it yet: in a Node program, hand it out with `credential()`, which waits for the links; elsewhere, let what uses it depend on them. */
  declare public readonly privateKeyPem: pulumi.Output<string>;

  /** Everybody listed in `holders` at any moment while this version was current. */
  declare public readonly heldBy: pulumi.Output<string[]>;

  /** Superseded versions, newest first, at most 2. No bytes: a superseded certificate is never uploaded again. */
  declare public readonly previous: pulumi.Output<ManagementCertificatePrevious[]>;

  /** The latest rotation; absent until there was one. */
  declare public readonly lastRotation: pulumi.Output<ManagementCertificateLastRotation | undefined>;
}
