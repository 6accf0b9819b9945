import { describe, expect, it } from "vitest";
import {
  afterOverlap,
  bare,
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
  V4,
} from "../../test/support/linkSituations";
import { planLink } from "./planLink";

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
      rule: "keeps the predecessor whose successor somebody removed, until the next one has had its overlap",
      given: {
        certificate: {
          previous: [V2, V1].map((thumbprint) => ({
            thumbprint,
            notAfter: new Date("2030-01-01T00:00:00Z"),
            revoked: false,
          })),
        },
        registered: [record(V1, "2027-01-01T00:00:00Z"), record(V2, "2027-02-01T00:00:00Z")],
        observed: [seen(V1)],
      },
      plan: { steps: ["+3"], keep: ["1 previous, accepted until 2027-03-12 00:00 UTC"] },
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
        registered: [
          record(V1, "2027-01-01T00:00:00Z"),
          record(V2, "2027-02-01T00:00:00Z"),
          record(V3, "2027-03-01T00:00:00Z"),
        ],
        observed: [seen(V3), seen(V1), seen(V2)],
        certificate: { previous: [] },
      },
      plan: { steps: ["-1", "-2"], keep: ["3 current"] },
    },
    {
      rule: "removes revoked ones before others",
      given: {
        certificate: { previous: revokedV2 },
        registered: [record(V1, "2027-01-01T00:00:00Z"), record(V3, "2027-03-01T00:00:00Z")],
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
      rule: "notices a rolled-back state also after the rotation that was due again made a younger successor",
      given: {
        certificate: { previous: [{ thumbprint: V1, notAfter: seen(V1).validity?.notAfter ?? now, revoked: false }] },
        registered: [record(V1, "2027-01-01T00:00:00Z")],
        observed: [seen(V1), seen(V2)],
      },
      plan: { refuse: ["stateRolledBack", V2] },
    },
    {
      rule: "notices a rolled-back state also where it remembers as many versions as it can",
      given: {
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [
          seen(V3),
          seen(V4, {
            validity: { notBefore: new Date("2027-02-15T00:00:00Z"), notAfter: new Date("2030-01-15T00:00:00Z") },
          }),
        ],
      },
      plan: { refuse: ["stateRolledBack", V4] },
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
      rule: "puts it back, and keeps the predecessor that its users went back to for a whole overlap again",
      given: {
        registered: [record(V2, "2027-02-01T00:00:00Z"), record(V3, "2027-02-15T00:00:00Z")],
        observed: [seen(V2), seen(foreign)],
        rules: { whenRemovedElsewhere: "restore" },
      },
      plan: { steps: ["+3"], keep: ["2 previous, accepted until 2027-03-12 00:00 UTC"] },
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
      rule: "sees a rolled-back state first, whatever else was removed by hand",
      given: { registered: [record(V3, "2027-03-01T00:00:00Z")], observed: [seen(V4)] },
      plan: { refuse: ["stateRolledBack", V4] },
    },
    {
      rule: "takes no version that it knows for newer, though a clock was ahead when that was made",
      given: {
        certificate: { previous: [{ thumbprint: V4, notAfter: new Date("2030-01-01T00:00:00Z"), revoked: true }] },
        registered: [record(V3, "2027-03-01T00:00:00Z")],
        observed: [seen(V3), seen(V4)],
      },
      plan: { steps: ["-4 revoked"], keep: ["3 current"] },
    },
    {
      rule: "removes what is not valid, though nothing valid is left beside it",
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
        observed: [seen(V2, { validity: { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: now } })],
      },
      plan: { steps: ["+3", "-2 revoked"] },
    },
    {
      rule: "takes only revoked ones away first with removeFirst",
      given: {
        registered: [record(V1, "2027-01-01T00:00:00Z")],
        certificate: { previous: revokedV2 },
        observed: [seen(V1), seen(V2), seen(foreign)],
        rules: { removeFirst: true },
      },
      plan: { steps: ["-2 revoked", "+3", "-1"] },
    },
    {
      rule: "makes further room where what removeFirst takes away is not enough",
      given: {
        registered: [record(V1, "2027-01-01T00:00:00Z")],
        certificate: { previous: revokedV2 },
        observed: [seen(V1), seen(V2), seen(foreign)],
        rules: { removeFirst: true, certificateLimit: 2 },
      },
      plan: { steps: ["-2 revoked", "-1", "+3"] },
    },
  ];
  it.each(cases)("$rule", ({ given, plan }) => {
    expect(outline(planLink(situationOf(given), now))).toEqual(plan);
  });
});
