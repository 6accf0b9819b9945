import { earliest, hoursAfter } from "./schedule";
import type { LinkCertificate, Registration, WantedCertificate } from "./types";

/**
 * Which certificates a subscription should accept at `now`, newest first.
 *
 * The current one always, and every predecessor that is registered here, can still open something, and whose overlap has not
 * ended. An overlap counts from the moment the first successor was registered *on this subscription*, not from the rotation:
 * a link that was down for a month still gives its consumers the whole overlap.
 */
export function wantedOnLink(
  certificate: LinkCertificate,
  registered: readonly Registration[],
  now: Date,
): readonly WantedCertificate[] {
  return [
    ...(isRevokedCurrent(certificate)
      ? []
      : [{ thumbprint: certificate.current.thumbprint, role: "current", until: null } as const]),
    ...overlaps(certificate, registered, now).map(({ thumbprint, ends, notAfter }) => ({
      thumbprint,
      role: "previous" as const,
      // Not settled before a successor is registered: from now on it is the least that it will stay.
      until: earliest(ends ?? hoursAfter(now, certificate.overlapHours), notAfter),
    })),
  ];
}

/** A state that lists its own current certificate among the revoked ones: nothing may register that one again. */
export function isRevokedCurrent({ current, previous }: LinkCertificate): boolean {
  return previous.some(({ thumbprint, revoked }) => revoked && thumbprint === current.thumbprint);
}

interface Overlap {
  readonly thumbprint: string;
  /** Null: no successor is registered here yet, so the overlap has not begun. */
  readonly ends: Date | null;
  readonly notAfter: Date;
}

/** The overlaps that have not ended at `now`, newest certificate first. */
function overlaps(certificate: LinkCertificate, registered: readonly Registration[], now: Date): readonly Overlap[] {
  const registeredAt = new Map(registered.map((registration) => [registration.thumbprint, registration.registeredAt]));
  const newestFirst = [certificate.current.thumbprint, ...certificate.previous.map(({ thumbprint }) => thumbprint)];
  return certificate.previous.flatMap(({ thumbprint, notAfter, revoked }, index): Overlap[] => {
    if (revoked || now >= notAfter || !registeredAt.has(thumbprint) || thumbprint === certificate.current.thumbprint) {
      return [];
    }
    const [first, ...others] = newestFirst.slice(0, index + 1).flatMap((newer) => registeredAt.get(newer) ?? []);
    if (first === undefined) {
      // Without an overlap it goes in the very update that registers its successor.
      return certificate.overlapHours > 0 ? [{ thumbprint, ends: null, notAfter }] : [];
    }
    const ends = hoursAfter(earliest(first, ...others), certificate.overlapHours);
    return now < ends ? [{ thumbprint, ends, notAfter }] : [];
  });
}
