import { parseCertificate } from "../certificate/parse";
import { readPemBundle } from "../certificate/pemBundle";
import { readPfx } from "../certificate/pfx";
import { type PublishSettingsSubscription, parsePublishSettings } from "../certificate/publishSettings";
import { CertificateError, ConfigurationError } from "../errors";
import {
  type ClientCertificateSource,
  type CredentialSource,
  environmentVariableOf,
  type ProviderConfiguration,
  type PublishSettingsSource,
} from "./configuration";
import type { CertificateCredential, Credential } from "./credential";
import { assertTrustedAddress, isKnownCloud } from "./knownClouds";
import { readProtectedFile } from "./protectedFile";
import type { SubscriptionAddress } from "./subscriptionAddress";
import { tokenCredential } from "./token";

/** The credentials of a run, read when the first request needs them and then kept in memory only. */
export interface Credentials {
  /**
   * What to try for a subscription, in order. A source is opened only when everything before it did not do.
   *
   * @throws ConfigurationError ERR_CONFIGURATION, CertificateError ERR_CERTIFICATE_INVALID
   */
  candidates(at: SubscriptionAddress): AsyncGenerator<Credential, void>;
}

/** What one source has for a subscription; null: nothing. */
type OpenSource = (at: SubscriptionAddress) => Credential | null;

export function credentials(
  configuration: Pick<ProviderConfiguration, "credentials" | "managementEndpoint">,
  now: () => Date,
): Credentials {
  const opened = new Map<CredentialSource, Promise<OpenSource>>();

  function open(source: CredentialSource): Promise<OpenSource> {
    let promise = opened.get(source);
    if (promise === undefined) {
      promise = openSource(source, configuration.managementEndpoint);
      opened.set(source, promise);
      // A file that could not be read may be there next time.
      promise.catch(() => opened.delete(source));
    }
    return promise;
  }

  return {
    candidates: async function* (at) {
      let found = false;
      for (const source of configuration.credentials) {
        const credential = (await open(source))(at);
        if (credential !== null) {
          if (credential.kind === "certificate") {
            assertValid(credential, now());
          }
          found = true;
          yield credential;
        }
      }
      if (!found) {
        throw noCredential(configuration.credentials, at);
      }
    },
  };
}

async function openSource(source: CredentialSource, configuredEndpoint: string): Promise<OpenSource> {
  switch (source.authentication) {
    case "token": {
      const credential = tokenCredential(source);
      return () => credential;
    }
    case "clientCertificate": {
      const credential = await openClientCertificate(source);
      return () => credential;
    }
    case "publishSettings":
      return openPublishSettings(source, configuredEndpoint);
  }
}

async function openClientCertificate(source: ClientCertificateSource): Promise<CertificateCredential> {
  const { certificate, setting } = source;
  const password = source.password?.();
  if ("certificatePem" in certificate) {
    return named(setting, () =>
      certificateCredential(source, readPemBundle(`${certificate.certificatePem}\n${certificate.keyPem()}`, password)),
    );
  }
  const bytes = await readProtectedFile(certificate.path, setting);
  return named(setting, () =>
    certificateCredential(
      source,
      bytes.includes("-----BEGIN ") ? readPemBundle(bytes.toString("utf8"), password) : readPfx(bytes, password ?? ""),
    ),
  );
}

async function openPublishSettings(source: PublishSettingsSource, configuredEndpoint: string): Promise<OpenSource> {
  const { settings, setting } = source;
  const xml =
    "path" in settings ? (await readProtectedFile(settings.path, setting)).toString("utf8") : settings.content();
  const subscriptions = named(setting, () => parsePublishSettings(xml));
  const made = new Map<string, CertificateCredential>();
  return (at) => {
    const subscription = subscriptions.find(({ id }) => id === at.subscriptionId.toLowerCase());
    if (subscription === undefined) {
      return null;
    }
    assertSameCloud(subscription, at, setting, configuredEndpoint);
    const credential = made.get(subscription.id) ?? named(setting, () => certificateCredential(source, subscription));
    made.set(subscription.id, credential);
    return credential;
  };
}

/** A file for another cloud would only earn a refusal that says nothing about the reason. */
function assertSameCloud(
  { id, managementEndpoint }: PublishSettingsSubscription,
  at: SubscriptionAddress,
  setting: string,
  configuredEndpoint: string,
): void {
  const named = URL.parse(managementEndpoint);
  if (named === null) {
    throw new ConfigurationError({ what: `${setting} holds no usable address for subscription ${id}.` });
  }
  assertTrustedAddress(named, setting, [configuredEndpoint, at.endpoint]);
  const asked = new URL(at.endpoint);
  if (named.origin !== asked.origin && isKnownCloud(asked.hostname)) {
    throw new ConfigurationError({
      what: `${setting} says that subscription ${id} is at ${named.origin}, but the request is for ${asked.origin}.`,
      todo: `Set azure-certificates:managementEndpoint or ${environmentVariableOf("managementEndpoint")} to ${named.origin}.`,
    });
  }
}

function certificateCredential(
  { setting, stored }: CredentialSource,
  { privateKeyPem, certificatePem }: { readonly privateKeyPem: string; readonly certificatePem: string },
): CertificateCredential {
  const { thumbprint, notBefore, notAfter } = parseCertificate(certificatePem);
  return {
    kind: "certificate",
    setting,
    stored,
    thumbprint,
    notBefore,
    notAfter,
    tls: () => ({ key: privateKeyPem, cert: certificatePem }),
  };
}

/** Errors of the parsers don't know which setting they are about. */
function named<T>(setting: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CertificateError) {
      throw new CertificateError({ what: `What ${setting} gives can't be used.`, todo: error.message });
    }
    throw error;
  }
}

function assertValid({ thumbprint, notBefore, notAfter, setting }: CertificateCredential, now: Date): void {
  const problem =
    now > notAfter
      ? `has expired: it was valid until ${isoSeconds(notAfter)}`
      : now < notBefore
        ? `is not valid yet: it is valid from ${isoSeconds(notBefore)}`
        : null;
  if (problem !== null) {
    throw new CertificateError({
      what: `The client certificate from ${setting} ${problem}. Nothing was sent.`,
      todo: `Give one that is valid on ${isoSeconds(now)} and registered on the subscription, or correct this machine's clock.`,
      facts: { thumbprint },
    });
  }
}

/** As openssl and the portal show dates: nobody reads milliseconds of a validity. */
function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function noCredential(sources: readonly CredentialSource[], at: SubscriptionAddress): ConfigurationError {
  const facts = { subscription: at.subscriptionId, endpoint: at.endpoint };
  if (sources.length === 0) {
    return new ConfigurationError({
      what: "No credential is configured, so no subscription can be asked.",
      todo: `Set ${environmentVariableOf("clientCertificatePath")} or ${environmentVariableOf("publishSettingsPath")}, or the same keys in the stack's configuration (azure-certificates:clientCertificatePath).`,
      facts,
    });
  }
  return new ConfigurationError({
    what: `The publish settings from ${sources.map(({ setting }) => setting).join(" and ")} hold no certificate for this subscription.`,
    todo: "Download them again with an account that administers the subscription, or give a client certificate that is registered there.",
    facts,
  });
}
