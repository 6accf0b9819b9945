import type * as pulumi from "@pulumi/pulumi";
import type { CertificateRosterArgs } from "../rosterResources";
import { RosterResources } from "../rosterResources";
import { ManagementCertificate } from "./managementCertificate";
import { RosterSnapshot } from "./rosterSnapshot";
import { SubscriptionCertificateLink } from "./subscriptionCertificateLink";

/**
 * People in, certificates and links out: a YAML file says who works here, who shares a key, and which subscriptions
 * each of them opens. Whoever is taken out of the file loses their own certificate, and every key that they shared is
 * replaced and revoked, in the same update. Served by the plugin `pulumi-resource-azure-certificates`.
 *
 * @example
 * const staff = new CertificateRoster("contoso", { path: "team.yaml" });
 * export const onCallKey = staff.credential("groups/on-call").combinedPem;
 */
export class CertificateRoster extends RosterResources {
  constructor(name: string, args: CertificateRosterArgs, options: pulumi.ComponentResourceOptions = {}) {
    super({ RosterSnapshot, ManagementCertificate, SubscriptionCertificateLink }, name, args, options);
  }
}
