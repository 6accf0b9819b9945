import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hoursAfter } from "./schedule";
import type { LinkCertificate, Registration } from "./types";
import { wantedOnLink } from "./wantedOnLink";

const V3 = "3333000000000000000000000000000000000003";
const V2 = "2222000000000000000000000000000000000002";
const V1 = "1111000000000000000000000000000000000001";

const farAway = new Date("2030-01-01T00:00:00Z");

function certificateOf(previous: readonly Partial<LinkCertificate["previous"][number]>[], overlapHours = 168) {
  return {
    lineage: "7d0e6a5e-6f2d-4c59-9b3a-0d2f6c1b8a11",
    current: {
      thumbprint: V3,
      sha256Fingerprint: "33",
      notBefore: new Date("2027-01-01T00:00:00Z"),
      notAfter: farAway,
    },
    previous: previous.map((one) => ({ thumbprint: V2, notAfter: farAway, revoked: false, ...one })),
    overlapHours,
  } satisfies LinkCertificate;
}

function registered(thumbprint: string, registeredAt: string): Registration {
  return { thumbprint, registeredAt: new Date(registeredAt), retireAt: null, origin: "created" };
}

const current = { thumbprint: V3, role: "current", until: null };

describe("a subscription should accept", () => {
  const cases: readonly {
    rule: string;
    certificate: LinkCertificate;
    records: readonly Registration[];
    now: string;
    wanted: readonly { readonly thumbprint: string; readonly role: string; readonly until: Date | null }[];
  }[] = [
    {
      rule: "the current certificate, registered or not",
      certificate: certificateOf([]),
      records: [],
      now: "2027-03-01T00:00:00Z",
      wanted: [current],
    },
    {
      rule: "a bare certificate alone",
      certificate: { ...certificateOf([]), lineage: null },
      records: [registered(V3, "2027-03-01T00:00:00Z")],
      now: "2027-03-02T00:00:00Z",
      wanted: [current],
    },
    {
      rule: "a predecessor until its overlap ends",
      certificate: certificateOf([{}]),
      records: [registered(V2, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-01T12:00:00Z")],
      now: "2027-03-08T11:59:59Z",
      wanted: [current, { thumbprint: V2, role: "previous", until: new Date("2027-03-08T12:00:00Z") }],
    },
    {
      rule: "a predecessor no second longer than its overlap",
      certificate: certificateOf([{}]),
      records: [registered(V2, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-01T12:00:00Z")],
      now: "2027-03-08T12:00:00Z",
      wanted: [current],
    },
    {
      rule: "a predecessor for a whole overlap more, if the successor that it was counted from is revoked: who had not moved yet has to move to another one",
      certificate: certificateOf([{ revoked: true }, { thumbprint: V1 }]),
      records: [registered(V1, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-05T00:00:00Z")],
      now: "2027-03-09T00:00:00Z",
      wanted: [current, { thumbprint: V1, role: "previous", until: new Date("2027-03-12T00:00:00Z") }],
    },
    {
      rule: "no predecessor at all, where there is no overlap",
      certificate: certificateOf([{}], 0),
      records: [registered(V2, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-01T12:00:00Z")],
      now: "2027-03-01T12:00:00Z",
      wanted: [current],
    },
    {
      rule: "no predecessor that was never registered here: a superseded certificate is never added",
      certificate: certificateOf([{}]),
      records: [registered(V3, "2027-03-01T12:00:00Z")],
      now: "2027-03-02T00:00:00Z",
      wanted: [current],
    },
    {
      rule: "no predecessor that is revoked",
      certificate: certificateOf([{ revoked: true }]),
      records: [registered(V2, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-01T12:00:00Z")],
      now: "2027-03-01T12:00:01Z",
      wanted: [current],
    },
    {
      rule: "no predecessor that has expired",
      certificate: certificateOf([{ notAfter: new Date("2027-03-02T00:00:00Z") }]),
      records: [registered(V2, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-01T12:00:00Z")],
      now: "2027-03-02T00:00:00Z",
      wanted: [current],
    },
    {
      rule: "a predecessor only until it expires, where that comes before the end of its overlap",
      certificate: certificateOf([{ notAfter: new Date("2027-03-02T00:00:00Z") }]),
      records: [registered(V2, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-01T12:00:00Z")],
      now: "2027-03-01T13:00:00Z",
      wanted: [current, { thumbprint: V2, role: "previous", until: new Date("2027-03-02T00:00:00Z") }],
    },
    {
      rule: "a predecessor for the whole overlap, where its successor isn't registered yet, however late that is",
      certificate: certificateOf([{}]),
      records: [registered(V2, "2026-01-01T00:00:00Z")],
      now: "2028-01-01T00:00:00Z",
      wanted: [current, { thumbprint: V2, role: "previous", until: new Date("2028-01-08T00:00:00Z") }],
    },
    {
      rule: "no predecessor where there is no overlap, even before its successor is registered",
      certificate: certificateOf([{}], 0),
      records: [registered(V2, "2026-01-01T00:00:00Z")],
      now: "2028-01-01T00:00:00Z",
      wanted: [current],
    },
    {
      rule: "two predecessors, the older one counted from its own successor",
      certificate: certificateOf([{ thumbprint: V2 }, { thumbprint: V1 }]),
      records: [
        registered(V1, "2026-01-01T00:00:00Z"),
        registered(V2, "2027-03-01T00:00:00Z"),
        registered(V3, "2027-03-03T00:00:00Z"),
      ],
      now: "2027-03-04T00:00:00Z",
      wanted: [
        current,
        { thumbprint: V2, role: "previous", until: new Date("2027-03-10T00:00:00Z") },
        { thumbprint: V1, role: "previous", until: new Date("2027-03-08T00:00:00Z") },
      ],
    },
    {
      rule: "the oldest of three, counted from the current one, where the middle one never was registered here",
      certificate: certificateOf([{ thumbprint: V2 }, { thumbprint: V1 }]),
      records: [registered(V1, "2026-01-01T00:00:00Z"), registered(V3, "2027-03-03T00:00:00Z")],
      now: "2027-03-09T23:59:59Z",
      wanted: [current, { thumbprint: V1, role: "previous", until: new Date("2027-03-10T00:00:00Z") }],
    },
    {
      rule: "not even its current certificate, where the state says that it is revoked",
      certificate: certificateOf([{ thumbprint: V3, revoked: true }]),
      records: [registered(V3, "2027-03-03T00:00:00Z")],
      now: "2027-03-09T00:00:00Z",
      wanted: [],
    },
  ];
  it.each(cases)("$rule", ({ certificate, records, now, wanted }) => {
    expect(wantedOnLink(certificate, records, new Date(now))).toEqual(wanted);
  });
});

describe("until", () => {
  it("is when a certificate stops being wanted: not before, and not later", () => {
    const start = new Date("2027-03-01T00:00:00Z");
    const hours = fc.integer({ min: 0, max: 500 });
    const records = fc.uniqueArray(
      fc.record({ thumbprint: fc.constantFrom(V1, V2), after: fc.integer({ min: -500, max: 0 }) }),
      { selector: ({ thumbprint }) => thumbprint },
    );
    const previous = fc.record({ notAfter: hours.map((after) => hoursAfter(start, after)), revoked: fc.boolean() });
    fc.assert(
      fc.property(records, previous, previous, hours, hours, (known, newer, older, overlapHours, later) => {
        const certificate = certificateOf(
          [
            { thumbprint: V2, ...newer },
            { thumbprint: V1, ...older },
          ],
          overlapHours,
        );
        // The current one is registered, so that every overlap has begun.
        const registrations = [{ thumbprint: V3, after: -1 }, ...known].map(({ thumbprint, after }) =>
          registered(thumbprint, hoursAfter(start, after).toISOString()),
        );
        const then = hoursAfter(start, later);
        const stillWanted = wantedOnLink(certificate, registrations, then).map(({ thumbprint }) => thumbprint);
        for (const { thumbprint, until } of wantedOnLink(certificate, registrations, start)) {
          expect(stillWanted.includes(thumbprint)).toBe(until === null || then < until);
        }
      }),
    );
  });
});
