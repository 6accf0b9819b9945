import { describe, expect, it } from "vitest";
import { planLink, planUnlink } from "./planLink";
import type { LinkPlan, LinkSituation, ObservedCertificate, Registration } from "./types";

const lineage = "7d0e6a5e-6f2d-4c59-9b3a-0d2f6c1b8a11";
const subscriptionId = "5a1f1c9e-8a1b-4a5e-9f00-000000000001";
const now = new Date("2027-03-05T00:00:00Z");

const V3 = "3333333300000000000000000000000000000003";
const V2 = "2222222200000000000000000000000000000002";
const V1 = "1111111100000000000000000000000000000001";
const V4 = "4444444400000000000000000000000000000004";
const foreign = "FFFFFFFF0000000000000000000000000000000F";

const sha256Of = (thumbprint: string) => `SHA256-${thumbprint}`;

/** V1, V2, V3 … begin on the first of January, February, March … and are valid for years unless said otherwise. */
function seen(thumbprint: string, over: Partial<ObservedCertificate> = {}): ObservedCertificate {
  const month = thumbprint === foreign ? "01" : `0${thumbprint[0]}`;
  return {
    thumbprint,
    sha256Fingerprint: sha256Of(thumbprint),
    lineage: thumbprint === foreign ? null : lineage,
    validity: { notBefore: new Date(`2027-${month}-01T00:00:00Z`), notAfter: new Date("2030-01-01T00:00:00Z") },
    ...over,
  };
}

function record(thumbprint: string, registeredAt: string, over: Partial<Registration> = {}): Registration {
  return { thumbprint, registeredAt: new Date(registeredAt), retireAt: null, origin: "created", ...over };
}

interface Given extends Partial<Omit<LinkSituation, "rules" | "certificate">> {
  readonly certificate?: Partial<LinkSituation["certificate"]>;
  readonly rules?: Partial<LinkSituation["rules"]>;
}

/** The current certificate is V3, its predecessors V2 and V1; the overlap is a week. */
function situationOf({ certificate, rules, ...over }: Given = {}): LinkSituation {
  return {
    subscriptionId,
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

const revokedV2 = [{ thumbprint: V2, notAfter: new Date("2030-01-01T00:00:00Z"), revoked: true }];
const bare = { lineage: null, previous: [] };
const inOverlap = [record(V2, "2027-02-01T00:00:00Z"), record(V3, "2027-03-01T12:00:00Z")];
const afterOverlap = [
  record(V2, "2026-02-01T00:00:00Z", { retireAt: new Date("2027-03-04T12:00:00Z") }),
  record(V3, "2027-02-25T12:00:00Z"),
];

/** `+thumbprint` and `-thumbprint` in order, then what is kept, guarded or adopted; or the reason of a refusal. */
function outline(plan: LinkPlan): Record<string, readonly string[]> {
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

describe("a link", () => {
  const cases: readonly { rule: string; given: Given; plan: ReturnType<typeof outline> }[] = [
    { rule: "registers its certificate on an empty subscription", given: {}, plan: { steps: ["+3"] } },
    {
      rule: "has nothing to do where its certificate is registered",
      given: { registered: [record(V3, "2027-03-01T00:00:00Z")], observed: [seen(V3), seen(foreign)] },
      plan: { keep: ["3 current"] },
    },
    {
      rule: "adds the successor beside its predecessor, which stays for the overlap",
      given: { registered: [record(V2, "2027-02-01T00:00:00Z")], observed: [seen(V2)] },
      plan: { steps: ["+3"], keep: ["2 previous, accepted until 2027-03-12 00:00 UTC"] },
    },
    {
      rule: "keeps both during the overlap",
      given: { registered: inOverlap, observed: [seen(V2), seen(V3)] },
      plan: { keep: ["3 current", "2 previous, accepted until 2027-03-08 12:00 UTC"] },
    },
    {
      rule: "retires the predecessor when its overlap has ended",
      given: { registered: afterOverlap, observed: [seen(V2), seen(V3)] },
      plan: { steps: ["-2 because of time"], keep: ["3 current"] },
    },
    {
      rule: "exchanges the predecessor in one update where there is no overlap, and no clock has a say in it",
      given: {
        certificate: { overlapHours: 0 },
        registered: [record(V2, "2027-02-01T00:00:00Z")],
        observed: [seen(V2)],
      },
      plan: { steps: ["+3", "-2"] },
    },
    {
      rule: "removes an expired predecessor, overlap or not",
      given: {
        certificate: { previous: [{ thumbprint: V2, notAfter: now, revoked: false }] },
        registered: inOverlap,
        observed: [seen(V2), seen(V3)],
      },
      plan: { steps: ["-2 because of time"], keep: ["3 current"] },
    },
    {
      rule: "never adds a superseded certificate",
      given: { registered: inOverlap, observed: [seen(V3)] },
      plan: { keep: ["3 current"] },
    },
    {
      rule: "takes a revoked predecessor away in the same update, after its successor was added",
      given: {
        certificate: { previous: revokedV2 },
        registered: [record(V2, "2027-02-01T00:00:00Z")],
        observed: [seen(V2), seen(foreign)],
      },
      plan: { steps: ["+3", "-2 revoked"] },
    },
    {
      rule: "takes a revoked predecessor away first with removeFirst",
      given: {
        certificate: { previous: revokedV2 },
        registered: [record(V2, "2027-02-01T00:00:00Z")],
        observed: [seen(V2), seen(foreign)],
        rules: { removeFirst: true },
      },
      plan: { steps: ["-2 revoked", "+3"] },
    },
    {
      rule: "does not let removeFirst take the last valid certificate away before its successor is there",
      given: {
        certificate: { previous: revokedV2 },
        registered: [record(V2, "2027-02-01T00:00:00Z")],
        observed: [seen(V2)],
        rules: { removeFirst: true },
      },
      plan: { steps: ["+3", "-2 revoked"] },
    },
    {
      rule: "removes what is of its lineage and long forgotten",
      given: {
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3), seen(V1), seen(V2)],
        certificate: { previous: [] },
      },
      plan: { steps: ["-1", "-2"], keep: ["3 current"] },
    },
    {
      rule: "removes revoked ones before others",
      given: {
        certificate: { previous: revokedV2 },
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V1), seen(V2), seen(V3)],
      },
      plan: { steps: ["-2 revoked", "-1"], keep: ["3 current"] },
    },
    {
      rule: "recognises its own upload that no record tells of: a run died in between",
      given: { observed: [seen(V3)] },
      plan: { keep: ["3 current"] },
    },
    {
      rule: "gives a predecessor without a record its whole overlap: the link was renamed in the middle of it",
      given: { observed: [seen(V3), seen(V2)] },
      plan: { keep: ["3 current", "2 previous, accepted until 2027-03-12 00:00 UTC"] },
    },
    {
      rule: "never touches foreign certificates, valid or not, X.509 or not",
      given: {
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [
          seen(V3),
          seen(foreign, { validity: null }),
          seen(V4, { lineage: "0c7e1d5a-0000-4000-8000-000000000000" }),
          seen(V1, { lineage: null }),
        ],
      },
      plan: { keep: ["3 current"] },
    },
    {
      rule: "takes another lineage's certificate for foreign even under the thumbprint of a predecessor",
      given: {
        certificate: { previous: revokedV2 },
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3), seen(V2, { lineage: null })],
      },
      plan: { keep: ["3 current"] },
    },
    {
      rule: "adopts a bare certificate that is there already",
      given: { certificate: bare, observed: [seen(V3, { lineage: null })] },
      plan: { keep: ["3 current"], adopt: ["3"] },
    },
    {
      rule: "adopts nothing that it has a record of",
      given: {
        certificate: bare,
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3, { lineage: null })],
      },
      plan: { keep: ["3 current"] },
    },
    {
      rule: "registers a bare certificate that is missing",
      given: { certificate: bare, observed: [seen(foreign)] },
      plan: { steps: ["+3"] },
    },
    {
      rule: "refuses the same thumbprint with other bytes",
      given: { observed: [seen(V3, { sha256Fingerprint: "other" })] },
      plan: { refuse: ["otherBytes", V3] },
    },
    {
      rule: "refuses to work from a state that was rolled back",
      given: { registered: [record(V3, "2027-03-01T00:00:00Z")], observed: [seen(V3), seen(V4)] },
      plan: { refuse: ["stateRolledBack", V4] },
    },
    {
      rule: "does not take an unknown certificate that began together with the current one for a newer one",
      given: {
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [
          seen(V3),
          seen(V4, {
            validity: { notBefore: new Date("2027-03-01T00:00:00Z"), notAfter: new Date("2030-01-01T00:00:00Z") },
          }),
        ],
      },
      plan: { steps: ["-4"], keep: ["3 current"] },
    },
    {
      rule: "refuses to put back what somebody else removed",
      given: { registered: [record(V3, "2027-03-01T00:00:00Z")], observed: [seen(foreign)] },
      plan: { refuse: ["removedElsewhere", V3] },
    },
    {
      rule: "puts it back where it was told to",
      given: {
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(foreign)],
        rules: { whenRemovedElsewhere: "restore" },
      },
      plan: { steps: ["+3"] },
    },
    {
      rule: "never registers a revoked certificate, even if told to restore it",
      given: {
        certificate: { previous: [{ thumbprint: V3, notAfter: new Date("2030-01-01T00:00:00Z"), revoked: true }] },
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        rules: { whenRemovedElsewhere: "restore" },
      },
      plan: { refuse: ["revoked", V3] },
    },
    {
      rule: "takes a revoked current certificate away where it is registered",
      given: {
        certificate: { previous: [{ thumbprint: V3, notAfter: new Date("2030-01-01T00:00:00Z"), revoked: true }] },
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3), seen(foreign)],
      },
      plan: { steps: ["-3 revoked"] },
    },
    {
      rule: "fills the last free place",
      given: { observed: [seen(foreign)], rules: { certificateLimit: 2 } },
      plan: { steps: ["+3"] },
    },
    {
      rule: "refuses where there is no place left",
      given: { observed: [seen(foreign)], rules: { certificateLimit: 1 } },
      plan: { refuse: ["limitReached", V3] },
    },
    {
      rule: "counts its own predecessor in its overlap, which makes no room",
      given: {
        registered: [record(V2, "2027-02-01T00:00:00Z")],
        observed: [seen(V2), seen(foreign)],
        rules: { certificateLimit: 2 },
      },
      plan: { refuse: ["limitReached", V3] },
    },
    {
      rule: "makes room with exactly as many unwanted ones as it needs, revoked ones first",
      given: {
        certificate: { previous: revokedV2 },
        observed: [seen(V1), seen(V2), seen(foreign)],
        rules: { certificateLimit: 3 },
      },
      plan: { steps: ["-2 revoked", "+3", "-1"] },
    },
    {
      rule: "makes more room where the subscription is over its limit",
      given: {
        certificate: { previous: revokedV2 },
        observed: [seen(V1), seen(V2), seen(foreign)],
        rules: { certificateLimit: 2 },
      },
      plan: { steps: ["-2 revoked", "-1", "+3"] },
    },
    {
      rule: "does not make room with the last valid certificate",
      given: {
        certificate: { previous: revokedV2 },
        observed: [seen(V2), seen(foreign, { validity: null })],
        rules: { certificateLimit: 2 },
      },
      plan: { refuse: ["limitReached", V3] },
    },
    {
      rule: "makes room with the last valid certificate where allowLast is set",
      given: {
        certificate: { previous: revokedV2 },
        observed: [seen(V2), seen(foreign, { validity: null })],
        rules: { certificateLimit: 2, allowLast: true },
      },
      plan: { steps: ["-2 revoked", "+3"] },
    },
    {
      rule: "does nothing about a limit that is exceeded, where it has nothing to add",
      given: {
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3), seen(foreign)],
        rules: { certificateLimit: 1 },
      },
      plan: { keep: ["3 current"] },
    },
    {
      rule: "never removes the certificate that the run signs in with, allowLast or not",
      given: {
        certificate: { previous: revokedV2 },
        registered: inOverlap,
        observed: [seen(V2), seen(V3)],
        authenticatedWith: V2,
        rules: { allowLast: true, allowed: [V2] },
      },
      plan: { keep: ["3 current"], guarded: ["2 inUse revoked"] },
    },
    {
      rule: "never removes the last valid certificate, though it is revoked and the current one has expired",
      given: {
        certificate: {
          previous: revokedV2,
          current: {
            thumbprint: V3,
            sha256Fingerprint: sha256Of(V3),
            notBefore: new Date("2027-03-01T00:00:00Z"),
            notAfter: now,
          },
        },
        registered: inOverlap,
        observed: [
          seen(V2),
          seen(V3, { validity: { notBefore: new Date("2027-03-01T00:00:00Z"), notAfter: now } }),
          seen(foreign, { validity: null }),
        ],
      },
      plan: { keep: ["3 current"], guarded: ["2 lastValid revoked"] },
    },
    {
      rule: "does not count a successor that is not valid yet",
      given: {
        certificate: {
          previous: revokedV2,
          current: {
            thumbprint: V3,
            sha256Fingerprint: sha256Of(V3),
            notBefore: new Date("2027-03-05T00:00:01Z"),
            notAfter: new Date("2030-01-01T00:00:00Z"),
          },
        },
        observed: [seen(V2)],
      },
      plan: { steps: ["+3"], guarded: ["2 lastValid revoked"] },
    },
    {
      rule: "keeps a harmless certificate rather than a revoked one as the last valid one",
      given: {
        certificate: {
          previous: revokedV2,
          current: {
            thumbprint: V3,
            sha256Fingerprint: sha256Of(V3),
            notBefore: new Date("2027-03-05T00:00:01Z"),
            notAfter: new Date("2030-01-01T00:00:00Z"),
          },
        },
        observed: [seen(V1), seen(V2)],
      },
      plan: { steps: ["+3", "-2 revoked"], guarded: ["1 lastValid"] },
    },
  ];
  it.each(cases)("$rule", ({ given, plan }) => {
    expect(outline(planLink(situationOf(given), now))).toEqual(plan);
  });
});

describe("a link that goes", () => {
  const cases: readonly { rule: string; given: Given; plan: ReturnType<typeof outline> }[] = [
    {
      rule: "takes everything of its lineage along, newer and unknown ones included",
      given: { certificate: { previous: [] }, observed: [seen(V4), seen(V3), seen(V1), seen(foreign)] },
      plan: { steps: ["-1", "-4", "-3"] },
    },
    {
      rule: "has nothing to do where everything is gone",
      given: { registered: inOverlap, observed: [seen(foreign)] },
      plan: {},
    },
    {
      rule: "leaves the last valid certificate, and of its own the current one",
      given: { registered: inOverlap, observed: [seen(V3), seen(V2), seen(foreign, { validity: null })] },
      plan: { steps: ["-2"], guarded: ["3 lastValid"] },
    },
    {
      rule: "takes the last valid certificate with allowLast",
      given: { registered: inOverlap, observed: [seen(V3), seen(V2)], rules: { allowLast: true } },
      plan: { steps: ["-2", "-3"] },
    },
    {
      rule: "takes the last valid certificate where the configuration names it",
      given: { registered: inOverlap, observed: [seen(V3), seen(V2)], rules: { allowed: [V3] } },
      plan: { steps: ["-2", "-3"] },
    },
    {
      rule: "leaves the last valid certificate where the configuration names another one",
      given: { registered: inOverlap, observed: [seen(V3), seen(V2)], rules: { allowed: [V2] } },
      plan: { steps: ["-2"], guarded: ["3 lastValid"] },
    },
    {
      rule: "leaves the certificate that the run signs in with",
      given: {
        registered: inOverlap,
        observed: [seen(V3), seen(foreign)],
        authenticatedWith: V3,
        rules: { allowLast: true },
      },
      plan: { guarded: ["3 inUse"] },
    },
    {
      rule: "takes revoked ones along first, and says so",
      given: { certificate: { previous: revokedV2 }, observed: [seen(V1), seen(V2), seen(V3), seen(foreign)] },
      plan: { steps: ["-2 revoked", "-1", "-3"] },
    },
    {
      rule: "takes a bare certificate along that it registered",
      given: {
        certificate: bare,
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3, { lineage: null }), seen(foreign)],
      },
      plan: { steps: ["-3"] },
    },
    {
      rule: "leaves an adopted bare certificate behind",
      given: {
        certificate: bare,
        registered: [record(V3, "2027-03-01T00:00:00Z", { origin: "adopted" })],
        observed: [seen(V3, { lineage: null }), seen(foreign)],
      },
      plan: { keep: ["3 was there before this link, and stays unless removeAdopted is set"] },
    },
    {
      rule: "takes an adopted bare certificate along with removeAdopted",
      given: {
        certificate: bare,
        registered: [record(V3, "2027-03-01T00:00:00Z", { origin: "adopted" })],
        observed: [seen(V3, { lineage: null }), seen(foreign)],
        rules: { removeAdopted: true },
      },
      plan: { steps: ["-3"] },
    },
    {
      rule: "leaves a bare certificate behind that nobody recorded, and records it as adopted",
      given: { certificate: bare, observed: [seen(V3, { lineage: null }), seen(foreign)] },
      plan: { keep: ["3 was there before this link, and stays unless removeAdopted is set"], adopt: ["3"] },
    },
    {
      rule: "removes nothing that has its thumbprint and other bytes",
      given: {
        certificate: bare,
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3, { lineage: null, sha256Fingerprint: "other" }), seen(foreign)],
      },
      plan: { refuse: ["otherBytes", V3] },
    },
  ];
  it.each(cases)("$rule", ({ given, plan }) => {
    expect(outline(planUnlink(situationOf(given), now))).toEqual(plan);
  });
});

describe("what a link says", () => {
  const cases: readonly { given: Given; says: string }[] = [
    {
      given: { observed: [seen(V3, { sha256Fingerprint: "other" })] },
      says: `Subscription ${subscriptionId} lists another certificate under the thumbprint 33333333…: its SHA-256 fingerprint differs. Nothing was changed. Find out who uploaded it, remove it there, and rotate.`,
    },
    {
      given: { observed: [seen(V3), seen(V4)] },
      says: `Subscription ${subscriptionId} accepts 44444444… of this lineage (notBefore 2027-04-01 00:00 UTC), which is newer than 33333333…, the newest one in the state: the state was rolled back. Nothing was changed. Restore the newest state; if it is lost, remove the newer certificate by hand and rotate.`,
    },
    {
      given: { registered: inOverlap, observed: [seen(foreign)] },
      says: `Somebody removed 33333333… from subscription ${subscriptionId}; it was registered there on 2027-03-01 12:00 UTC. It is not put back silently. Rotate the certificate if its key may be known to others, or set whenRemovedElsewhere to "restore" to register it again.`,
    },
    {
      given: { registered: inOverlap, observed: [seen(V2)], certificate: { previous: revokedV2 } },
      says: `Somebody removed 33333333… from subscription ${subscriptionId}; it was registered there on 2027-03-01 12:00 UTC. It is not put back silently. Rotate the certificate if its key may be known to others, or set whenRemovedElsewhere to "restore" to register it again. Until then this subscription still accepts 22222222…, revoked.`,
    },
    {
      given: { observed: [seen(foreign)], rules: { certificateLimit: 1 } },
      says: `Subscription ${subscriptionId} holds 1 certificate and its limit is 1, so there is no room for 33333333…. Remove certificates that nobody needs, or raise certificateLimit if the service accepts more.`,
    },
    {
      given: { certificate: { previous: [{ thumbprint: V3, notAfter: now, revoked: true }] } },
      says: `33333333… is revoked and is never registered again, so it was not added to subscription ${subscriptionId}. Rotate the certificate.`,
    },
    {
      given: {
        certificate: { previous: revokedV2 },
        registered: inOverlap,
        observed: [seen(V2), seen(V3)],
        authenticatedWith: V2,
      },
      says: `22222222… stays on subscription ${subscriptionId} although it should go: this run signs in with it. Sign in with another credential and run the update again.`,
    },
    {
      given: { registered: afterOverlap, observed: [seen(V2), seen(V3)] },
      says: "previous, its overlap until 2027-03-04 12:00 UTC has ended",
    },
  ];
  it.each(cases)("says: $says", ({ given, says }) => {
    const plan = planLink(situationOf(given), now);
    const said =
      plan.kind === "refuse" ? [plan.refusal.sentence] : [...plan.guarded, ...plan.steps].map(({ because }) => because);
    expect(said).toContain(says);
  });

  it("gives the numbers of a limit as data too", () => {
    const plan = planLink(situationOf({ observed: [seen(foreign)], rules: { certificateLimit: 1 } }), now);
    expect(plan.kind === "refuse" && plan.refusal).toMatchObject({ reason: "limitReached", count: 1, limit: 1 });
  });
});
