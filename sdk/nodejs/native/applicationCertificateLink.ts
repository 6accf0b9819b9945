import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationCertificateLinkArgs } from "../applicationCertificateLink";
import { certificateArgument } from "../certificateArgument";
import {
  ApplicationCertificateLinkOutputs,
  applicationCertificateLinkOutputNames,
} from "../generated/applicationCertificateLink";
import { declared } from "./declared";
import { pluginOptions } from "./pluginOptions";

/**
 * This Entra app registration accepts this certificate and, during an overlap, its predecessor; served by the plugin
 * `pulumi-resource-azure-certificates`.
 *
 * @example
 * new ApplicationCertificateLink("pipeline", { appId, certificate: pipeline });
 */
export class ApplicationCertificateLink extends ApplicationCertificateLinkOutputs {
  constructor(name: string, args: ApplicationCertificateLinkArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "azure-certificates:index:ApplicationCertificateLink",
      name,
      { ...declared(applicationCertificateLinkOutputNames), ...certificateArgument(name, args) },
      pluginOptions("ApplicationCertificateLink", options),
    );
  }
}
