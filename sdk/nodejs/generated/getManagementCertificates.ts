// Generated from the definition of getManagementCertificates by `make schema`. Do not edit.
import * as pulumi from "@pulumi/pulumi";
import { version } from "../native/pluginOptions";

export interface RegisteredCertificate {
  /** SHA-1 of the certificate's DER: 40 upper-case hexadecimal digits. */
  readonly thumbprint: string;
  /** Whether it is an X.509 certificate inside its validity (RFC 5280, 4.1.2.5) at the time of the call. Whoever has its key can sign in then; an expired one opens nothing. */
  readonly valid: boolean;
  /** When it was registered, as the service writes it. */
  readonly createdAt: string;
  /** Subject, as `CN=alice, OU=access/prod`. Absent for what is no certificate. */
  readonly subject?: string | undefined;
  /** Start of its validity, ISO 8601 in UTC. Absent for what is no certificate, as old uploads of a PFX. */
  readonly notBefore?: string | undefined;
  /** End of its validity, ISO 8601 in UTC. Absent for what is no certificate. */
  readonly notAfter?: string | undefined;
  /** Length of its RSA key in bits. Absent for any other key. */
  readonly rsaBits?: number | undefined;
  /** The lineage of the ManagementCertificate that made it. Absent for certificates of anybody else. */
  readonly lineage?: string | undefined;
}

/** What getManagementCertificates is asked. */
export interface GetManagementCertificatesArgs {
  /** GUID of the subscription. */
  readonly subscriptionId: string;

  /** Address of the Service Management API. Default: the provider's `managementEndpoint`. */
  readonly managementEndpoint?: string | undefined;
}

/** What getManagementCertificates is asked, as Inputs. */
export interface GetManagementCertificatesOutputArgs {
  /** GUID of the subscription. */
  readonly subscriptionId: pulumi.Input<string>;

  /** Address of the Service Management API. Default: the provider's `managementEndpoint`. */
  readonly managementEndpoint?: pulumi.Input<string> | undefined;
}

/** What getManagementCertificates answers. */
export interface GetManagementCertificatesResult {
  /** GUID of the subscription, lower-case. */
  readonly subscriptionId: string;

  /** Address of the Service Management API that was asked. */
  readonly managementEndpoint: string;

  /** All management certificates of the subscription, other people's included, by thumbprint. */
  readonly certificates: RegisteredCertificate[];
}

/** Who could sign in to this subscription with a certificate: all its management certificates, with subject, validity and lineage. Asks the service each time it is called, in previews too, so it needs a credential there. It can't know who holds the keys. */
export function getManagementCertificates(
  args: GetManagementCertificatesArgs,
  options: pulumi.InvokeOptions = {},
): Promise<GetManagementCertificatesResult> {
  return pulumi.runtime.invoke(
    "azure-certificates:index:getManagementCertificates",
    { ...args },
    { version, ...options },
  );
}

/** Who could sign in to this subscription with a certificate: all its management certificates, with subject, validity and lineage. Asks the service each time it is called, in previews too, so it needs a credential there. It can't know who holds the keys. */
export function getManagementCertificatesOutput(
  args: GetManagementCertificatesOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<GetManagementCertificatesResult> {
  return pulumi.runtime.invokeOutput(
    "azure-certificates:index:getManagementCertificates",
    { ...args },
    { version, ...options },
  );
}
