import type { KeyAndCertificate } from "../certificate/pairing";
import { parseCertificate } from "../certificate/parse";
import { ConfigurationError } from "../errors";
import { environmentVariableOf, type ProviderConfiguration } from "./configuration";
import type { Credential } from "./credential";
import { authorityOptions, defaultScope } from "./entraAuthority";
import { managementCertificates } from "./managementCertificates";
import { managementService } from "./managementService";
import type { SubscriptionAddress } from "./subscriptionAddress";
import { importIdentity, loadIdentity, tokenFrom } from "./token";
import { type SharedTransport, Transport } from "./transport";

/** Signs in with a key as whoever holds it does, and changes nothing. Whatever it throws says why the key does not do. */
export interface KeyTrial {
  /** Asks a subscription for its list, over mutual TLS. */
  onSubscription(at: SubscriptionAddress, key: KeyAndCertificate): Promise<void>;
  /** Gets a token for an application. */
  asApplication(clientId: string, key: KeyAndCertificate): Promise<void>;
}

const setting = "the certificate to be proved";

/** @param load replaces the package in tests */
export function keyTrial(
  configuration: ProviderConfiguration,
  shared: SharedTransport,
  load = importIdentity,
): KeyTrial {
  return {
    onSubscription: async (at, { certificatePem, privateKeyPem }) => {
      const { thumbprint, notBefore, notAfter } = parseCertificate(certificatePem);
      const tls = () => ({ key: privateKeyPem, cert: certificatePem });
      const credential: Credential = {
        kind: "certificate",
        setting,
        stored: false,
        thumbprint,
        notBefore,
        notAfter,
        tls,
      };
      const service = {
        ...managementService(configuration, shared.ports.now),
        candidates: async function* () {
          yield credential;
        },
      };
      await managementCertificates(new Transport(service, shared)).list(at);
    },
    asApplication: async (clientId, { certificatePem, privateKeyPem }) => {
      const { tenantId, graphEndpoint } = configuration.entra;
      if (tenantId === null) {
        throw new ConfigurationError({
          what: "It is not known which tenant to sign in to.",
          todo: `Set azure-certificates:tenantId or ${environmentVariableOf("tenantId")}.`,
        });
      }
      const { ClientCertificateCredential } = await loadIdentity(load, "verify: used");
      const both = { certificate: `${certificatePem}${privateKeyPem}` };
      const signer = new ClientCertificateCredential(tenantId, clientId, both, await authorityOptions(configuration));
      const token = tokenFrom({ scopeOf: defaultScope, todo: "" }, async () => signer);
      await token(graphEndpoint, shared.ports.signal);
    },
  };
}
