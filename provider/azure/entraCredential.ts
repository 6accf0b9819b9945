import { parseCertificate } from "../certificate/parse";
import { readPemBundle } from "../certificate/pemBundle";
import { environmentVariableOf } from "./configuration";
import type { OwnApplication, TokenCredential } from "./credential";
import { authorityOptions, defaultScope, type EntraSettings } from "./entraAuthority";
import { proofOfPossession } from "./proofOfPossession";
import { readProtectedFile } from "./protectedFile";
import { importIdentity, loadIdentity, tokenFrom } from "./token";

/**
 * Who signs in to Entra, opened when the first request needs it: the application and the certificate that the configuration
 * names, else whatever `DefaultAzureCredential` of `@azure/identity` finds.
 *
 * @param load replaces the package in tests
 */
export function entraCredential(configuration: EntraSettings, load = importIdentity): () => Promise<TokenCredential> {
  let opened: Promise<TokenCredential> | undefined;

  async function open(): Promise<TokenCredential> {
    const options = await authorityOptions(configuration);
    const { certificate } = configuration.entra;
    if (certificate === null) {
      const { DefaultAzureCredential } = await loadIdentity(load, "ApplicationCertificateLink");
      const signer = new DefaultAzureCredential(options);
      return {
        kind: "token",
        setting: "DefaultAzureCredential",
        stored: false,
        thumbprint: null,
        token: tokenFrom({ scopeOf: defaultScope, todo: signIn }, async () => signer),
      };
    }
    const { path, setting, stored, tenantId, clientId } = certificate;
    const pem = readPemBundle((await readProtectedFile(path, setting)).toString("utf8"), undefined);
    const { thumbprint } = parseCertificate(pem.certificatePem);
    const { ClientCertificateCredential } = await loadIdentity(load, setting);
    const both = { certificate: `${pem.certificatePem}${pem.privateKeyPem}` };
    const signer = new ClientCertificateCredential(tenantId, clientId, both, options);
    const todo = `Check that the application ${clientId} has this certificate, and that it is valid.`;
    const own: OwnApplication = {
      clientId,
      prove: (objectId, now) => proofOfPossession({ privateKeyPem: pem.privateKeyPem, thumbprint }, objectId, now),
    };
    return {
      kind: "token",
      setting,
      stored,
      thumbprint,
      token: tokenFrom({ scopeOf: defaultScope, todo }, async () => signer),
      own,
    };
  }

  return () => {
    opened ??= open();
    // A file that could not be read may be there next time.
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
}

const signIn = `Sign in, for instance with \`az login\`, or set ${environmentVariableOf("entraCertificatePath")} with the tenant and the client id.`;
