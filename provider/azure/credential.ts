import type { SecureContextOptions } from "node:tls";

interface CredentialOrigin {
  /** The setting that it came from: what errors call it. */
  readonly setting: string;
  readonly stored: boolean;
}

/** A management certificate with its key. The key is behind a function, so that printing a credential does not print it. */
export interface CertificateCredential extends CredentialOrigin {
  readonly kind: "certificate";
  readonly thumbprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly tls: () => Required<Pick<SecureContextOptions, "key" | "cert">>;
}

/** The application that a run signs in as with a key of its own. */
export interface OwnApplication {
  readonly clientId: string;
  /** Says, signed with that key, that the application may change its keys. */
  readonly prove: (objectId: string, now: Date) => Promise<string>;
}

/** A bearer token of Entra. */
export interface TokenCredential extends CredentialOrigin {
  readonly kind: "token";
  /** Of the certificate that it was had with, where that is known. */
  readonly thumbprint: string | null;
  readonly token: (endpoint: string, signal: AbortSignal) => Promise<string>;
  /** Absent where the key is not ours to sign with. */
  readonly own?: OwnApplication;
}

export type Credential = CertificateCredential | TokenCredential;

/** Who a credential says that we are, as records keep it: a thumbprint, or an application. What a token alone would tell is not looked into. */
export function signerOf(credential: Credential): string {
  return credential.kind === "certificate"
    ? credential.thumbprint
    : credential.own === undefined
      ? `token (${credential.setting})`
      : `application ${credential.own.clientId}`;
}

/** What errors call a credential: where it came from and which certificate it is, never what is in it. */
export function describeCredential(credential: Credential): string {
  return credential.kind === "token"
    ? `the token (from ${credential.setting})`
    : `the certificate ${credential.thumbprint} (from ${credential.setting})`;
}
