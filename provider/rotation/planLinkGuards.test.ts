import { describe, expect, it } from "vitest";
import {
  foreign,
  type Given,
  inOverlap,
  now,
  outline,
  record,
  revokedV2,
  seen,
  sha256Of,
  situationOf,
  V1,
  V2,
  V3,
} from "../../test/support/linkSituations";
import { planLink } from "./planLink";

describe("a link that meets a limit or a guard", () => {
  const cases: readonly { rule: string; given: Given; plan: ReturnType<typeof outline> }[] = [
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
        registered: [record(V1, "2027-01-01T00:00:00Z")],
        certificate: { previous: revokedV2 },
        observed: [seen(V1), seen(V2), seen(foreign)],
        rules: { certificateLimit: 3 },
      },
      plan: { steps: ["-2 revoked", "+3", "-1"] },
    },
    {
      rule: "makes more room where the subscription is over its limit",
      given: {
        registered: [record(V1, "2027-01-01T00:00:00Z")],
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
        registered: [record(V1, "2027-01-01T00:00:00Z")],
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
