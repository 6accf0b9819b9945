import { type KeyObject, X509Certificate } from "node:crypto";
import { z } from "zod";
import type { Behaviour } from "./behaviour";
import { serviceErrors } from "./errors";
import { readRequestXml } from "./requestXml";
import { thumbprintOf } from "./thumbprint";

/** A certificate that a client wants to add, with its texts as sent. */
export interface AddRequest {
  /** Upper-case. */
  readonly thumbprint: string;
  readonly publicKey: string;
  readonly data: string;
}

const elementNames = [
  "SubscriptionCertificatePublicKey",
  "SubscriptionCertificateThumbprint",
  "SubscriptionCertificateData",
] as const;

/** Pretty-printed bodies break base64 into lines. */
const base64 = z
  .string()
  .transform((text) => text.replace(/\s+/g, ""))
  .pipe(z.base64().min(1));

const bodySchema = z.object({
  SubscriptionCertificatePublicKey: base64,
  SubscriptionCertificateThumbprint: z
    .string()
    .trim()
    .regex(/^[0-9a-fA-F]{40}$/)
    .toUpperCase(),
  SubscriptionCertificateData: base64,
});

/**
 * Reads the body of Add Management Certificate and judges the certificate in it.
 *
 * @throws {ServiceError} InvalidXmlRequest or BadRequest.
 * @see jj154123
 */
export function readAddRequest(body: Buffer, behaviour: Behaviour): AddRequest {
  const elements = readRequestXml(body, "SubscriptionCertificate");
  const names = elements.map((element) => element.name);
  const expected = behaviour.elementOrder === "any" ? elementNames.toSorted() : elementNames;
  if ((behaviour.elementOrder === "any" ? names.toSorted() : names).join() !== expected.join()) {
    throw serviceErrors.invalidXml();
  }
  const parsed = bodySchema.safeParse(Object.fromEntries(elements.map(({ name, text }) => [name, text])));
  if (!parsed.success) {
    throw serviceErrors.badRequest();
  }
  const request = {
    thumbprint: parsed.data.SubscriptionCertificateThumbprint,
    publicKey: parsed.data.SubscriptionCertificatePublicKey,
    data: parsed.data.SubscriptionCertificateData,
  };
  judge(request, behaviour);
  return request;
}

function judge(request: AddRequest, behaviour: Behaviour): void {
  const data = Buffer.from(request.data, "base64");
  if (behaviour.thumbprintMismatch === "refused" && thumbprintOf(data) !== request.thumbprint) {
    throw serviceErrors.badRequest("The thumbprint does not match the certificate.");
  }
  const certificate = readCertificate(data);
  if (certificate === null) {
    if (behaviour.unreadableData === "refused") {
      throw serviceErrors.badRequest("The certificate data is not an X.509 certificate.");
    }
    return;
  }
  if (behaviour.publicKeyMismatch === "refused" && publicKeyOf(certificate) !== request.publicKey) {
    throw serviceErrors.badRequest("The public key does not match the certificate.");
  }
  const bits = keyOf(certificate)?.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < behaviour.minimumRsaBits) {
    throw serviceErrors.badRequest(`The key of the certificate is shorter than ${behaviour.minimumRsaBits} bits.`);
  }
}

/** DER only: Node would read PEM text as well. */
export function readCertificate(der: Buffer): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : null;
  } catch {
    return null;
  }
}

/** Base64 of the RSAPublicKey (PKCS#1); empty for a key that is not RSA. */
export function publicKeyOf(certificate: X509Certificate): string {
  const key = keyOf(certificate);
  return key?.asymmetricKeyType === "rsa" ? key.export({ type: "pkcs1", format: "der" }).toString("base64") : "";
}

/** Null for a kind of key that OpenSSL does not know, in what is a certificate all the same. */
function keyOf(certificate: X509Certificate): KeyObject | null {
  try {
    return certificate.publicKey;
  } catch {
    return null;
  }
}
