import type * as pulumi from "@pulumi/pulumi";
import { certificateArgument } from "./certificateArgument";
import { dynamicProps } from "./dynamicProps";
import type { ManagementCertificateOutputs } from "./generated/managementCertificate";
import type { SubscriptionCertificateLinkInputs } from "./generated/subscriptionCertificateLink";
import {
  SubscriptionCertificateLinkOutputs,
  subscriptionCertificateLinkOutputNames,
} from "./generated/subscriptionCertificateLink";

export interface SubscriptionCertificateLinkArgs extends SubscriptionCertificateLinkInputs {
  /** The certificate that the subscription is to accept, with its rotations and overlaps. Either this or `certificatePem`. */
  readonly certificate?: ManagementCertificateOutputs | undefined;
}

/**
 * This subscription accepts this certificate and, during an overlap, its predecessor.
 *
 * @example
 * new SubscriptionCertificateLink("alice-production", { subscriptionId, certificate: alice });
 */
export class SubscriptionCertificateLink extends SubscriptionCertificateLinkOutputs {
  constructor(name: string, args: SubscriptionCertificateLinkArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "pulumi-nodejs:dynamic/azure-certificates:SubscriptionCertificateLink",
      name,
      {
        ...dynamicProps(name, "subscriptionCertificateLink", subscriptionCertificateLinkOutputNames),
        ...certificateArgument(name, args),
      },
      options,
    );
  }
}
