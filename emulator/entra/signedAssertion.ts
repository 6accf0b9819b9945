import { createHash, X509Certificate } from "node:crypto";
import { compactVerify, decodeJwt, decodeProtectedHeader } from "jose";
import { z } from "zod";
import type { KeyCredential } from "./directory";

/** How long before or after its time an assertion is still taken. */
const leewaySeconds = 300;

/** Some clients pad base64url, and some write seconds with a fraction. */
const thumbprintHeader = z.string().regex(/^[A-Za-z0-9_-]+=?$/);
const headerSchema = z.object({
  alg: z.enum(["RS256", "PS256"]),
  x5t: thumbprintHeader.optional(),
  "x5t#S256": thumbprintHeader.optional(),
  kid: z.string().optional(),
});
const claimsSchema = z.object({
  aud: z.string(),
  iss: z.string(),
  sub: z.string().optional(),
  exp: z.number(),
  nbf: z.number().optional(),
});

export type Claims = z.infer<typeof claimsSchema>;

/** A token that a client signed with a certificate's key, before it is known which. */
export interface SignedAssertion {
  readonly claims: Claims;
  /** As far as the client says; upper-case hex or base64url, for the words of errors. */
  readonly thumbprint: string;
  /** The credential that it names among those of an application. */
  credentialAmong(credentials: readonly KeyCredential[]): KeyCredential | null;
  isSignedBy(credential: KeyCredential): Promise<boolean>;
}

/** @returns null for what is no signed token, or names no key. @see RFC 7515 sections 4.1.7 and 4.1.8, RFC 7523 */
export function readAssertion(text: string): SignedAssertion | null {
  let header: z.infer<typeof headerSchema>;
  let claims: Claims;
  try {
    header = headerSchema.parse(decodeProtectedHeader(text));
    claims = claimsSchema.parse(decodeJwt(text));
  } catch {
    return null;
  }
  const sha1 = header.x5t === undefined ? header.kid?.toUpperCase() : hexOf(header.x5t);
  const sha256 = header["x5t#S256"]?.replace(/=$/, "");
  if (sha1 === undefined && sha256 === undefined) {
    return null;
  }
  return {
    claims,
    thumbprint: sha1 ?? sha256 ?? "",
    credentialAmong: (credentials) =>
      credentials.find((one) => one.sha256 === sha256 || (sha256 === undefined && one.thumbprint === sha1)) ?? null,
    isSignedBy: async ({ key }) => {
      try {
        const { publicKey } = new X509Certificate(Buffer.from(key, "base64"));
        await compactVerify(text, publicKey, { algorithms: ["RS256", "PS256"] });
        return true;
      } catch {
        return false;
      }
    },
  };
}

/**
 * Whether an assertion is in its time by one of two clocks: that of the emulator, and that of the machine, by which clients
 * sign that know of no other.
 */
export function isInTime({ exp, nbf }: Claims, clocks: readonly Date[]): boolean {
  return clocks.some((now) => {
    const seconds = now.getTime() / 1_000;
    return seconds < exp + leewaySeconds && seconds >= (nbf ?? seconds) - leewaySeconds;
  });
}

/** As headers of tokens carry it. */
export function sha256Of(der: Buffer): string {
  return createHash("sha256").update(der).digest("base64url");
}

function hexOf(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("hex").toUpperCase();
}
