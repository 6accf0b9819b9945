/**
 * Certificates that open Azure doors, as dynamic resources of a Pulumi program: nothing has to be installed besides.
 *
 * @module pulumi-azure-certificates
 */
export type { ApplicationCertificateLinkArgs } from "./applicationCertificateLink";
export { ApplicationCertificateLink } from "./applicationCertificateLink";
export type { CertificateFileArgs } from "./certificateFile";
export { CertificateFile } from "./certificateFile";
export { CertificateRoster } from "./certificateRoster";
export type { AppSettings, Credential, CredentialArgs, SignInArgs } from "./credential";
export { credential } from "./credential";
export type {
  ApplicationCertificateLinkEvidence,
  ApplicationCertificateLinkHistory,
  ApplicationCertificateLinkRegistered,
} from "./generated/applicationCertificateLink";
export type {
  MaintenanceWindow,
  ManagementCertificateLastRotation,
  ManagementCertificatePrevious,
} from "./generated/managementCertificate";
export type {
  SubscriptionCertificateLinkEvidence,
  SubscriptionCertificateLinkHistory,
  SubscriptionCertificateLinkRegistered,
} from "./generated/subscriptionCertificateLink";
export type { ManagementCertificateArgs } from "./managementCertificate";
export { ManagementCertificate } from "./managementCertificate";
export type { CertificateRosterArgs } from "./rosterResources";
export type { RosterSnapshotArgs } from "./rosterSnapshot";
export { RosterSnapshot } from "./rosterSnapshot";
export type { SubscriptionCertificateLinkArgs } from "./subscriptionCertificateLink";
export { SubscriptionCertificateLink } from "./subscriptionCertificateLink";
