import type * as pulumi from "@pulumi/pulumi";
import { dynamicProps } from "./dynamicProps";
import type { SubscriptionCertificateLinkInputs } from "./generated/subscriptionCertificateLink";
import {
  SubscriptionCertificateLinkOutputs,
  subscriptionCertificateLinkOutputNames,
} from "./generated/subscriptionCertificateLink";
import type { ManagementCertificate } from "./managementCertificate";
import { programError } from "./programError";

export interface SubscriptionCertificateLinkArgs extends SubscriptionCertificateLinkInputs {
  /** The certificate that the subscription is to accept, with its rotations and overlaps. Either this or `certificatePem`. */
  readonly certificate?: ManagementCertificate | undefined;
}

/**
 * This subscription accepts this certificate and, during an overlap, its predecessor.
 *
 * @example
 * new SubscriptionCertificateLink("alice-production", { subscriptionId, certificate: alice });
 */
export class SubscriptionCertificateLink extends SubscriptionCertificateLinkOutputs {
  constructor(name: string, args: SubscriptionCertificateLinkArgs, options: pulumi.CustomResourceOptions = {}) {
    const { certificate, ...inputs } = args;
    if (certificate !== undefined && inputs.certificatePem !== undefined) {
      throw programError(`${name}: give either certificate or certificatePem, not both`);
    }
    super(
      "pulumi-nodejs:dynamic/azure-certificates:SubscriptionCertificateLink",
      name,
      {
        ...dynamicProps(name, "subscriptionCertificateLink", subscriptionCertificateLinkOutputNames),
        ...inputs,
        ...(certificate === undefined ? {} : { certificate: versionsOf(certificate) }),
      },
      options,
    );
  }
}

function versionsOf({ certificatePem, previous, overlapHours }: ManagementCertificate): pulumi.Inputs {
  // Without its armour: it is in the state of every link.
  const der = certificatePem.apply((pem) => pem.replaceAll(/-----[^-]+-----|\s/g, ""));
  return { der, previous, overlapHours };
}
