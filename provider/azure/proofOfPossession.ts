import { createPrivateKey } from "node:crypto";

/** What Graph takes a proof for. @see learn.microsoft.com/graph/application-rollkey-prooftoken */
const proofAudience = "00000002-0000-0000-c000-000000000000";
const proofSeconds = 600;
/** For clocks that differ: the lifetime is counted from `nbf`, and longer ones are refused. */
const backdateSeconds = 60;

/**
 * Says, signed with one of its keys, that an application may roll its keys.
 *
 * @param objectId of the application
 * @param now by the clock of the service
 */
export async function proofOfPossession(
  { privateKeyPem, thumbprint }: { readonly privateKeyPem: string; readonly thumbprint: string },
  objectId: string,
  now: Date,
): Promise<string> {
  const { SignJWT } = await import("jose");
  const notBefore = Math.floor(now.getTime() / 1_000) - backdateSeconds;
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256", typ: "JWT", x5t: Buffer.from(thumbprint, "hex").toString("base64url") })
    .setIssuer(objectId)
    .setAudience(proofAudience)
    .setNotBefore(notBefore)
    .setExpirationTime(notBefore + proofSeconds)
    .sign(createPrivateKey(privateKeyPem));
}
