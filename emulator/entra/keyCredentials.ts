import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { readCertificate } from "../addRequest";
import type { EmulatorClock } from "../clock";
import { thumbprintOf } from "../thumbprint";
import type { KeyCredential } from "./directory";
import { graphErrors } from "./entraErrors";
import { sha256Of } from "./signedAssertion";

/** What of this varies, or is not known for certain. */
export interface KeyCredentialRules {
  /** Most certificates of an application. null: no limit is documented. */
  readonly keyCredentialLimit: number | null;
  /** Longest life of a certificate's credential by the tenant's app management policy, in days. null: no policy. */
  readonly keyCredentialLifetimeDays: number | null;
}

const instant = z.iso.datetime({ offset: true });

export const keyCredentialSchema = z.object({
  keyId: z.guid().toLowerCase().nullish(),
  displayName: z.string().nullish(),
  customKeyIdentifier: z.base64().nullish(),
  startDateTime: instant.nullish(),
  endDateTime: instant.nullish(),
  key: z.base64().nullish(),
  type: z.string().nullish(),
  usage: z.string().nullish(),
});

/** A key credential as a client sends it. */
export type SentKeyCredential = z.output<typeof keyCredentialSchema>;

const longestDisplayName = 90;

/** One that the application has not had before. @throws {ServiceError} */
export function newKeyCredential(
  sent: SentKeyCredential,
  drawKeyId: () => string,
  clock: EmulatorClock,
  rules: KeyCredentialRules,
): KeyCredential {
  if (sent.type !== "AsymmetricX509Cert" || sent.usage !== "Verify") {
    throw graphErrors.invalidUsage();
  }
  const certificate = readCertificate(derOf(sent.key ?? ""));
  if (certificate === null) {
    throw graphErrors.invalidKey();
  }
  const [startDateTime, endDateTime] = datesOf(sent, certificate, clock.now(), rules);
  return {
    keyId: sent.keyId ?? drawKeyId(),
    displayName: (sent.displayName ?? certificate.subject.split("\n").at(-1) ?? "").slice(0, longestDisplayName),
    customKeyIdentifier: sent.customKeyIdentifier ?? null,
    startDateTime,
    endDateTime,
    key: certificate.raw.toString("base64"),
    thumbprint: thumbprintOf(certificate.raw),
    sha256: sha256Of(certificate.raw),
  };
}

/** Graph takes the base64 of a DER and that of a PEM text. */
function derOf(base64: string): Buffer {
  const bytes = Buffer.from(base64, "base64");
  if (!bytes.subarray(0, 11).equals(Buffer.from("-----BEGIN "))) {
    return bytes;
  }
  try {
    return new X509Certificate(bytes).raw;
  } catch {
    return bytes;
  }
}

/** The certificate's own, where nothing else is said. @throws {ServiceError} KeyCredentialsInvalidEndDate */
function datesOf(
  { startDateTime, endDateTime }: SentKeyCredential,
  { validFromDate, validToDate }: X509Certificate,
  now: Date,
  { keyCredentialLifetimeDays }: KeyCredentialRules,
): readonly [string, string] {
  const start = startDateTime == null ? validFromDate : new Date(startDateTime);
  const end = endDateTime == null ? validToDate : new Date(endDateTime);
  if (end > validToDate || end <= start || end <= now) {
    throw graphErrors.invalidEndDate();
  }
  if (keyCredentialLifetimeDays !== null && end.getTime() - start.getTime() > keyCredentialLifetimeDays * 86_400_000) {
    throw graphErrors.lifetimePolicy();
  }
  return [inSeconds(start), inSeconds(end)];
}

/** @throws {ServiceError} where one that is there already is sent back changed */
export function assertUnchanged(sent: SentKeyCredential, there: KeyCredential): void {
  const differs =
    (sent.key != null && !derOf(sent.key).equals(Buffer.from(there.key, "base64"))) ||
    (sent.startDateTime != null && inSeconds(new Date(sent.startDateTime)) !== there.startDateTime) ||
    (sent.endDateTime != null && inSeconds(new Date(sent.endDateTime)) !== there.endDateTime) ||
    (sent.customKeyIdentifier != null && sent.customKeyIdentifier !== shownIdentifier(there));
  if (differs) {
    throw graphErrors.keyNotUpdatable(there.keyId);
  }
}

/** As it is shown. @param withKey whether the certificate itself is asked for */
export function shown(credential: KeyCredential, withKey: boolean): Record<string, unknown> {
  const { keyId, displayName, startDateTime, endDateTime, key } = credential;
  return {
    customKeyIdentifier: shownIdentifier(credential),
    displayName,
    endDateTime,
    key: withKey ? key : null,
    keyId,
    startDateTime,
    type: "AsymmetricX509Cert",
    usage: "Verify",
  };
}

/** By default the thumbprint, as 40 characters ("40-character binary" in the documentation of keyCredential). */
function shownIdentifier({ customKeyIdentifier, thumbprint }: KeyCredential): string {
  return customKeyIdentifier ?? thumbprint;
}

function inSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
