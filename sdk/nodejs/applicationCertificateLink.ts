import type * as pulumi from "@pulumi/pulumi";
import { certificateArgument } from "./certificateArgument";
import { dynamicProps } from "./dynamicProps";
import type { ApplicationCertificateLinkInputs } from "./generated/applicationCertificateLink";
import {
  ApplicationCertificateLinkOutputs,
  applicationCertificateLinkOutputNames,
} from "./generated/applicationCertificateLink";
import type { ManagementCertificateOutputs } from "./generated/managementCertificate";

export interface ApplicationCertificateLinkArgs extends ApplicationCertificateLinkInputs {
  /** The certificate that the application is to accept, with its rotations and overlaps. Either this or `certificatePem`. */
  readonly certificate?: ManagementCertificateOutputs | undefined;
}

/**
 * This Entra app registration accepts this certificate and, during an overlap, its predecessor.
 *
 * @example
 * new ApplicationCertificateLink("pipeline", { appId, certificate: pipeline });
 */
export class ApplicationCertificateLink extends ApplicationCertificateLinkOutputs {
  constructor(name: string, args: ApplicationCertificateLinkArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "pulumi-nodejs:dynamic/azure-certificates:ApplicationCertificateLink",
      name,
      {
        ...dynamicProps(name, "applicationCertificateLink", applicationCertificateLinkOutputNames),
        ...certificateArgument(name, args),
      },
      options,
    );
  }
}
