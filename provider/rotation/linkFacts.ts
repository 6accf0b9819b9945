import type { LinkSituation, ObservedCertificate } from "./types";
import { compareText } from "./wording";

/** Of the link's lineage, or the bare certificate itself. Everything else is foreign, and nothing here may touch it. */
export function isOurs({ certificate }: LinkSituation, observed: ObservedCertificate): boolean {
  return certificate.lineage === null
    ? observed.thumbprint === certificate.current.thumbprint
    : observed.lineage === certificate.lineage;
}

export function isCurrent(
  { certificate }: LinkSituation,
  { thumbprint }: Pick<ObservedCertificate, "thumbprint">,
): boolean {
  return thumbprint === certificate.current.thumbprint;
}

export function isRevoked(
  { certificate }: LinkSituation,
  { thumbprint }: Pick<ObservedCertificate, "thumbprint">,
): boolean {
  return certificate.previous.some((version) => version.revoked && version.thumbprint === thumbprint);
}

/** Opens something at `now`: an X.509 certificate inside its validity, which ends at notAfter as everywhere in this package. */
export function isValid({ validity }: Pick<ObservedCertificate, "validity">, now: Date): boolean {
  return validity !== null && validity.notBefore <= now && now < validity.notAfter;
}

/** The list as the service gave it has no order that means anything; ours has one. */
export function byThumbprint(observed: readonly ObservedCertificate[]): readonly ObservedCertificate[] {
  return observed.toSorted((left, right) => compareText(left.thumbprint, right.thumbprint));
}

/**
 * In which order certificates go, if they go: revoked ones first, so that a guard that keeps the last valid certificate keeps
 * a harmless one, and a run that dies half-way has closed the urgent doors. The current one last, for the same guard.
 */
export function inOrderOfRemoval(
  situation: LinkSituation,
  observed: readonly ObservedCertificate[],
): readonly ObservedCertificate[] {
  const rank = (one: ObservedCertificate): number =>
    isRevoked(situation, one) ? 0 : isCurrent(situation, one) ? 2 : 1;
  return byThumbprint(observed).toSorted((left, right) => rank(left) - rank(right));
}
