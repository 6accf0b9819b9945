/**
 * The same resources as in the package's root, served by the native plugin instead of Pulumi's dynamic providers: previews
 * name the property that changes, links can be imported, secrets and time-outs reach the provider.
 *
 * `azure-certificates install-plugin` tells a project where the plugin is. A program that changes over from the root
 * export keeps its certificates and links as they are.
 *
 * @module pulumi-azure-certificates/native
 */
export type { ApplicationCertificateLinkArgs } from "./applicationCertificateLink";
export type { CertificateFileArgs } from "./certificateFile";
export type { AppSettings, Credential, CredentialArgs, SignInArgs } from "./credential";
export { credential } from "./credential";
export type {
  ApplicationCertificateLinkEvidence,
  ApplicationCertificateLinkHistory,
  ApplicationCertificateLinkRegistered,
} from "./generated/applicationCertificateLink";
export type {
  GetManagementCertificatesArgs,
  GetManagementCertificatesOutputArgs,
  GetManagementCertificatesResult,
  RegisteredCertificate,
} from "./generated/getManagementCertificates";
export { getManagementCertificates, getManagementCertificatesOutput } from "./generated/getManagementCertificates";
export type {
  MaintenanceWindow,
  ManagementCertificateLastRotation,
  ManagementCertificatePrevious,
} from "./generated/managementCertificate";
export type {
  ParsePublishSettingsArgs,
  ParsePublishSettingsOutputArgs,
  ParsePublishSettingsResult,
  PublishSettingsSubscription,
} from "./generated/parsePublishSettings";
export { parsePublishSettings, parsePublishSettingsOutput } from "./generated/parsePublishSettings";
export type { AllowedRemoval } from "./generated/provider";
export type {
  SubscriptionCertificateLinkEvidence,
  SubscriptionCertificateLinkHistory,
  SubscriptionCertificateLinkRegistered,
} from "./generated/subscriptionCertificateLink";
export type { ManagementCertificateArgs } from "./managementCertificate";
export { ApplicationCertificateLink } from "./native/applicationCertificateLink";
export { CertificateFile } from "./native/certificateFile";
export { CertificateRoster } from "./native/certificateRoster";
export { ManagementCertificate } from "./native/managementCertificate";
export type { ProviderArgs } from "./native/provider";
export { Provider } from "./native/provider";
export { RosterSnapshot } from "./native/rosterSnapshot";
export { SubscriptionCertificateLink } from "./native/subscriptionCertificateLink";
export type { CertificateRosterArgs } from "./rosterResources";
export type { RosterSnapshotArgs } from "./rosterSnapshot";
export type { SubscriptionCertificateLinkArgs } from "./subscriptionCertificateLink";
