// Generated from the definition of parsePublishSettings by `make schema`. Do not edit.
import * as pulumi from "@pulumi/pulumi";
import { version } from "../native/pluginOptions";

export interface PublishSettingsSubscription {
  /** GUID of the subscription, lower-case. */
  readonly id: string;
  /** What the file calls it; its id where it has no name there. */
  readonly name: string;
  /** Address of its Service Management API, as the file says. Nothing has checked that it is Azure's. */
  readonly managementEndpoint: string;
  /** The certificate that signs in to it, PEM. Public. */
  readonly certificatePem: string;
  /** SHA-1 of that certificate's DER: 40 upper-case hexadecimal digits. */
  readonly thumbprint: string;
  /** End of that certificate's validity, ISO 8601 in UTC. */
  readonly notAfter: string;
}

/** What parsePublishSettings is asked. */
export interface ParsePublishSettingsArgs {
  /** Text of a `.publishsettings` file, schema 1.0 or 2.0, at most 1,048,576 characters. Secret: it holds a private key. */
  readonly content: string;
}

/** What parsePublishSettings is asked, as Inputs. */
export interface ParsePublishSettingsOutputArgs {
  /** Text of a `.publishsettings` file, schema 1.0 or 2.0, at most 1,048,576 characters. Secret: it holds a private key. */
  readonly content: pulumi.Input<string>;
}

/** What parsePublishSettings answers. */
export interface ParsePublishSettingsResult {
  /** The subscriptions in the order of the file, at least one. */
  readonly subscriptions: PublishSettingsSubscription[];
}

/** Which subscriptions a publish-settings file is for, and with which certificates. Reads the text alone: no file, no network. The private keys stay in it: none is among the results. It does not say whether Azure still accepts the certificates; `getManagementCertificates` does. */
export function parsePublishSettings(
  args: ParsePublishSettingsArgs,
  options: pulumi.InvokeOptions = {},
): Promise<ParsePublishSettingsResult> {
  return pulumi.runtime.invoke("azure-certificates:index:parsePublishSettings", { ...args }, { version, ...options });
}

/** Which subscriptions a publish-settings file is for, and with which certificates. Reads the text alone: no file, no network. The private keys stay in it: none is among the results. It does not say whether Azure still accepts the certificates; `getManagementCertificates` does. */
export function parsePublishSettingsOutput(
  args: ParsePublishSettingsOutputArgs,
  options: pulumi.InvokeOutputOptions = {},
): pulumi.Output<ParsePublishSettingsResult> {
  return pulumi.runtime.invokeOutput(
    "azure-certificates:index:parsePublishSettings",
    { ...args },
    { version, ...options },
  );
}
