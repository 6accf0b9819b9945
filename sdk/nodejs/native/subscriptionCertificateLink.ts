import type * as pulumi from "@pulumi/pulumi";
import { certificateArgument } from "../certificateArgument";
import {
  SubscriptionCertificateLinkOutputs,
  subscriptionCertificateLinkOutputNames,
} from "../generated/subscriptionCertificateLink";
import type { SubscriptionCertificateLinkArgs } from "../subscriptionCertificateLink";
import { declared } from "./declared";
import { pluginOptions } from "./pluginOptions";

/**
 * This subscription accepts this certificate and, during an overlap, its predecessor; served by the plugin
 * `pulumi-resource-azure-certificates`.
 *
 * @example
 * new SubscriptionCertificateLink("alice-production", { subscriptionId, certificate: alice });
 */
export class SubscriptionCertificateLink extends SubscriptionCertificateLinkOutputs {
  constructor(name: string, args: SubscriptionCertificateLinkArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "azure-certificates:index:SubscriptionCertificateLink",
      name,
      { ...declared(subscriptionCertificateLinkOutputNames), ...certificateArgument(name, args) },
      pluginOptions("SubscriptionCertificateLink", options),
    );
  }
}
