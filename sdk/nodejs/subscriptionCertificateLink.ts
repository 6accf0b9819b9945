import type * as pulumi from "@pulumi/pulumi";
import { dynamicProps } from "./dynamicProps";
import type { ManagementCertificateOutputs } from "./generated/managementCertificate";
import type { SubscriptionCertificateLinkInputs } from "./generated/subscriptionCertificateLink";
import {
  SubscriptionCertificateLinkOutputs,
  subscriptionCertificateLinkOutputNames,
} from "./generated/subscriptionCertificateLink";
import { programError } from "./programError";

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

/** The arguments as a provider takes them: of a certificate, what a link has to know of it. */
export function certificateArgument(
  name: string,
  { certificate, ...inputs }: SubscriptionCertificateLinkArgs,
): pulumi.Inputs {
  if (certificate !== undefined && inputs.certificatePem !== undefined) {
    throw programError(`${name}: give either certificate or certificatePem, not both`);
  }
  return certificate === undefined ? { ...inputs } : { ...inputs, certificate: versionsOf(certificate) };
}

function versionsOf({ certificatePem, previous, overlapHours }: ManagementCertificateOutputs): pulumi.Inputs {
  // Without its armour: it is in the state of every link.
  const der = certificatePem.apply((pem) => pem.replaceAll(/-----[^-]+-----|\s/g, ""));
  return { der, previous, overlapHours };
}
