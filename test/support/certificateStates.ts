import type {
  CertificateState,
  CertificateWishes,
  RotationDecision,
  RotationReasonKind,
  Specification,
  Version,
} from "../../provider/rotation/types";

/** States and wishes of one certificate, for tables of when it rotates. */

export const A = "AAAA1111000000000000000000000000000000AA";
export const B = "BBBB2222000000000000000000000000000000BB";
export const C = "CCCC3333000000000000000000000000000000CC";

export const specification: Specification = {
  commonName: "web",
  organization: undefined,
  organizationalUnit: "access/prod",
  rsaBits: 2048,
  validityPeriodHours: 8760,
};

export function version(thumbprint: string, over: Partial<Version> = {}): Version {
  return { thumbprint, notAfter: new Date("2027-06-01T00:00:00Z"), revoked: false, heldBy: [], ...over };
}

/** Issued on 2026-06-01 for a year: the renewal window opens on 2027-02-01. */
export function stateOf(
  current: Partial<CertificateState["current"]> = {},
  over: Partial<Omit<CertificateState, "current">> = {},
): CertificateState {
  return {
    current: {
      ...version(A),
      issuedAt: new Date("2026-06-01T00:00:00Z"),
      specification,
      spreadFraction: 0,
      ...current,
    },
    previous: [],
    rotationTriggers: {},
    ...over,
  };
}

export function wishesOf(over: Partial<CertificateWishes> = {}): CertificateWishes {
  return {
    specification,
    renewBeforeHours: 2880,
    rotateEveryHours: undefined,
    spreadHours: 0,
    overlapHours: 168,
    rotationTriggers: {},
    holders: undefined,
    compromised: [],
    ...over,
  };
}

export const early = new Date("2026-07-01T00:00:00Z");

export function kindsOf(decision: RotationDecision): readonly RotationReasonKind[] {
  return decision.kind === "rotate" ? decision.reasons.map(({ kind }) => kind) : [];
}
