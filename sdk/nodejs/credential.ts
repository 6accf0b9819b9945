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

/** Who signs in with the key. */
export interface SignInArgs {
  /** GUID of the Entra tenant. */
  readonly tenantId: pulumi.Input<string>;
  /** Client id (appId) of the app registration. */
  readonly clientId: pulumi.Input<string>;
  /** Where the program that signs in finds the key: best the output `path` of a CertificateFile, which is known once it is there. */
  readonly certificatePath?: pulumi.Input<string> | undefined;
  /** Of the file at `certificatePath`, where it has one. */
  readonly certificatePassword?: pulumi.Input<string> | undefined;
  /** Where tokens come from, in a cloud of its own. Default: `https://login.microsoftonline.com`. */
  readonly authorityHost?: pulumi.Input<string> | undefined;
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
  /**
   * PKCS#12 in base64, with the certificate and its key: 3DES and SHA-1, which every generation of Windows, .NET and
   * Azure reads; the same bytes for the same key and password. Secret.
   *
   * @param password Default: the empty password.
   */
  pfxBase64(password?: pulumi.Input<string>): pulumi.Output<string>;
  /**
   * What `DefaultAzureCredential` and `EnvironmentCredential` of every Azure SDK read: `AZURE_TENANT_ID`,
   * `AZURE_CLIENT_ID`, `AZURE_CLIENT_CERTIFICATE_PATH` and, where they are given, `AZURE_CLIENT_CERTIFICATE_PASSWORD` and
   * `AZURE_AUTHORITY_HOST`. The key itself is not among them: every child process would inherit it. Secret.
   *
   * @throws RunError without a certificatePath
   */
  environment(signIn: SignInArgs): pulumi.Output<Record<string, string>>;
  /**
   * What Microsoft.Identity.Web reads from appsettings.json: `{ AzureAd: { Instance, TenantId, ClientId, ClientCertificates } }`.
   * The certificate is at `certificatePath` (a PFX), or where none is given in the section itself, in base64. Secret.
   *
   * @see learn.microsoft.com/entra/msidweb/authentication/certificates
   */
  appsettings(signIn: SignInArgs): pulumi.Output<AppSettings>;
}

export interface AppSettings {
  readonly AzureAd: {
    readonly Instance: string;
    readonly TenantId: string;
    readonly ClientId: string;
    readonly ClientCertificates: readonly Readonly<Record<string, string>>[];
  };
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
  const pfxBase64 = (password?: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.secret(
      pulumi.all([accepted, password]).apply(async ([version, known]) => {
        // Loaded where it is needed: most programs hand out PEM.
        const { repeatablePfx } = await import("../../provider/certificate/keyFileContent.js");
        return repeatablePfx({ ...version, password: known }).toString("base64");
      }),
    );
  return {
    thumbprint: pulumi.unsecret(accepted.thumbprint),
    certificatePem: pulumi.unsecret(accepted.certificatePem),
    privateKeyPem: accepted.privateKeyPem,
    combinedPem: accepted.apply((version) => version.certificatePem + version.privateKeyPem),
    pfxBase64,
    environment: (signIn) => {
      if (signIn.certificatePath === undefined) {
        throw programError("credential.environment: give it the certificatePath, best the path of a CertificateFile");
      }
      return pulumi.secret(pulumi.all([accepted, signIn]).apply(([_, known]) => environmentOf(known)));
    },
    appsettings: (signIn) =>
      pulumi.secret(
        pulumi
          .all([accepted, signIn, signIn.certificatePath === undefined ? pfxBase64() : ""])
          .apply(([_, known, base64]) => appsettingsOf(known, base64)),
      ),
  };
}

type Known = pulumi.Unwrap<SignInArgs>;

/** @see learn.microsoft.com/dotnet/api/azure.identity.environmentcredential */
function environmentOf({
  tenantId,
  clientId,
  certificatePath,
  certificatePassword,
  authorityHost,
}: Known): Record<string, string> {
  return {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_CERTIFICATE_PATH: String(certificatePath),
    ...(certificatePassword !== undefined && { AZURE_CLIENT_CERTIFICATE_PASSWORD: certificatePassword }),
    ...(authorityHost !== undefined && { AZURE_AUTHORITY_HOST: authorityHost }),
  };
}

function appsettingsOf(
  { tenantId, clientId, certificatePath, certificatePassword, authorityHost = publicAuthority }: Known,
  base64: string,
): AppSettings {
  const certificate =
    certificatePath === undefined
      ? { SourceType: "Base64Encoded", Base64EncodedValue: base64 }
      : {
          SourceType: "Path",
          CertificateDiskPath: certificatePath,
          ...(certificatePassword !== undefined && { CertificatePassword: certificatePassword }),
        };
  return {
    AzureAd: {
      Instance: `${authorityHost.replace(/\/+$/, "")}/`,
      TenantId: tenantId,
      ClientId: clientId,
      ClientCertificates: [certificate],
    },
  };
}

const publicAuthority = "https://login.microsoftonline.com";

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
