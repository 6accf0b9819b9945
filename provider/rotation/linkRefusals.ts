import { rememberedPreviousVersions } from "../defaults";
import { byThumbprint, isCurrent, isOurs, isRevoked } from "./linkFacts";
import type { LinkRefusal, LinkSituation, ObservedCertificate } from "./types";
import { isRevokedCurrent } from "./wantedOnLink";
import { capitalised, listInWords, momentOf, shortThumbprint } from "./wording";

type Check = (situation: LinkSituation) => LinkRefusal | undefined;

/** First what makes the list or the state untrustworthy, then what forbids adding. The first that finds something is the answer. */
const checks: readonly Check[] = [otherBytes, stateRolledBack, revoked, removedElsewhere];

/** Why nothing may be done on this door, or undefined. */
export function refusalOf(situation: LinkSituation): LinkRefusal | undefined {
  for (const check of checks) {
    const refusal = check(situation);
    if (refusal !== undefined) {
      return { ...refusal, sentence: withStillOpen(situation, refusal.sentence) };
    }
  }
  return undefined;
}

/** The same thumbprint with other bytes: somebody forged a SHA-1, or the service does not list what was uploaded. */
export function otherBytes({ certificate, observed, door }: LinkSituation): LinkRefusal | undefined {
  const { thumbprint, sha256Fingerprint } = certificate.current;
  const found = observed.some((one) => one.thumbprint === thumbprint && one.sha256Fingerprint !== sha256Fingerprint);
  return found
    ? {
        reason: "otherBytes",
        thumbprint,
        sentence:
          `${capitalised(door)} lists another certificate under the thumbprint ${shortThumbprint(thumbprint)}: its SHA-256 fingerprint differs. ` +
          "Nothing was changed. Find out who uploaded it, remove it there, and rotate.",
      }
    : undefined;
}

/**
 * A version that the state knows nothing of, and that can't be one which it has forgotten for its age: it was made after the
 * state that we hold. The rotation that is due again may already have made a successor that is younger still, so it is not
 * enough to compare with the current one.
 */
function stateRolledBack(situation: LinkSituation): LinkRefusal | undefined {
  const { certificate, observed, door } = situation;
  if (certificate.lineage === null) {
    return undefined;
  }
  const known = new Set([certificate.current, ...certificate.previous].map(({ thumbprint }) => thumbprint));
  const stranger = byThumbprint(observed).find(
    (one) => isOurs(situation, one) && !known.has(one.thumbprint) && !mayBeForgotten(situation, one),
  );
  return stranger?.validity
    ? {
        reason: "stateRolledBack",
        thumbprint: stranger.thumbprint,
        sentence:
          `${capitalised(door)} accepts ${shortThumbprint(stranger.thumbprint)} of this lineage (notBefore ${momentOf(stranger.validity.notBefore)}), ` +
          `which this state has never known: the state was rolled back to before it was made. ` +
          "Nothing was changed. Restore the newest state; if it is lost, make sure that nobody uses that certificate, remove it by hand and run the update again.",
      }
    : undefined;
}

/** Older than everything that the state remembers, or recorded by this link when it was current. */
function mayBeForgotten(
  { certificate, registered }: LinkSituation,
  { thumbprint, validity }: ObservedCertificate,
): boolean {
  if (validity === null || validity.notBefore > certificate.current.notBefore) {
    return validity === null;
  }
  const oldest = certificate.previous[rememberedPreviousVersions - 1];
  return (
    registered.some((one) => one.thumbprint === thumbprint) ||
    (oldest !== undefined && validity.notAfter <= oldest.notAfter)
  );
}

function revoked(situation: LinkSituation): LinkRefusal | undefined {
  const { certificate, door } = situation;
  return isRevokedCurrent(certificate) && !isObserved(situation)
    ? {
        reason: "revoked",
        thumbprint: certificate.current.thumbprint,
        sentence:
          `${shortThumbprint(certificate.current.thumbprint)} is revoked and is never registered again, so it was not added to ${door}. ` +
          "Rotate the certificate.",
      }
    : undefined;
}

function removedElsewhere(situation: LinkSituation): LinkRefusal | undefined {
  const { certificate, registered, rules, door } = situation;
  const registration = registered.find((one) => isCurrent(situation, one));
  return registration !== undefined && !isObserved(situation) && rules.whenRemovedElsewhere === "fail"
    ? {
        reason: "removedElsewhere",
        thumbprint: certificate.current.thumbprint,
        sentence:
          `Somebody removed ${shortThumbprint(certificate.current.thumbprint)} from ${door}; it was registered there on ${momentOf(registration.registeredAt)}. ` +
          'It is not put back silently. Rotate the certificate if its key may be known to others, or set whenRemovedElsewhere to "restore" to register it again.',
      }
    : undefined;
}

/** The certificate does not fit. Asked for by the plan, which knows what could make room first. */
export function limitReached(situation: LinkSituation): LinkRefusal {
  const { certificate, observed, rules, door } = situation;
  const { thumbprint } = certificate.current;
  const count = observed.length;
  const sentence =
    `${capitalised(door)} holds ${count} certificate${count === 1 ? "" : "s"} and its limit is ${rules.certificateLimit}, so there is no room for ${shortThumbprint(thumbprint)}. ` +
    "Remove certificates that nobody needs, or raise azure-certificates:certificateLimit if the service accepts more.";
  return {
    reason: "limitReached",
    thumbprint,
    count,
    limit: rules.certificateLimit,
    sentence: withStillOpen(situation, sentence),
  };
}

// A refusal stops everything on this subscription, revocations too: whoever reads it has to know what stays open meanwhile.
function withStillOpen(situation: LinkSituation, sentence: string): string {
  const open = byThumbprint(situation.observed)
    .filter((one) => isOurs(situation, one) && isRevoked(situation, one))
    .map(({ thumbprint }) => shortThumbprint(thumbprint));
  const verb = open.length === 1 ? "is" : "are";
  return open.length === 0
    ? sentence
    : `STILL OPEN: ${situation.door} accepts ${listInWords(open)}, which ${verb} revoked. ${sentence}`;
}

function isObserved(situation: LinkSituation): boolean {
  return situation.observed.some((one: ObservedCertificate) => isCurrent(situation, one));
}
