import type { LinkPlan, LinkSituation, ObservedCertificate, Registration } from "../../provider/rotation/types";

/** Situations of one link on one subscription, for tables of what it plans there. */

const lineage = "7d0e6a5e-6f2d-4c59-9b3a-0d2f6c1b8a11";
export const subscriptionId = "5a1f1c9e-8a1b-4a5e-9f00-000000000001";
export const now = new Date("2027-03-05T00:00:00Z");

export const V3 = "3333333300000000000000000000000000000003";
export const V2 = "2222222200000000000000000000000000000002";
export const V1 = "1111111100000000000000000000000000000001";
export const V4 = "4444444400000000000000000000000000000004";
export const foreign = "FFFFFFFF0000000000000000000000000000000F";

export const sha256Of = (thumbprint: string) => `SHA256-${thumbprint}`;

/** V1, V2, V3 … begin on the first of January, February, March … and are valid for years unless said otherwise. */
export function seen(thumbprint: string, over: Partial<ObservedCertificate> = {}): ObservedCertificate {
  const month = thumbprint === foreign ? "01" : `0${thumbprint[0]}`;
  return {
    thumbprint,
    sha256Fingerprint: sha256Of(thumbprint),
    lineage: thumbprint === foreign ? null : lineage,
    validity: { notBefore: new Date(`2027-${month}-01T00:00:00Z`), notAfter: new Date("2030-01-01T00:00:00Z") },
    ...over,
  };
}

export function record(thumbprint: string, registeredAt: string, over: Partial<Registration> = {}): Registration {
  return { thumbprint, registeredAt: new Date(registeredAt), retireAt: null, origin: "created", ...over };
}

export interface Given extends Partial<Omit<LinkSituation, "rules" | "certificate">> {
  readonly certificate?: Partial<LinkSituation["certificate"]>;
  readonly rules?: Partial<LinkSituation["rules"]>;
}

/** The current certificate is V3, its predecessors V2 and V1; the overlap is a week. */
export function situationOf({ certificate, rules, ...over }: Given = {}): LinkSituation {
  return {
    door: `subscription ${subscriptionId}`,
    certificate: {
      lineage,
      current: {
        thumbprint: V3,
        sha256Fingerprint: sha256Of(V3),
        notBefore: new Date("2027-03-01T00:00:00Z"),
        notAfter: new Date("2030-01-01T00:00:00Z"),
      },
      previous: [
        { thumbprint: V2, notAfter: new Date("2030-01-01T00:00:00Z"), revoked: false },
        { thumbprint: V1, notAfter: new Date("2030-01-01T00:00:00Z"), revoked: false },
      ],
      overlapHours: 168,
      ...certificate,
    },
    registered: [],
    observed: [],
    authenticatedWith: null,
    rules: {
      allowLast: false,
      allowed: [],
      removeFirst: false,
      whenRemovedElsewhere: "fail",
      removeAdopted: false,
      certificateLimit: 100,
      ...rules,
    },
    ...over,
  };
}

export const revokedV2 = [{ thumbprint: V2, notAfter: new Date("2030-01-01T00:00:00Z"), revoked: true }];
export const bare = { lineage: null, previous: [] };
export const inOverlap = [record(V2, "2027-02-01T00:00:00Z"), record(V3, "2027-03-01T12:00:00Z")];
export const afterOverlap = [
  record(V2, "2026-02-01T00:00:00Z", { retireAt: new Date("2027-03-04T12:00:00Z") }),
  record(V3, "2027-02-25T12:00:00Z"),
];

/** `+thumbprint` and `-thumbprint` in order, then what is kept, guarded or adopted; or the reason of a refusal. */
export function outline(plan: LinkPlan): Record<string, readonly string[]> {
  if (plan.kind === "refuse") {
    return { refuse: [plan.refusal.reason, plan.refusal.thumbprint] };
  }
  const parts = {
    steps: plan.steps.map(
      (step) =>
        (step.action === "add" ? "+" : "-") +
        step.thumbprint.slice(0, 1) +
        (step.action === "remove" && step.revoked ? " revoked" : "") +
        (step.action === "remove" && step.becauseOfTime ? " because of time" : ""),
    ),
    keep: plan.keep.map(({ thumbprint, because }) => `${thumbprint.slice(0, 1)} ${because}`),
    guarded: plan.guarded.map(
      ({ thumbprint, guard, revoked }) => `${thumbprint.slice(0, 1)} ${guard}${revoked ? " revoked" : ""}`,
    ),
    adopt: plan.adopt.map((thumbprint) => thumbprint.slice(0, 1)),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, items]) => items.length > 0));
}
