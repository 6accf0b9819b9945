import * as pulumi from "@pulumi/pulumi";
import type { ApplicationCertificateLinkOutputs } from "./generated/applicationCertificateLink";
import type { ManagementCertificateOutputs } from "./generated/managementCertificate";
import type {
  SubscriptionCertificateLinkOutputs,
  SubscriptionCertificateLinkRegistered,
} from "./generated/subscriptionCertificateLink";
import { programError } from "./programError";

export interface CredentialArgs {
  readonly certificate: ManagementCertificateOutputs;
  /** The doors that whoever gets the credential wants to open. At least one. */
  readonly links: readonly (SubscriptionCertificateLinkOutputs | ApplicationCertificateLinkOutputs)[];
}

/** A key that all of its doors accept. */
export interface Credential {
  /** SHA-1 of the certificate, upper-case hexadecimal. */
  readonly thumbprint: pulumi.Output<string>;
  readonly certificatePem: pulumi.Output<string>;
  /** PKCS#8 PEM. Secret. */
  readonly privateKeyPem: pulumi.Output<string>;
  /** Certificate and key in one PEM text, as many tools want them in one file. Secret. */
  readonly combinedPem: pulumi.Output<string>;
}

/**
 * The certificate and its private key, as outputs that resolve only after every link has registered that version: a
 * consumer never gets a key that one of its doors still refuses.
 *
 * @example
 * const { combinedPem } = credential({ certificate: alice, links: [production, staging] });
 */
export function credential({ certificate, links }: CredentialArgs): Credential {
  if (links.length === 0) {
    throw programError("credential: give it at least one link, so that there is a door which the key opens");
  }
  const doors = links.map((link) => pulumi.all([nameOf(link), link.registered]));
  const accepted = pulumi.secret(
    pulumi
      .all([certificate.thumbprint, certificate.certificatePem, certificate.privateKeyPem, pulumi.all(doors)])
      .apply(([thumbprint, certificatePem, privateKeyPem, registrations]) => {
        for (const [door, registered] of registrations) {
          assertAccepted(thumbprint, door, registered);
        }
        return { thumbprint, certificatePem, privateKeyPem };
      }),
  );
  return {
    thumbprint: pulumi.unsecret(accepted.thumbprint),
    certificatePem: pulumi.unsecret(accepted.certificatePem),
    privateKeyPem: accepted.privateKeyPem,
    combinedPem: accepted.apply((version) => version.certificatePem + version.privateKeyPem),
  };
}

/** As sentences name a door. */
function nameOf(link: CredentialArgs["links"][number]): pulumi.Output<string> {
  return "subscriptionId" in link
    ? pulumi.interpolate`subscription ${link.subscriptionId}`
    : pulumi.all([link.appId, link.objectId]).apply(([appId, objectId]) => `application ${appId ?? objectId}`);
}

function assertAccepted(
  thumbprint: string,
  door: string,
  registered: readonly SubscriptionCertificateLinkRegistered[],
): void {
  const registration = registered.find((candidate) => candidate.thumbprint === thumbprint);
  if (registration === undefined || registration.missingSince !== undefined) {
    const why =
      registration === undefined
        ? "its link has not registered this version yet (was the link left out with --target?)"
        : `somebody else removed it from there (found missing on ${registration.missingSince})`;
    throw programError(
      `The credential ${thumbprint} is not handed out: ${door} does not accept it, because ${why}. Run an update that includes the link.`,
    );
  }
}
