import { describe, expect, it } from "vitest";
import {
  bare,
  foreign,
  type Given,
  inOverlap,
  now,
  outline,
  record,
  revokedV2,
  seen,
  situationOf,
  V1,
  V2,
  V3,
  V4,
} from "../../test/support/linkSituations";
import { planUnlink } from "./planLink";

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
