import type { X509Certificate } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Behaviour } from "./behaviour";
import type { Subscription } from "./store";
import { thumbprintOf } from "./thumbprint";

/** Who sends a request: the certificate that the handshake proved the key of, and whether there is a token. */
export interface Caller {
  readonly certificate: {
    readonly thumbprint: string;
    readonly notBefore: Date;
    readonly notAfter: Date;
  } | null;
  readonly hasToken: boolean;
}

export function readCaller(certificate: X509Certificate | undefined, headers: IncomingHttpHeaders): Caller {
  const tokens = [headers.authorization, headers["x-ms-aad-authorization"]];
  return {
    certificate:
      certificate === undefined
        ? null
        : {
            thumbprint: thumbprintOf(certificate.raw),
            notBefore: certificate.validFromDate,
            notAfter: certificate.validToDate,
          },
    hasToken: tokens.some((token) => typeof token === "string" && /^Bearer\s+\S/i.test(token)),
  };
}

/** Whether a subscription lets a caller in at a time. */
export function accepts(
  { certificates }: Pick<Subscription, "certificates">,
  caller: Caller,
  now: Date,
  { bearerTokens }: Pick<Behaviour, "bearerTokens">,
): boolean {
  if (caller.hasToken && bearerTokens === "accepted") {
    return true;
  }
  const shown = caller.certificate;
  return (
    shown !== null &&
    shown.notBefore <= now &&
    now < shown.notAfter &&
    certificates.some((registered) => registered.thumbprint === shown.thumbprint)
  );
}
