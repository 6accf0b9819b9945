/** Certificates that open Azure doors, as resources of a Pulumi program. */
export { type Credential, type CredentialArgs, credential } from "./credential";
export type {
  ManagementCertificateLastRotation,
  ManagementCertificatePrevious,
} from "./generated/managementCertificate";
export type { SubscriptionCertificateLinkRegistered } from "./generated/subscriptionCertificateLink";
export { ManagementCertificate, type ManagementCertificateArgs } from "./managementCertificate";
export { SubscriptionCertificateLink, type SubscriptionCertificateLinkArgs } from "./subscriptionCertificateLink";
