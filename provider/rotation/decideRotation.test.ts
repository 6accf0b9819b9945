import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRotation } from "./decideRotation";
import { hoursAfter } from "./schedule";
import {
  type CertificateState,
  type CertificateWishes,
  type RotationDecision,
  type RotationReasonKind,
  rotationReasons,
  type Specification,
  type Version,
} from "./types";

const A = "AAAA1111000000000000000000000000000000AA";
const B = "BBBB2222000000000000000000000000000000BB";
const C = "CCCC3333000000000000000000000000000000CC";

const specification: Specification = {
  commonName: "web",
  organization: undefined,
  organizationalUnit: "access/prod",
  rsaBits: 2048,
  validityPeriodHours: 8760,
};

function version(thumbprint: string, over: Partial<Version> = {}): Version {
  return { thumbprint, notAfter: new Date("2027-06-01T00:00:00Z"), revoked: false, heldBy: [], ...over };
}

/** Issued on 2026-06-01 for a year: the renewal window opens on 2027-02-01. */
function stateOf(
  current: Partial<CertificateState["current"]> = {},
  over: Partial<Omit<CertificateState, "current">> = {},
): CertificateState {
  return {
    current: { ...version(A), issuedAt: new Date("2026-06-01T00:00:00Z"), specification, ...current },
    previous: [],
    rotationTriggers: {},
    ...over,
  };
}

function wishesOf(over: Partial<CertificateWishes> = {}): CertificateWishes {
  return {
    specification,
    renewBeforeHours: 2880,
    rotateEveryHours: undefined,
    overlapHours: 168,
    rotationTriggers: {},
    holders: undefined,
    compromised: [],
    ...over,
  };
}

const early = new Date("2026-07-01T00:00:00Z");

function kindsOf(decision: RotationDecision): readonly RotationReasonKind[] {
  return decision.kind === "rotate" ? decision.reasons.map(({ kind }) => kind) : [];
}

describe("a certificate rotates", () => {
  const cases: readonly {
    rule: string;
    state?: CertificateState;
    wishes?: Partial<CertificateWishes>;
    now?: string;
    reasons: readonly RotationReasonKind[];
  }[] = [
    { rule: "never while nothing is due", reasons: [] },
    { rule: "never one second before its renewal window opens", now: "2027-01-31T23:59:59Z", reasons: [] },
    { rule: "from the second its renewal window opens", now: "2027-02-01T00:00:00Z", reasons: ["renewalWindow"] },
    { rule: "to the last second of its validity", now: "2027-05-31T23:59:59Z", reasons: ["renewalWindow"] },
    { rule: "as expired from notAfter on", now: "2027-06-01T00:00:00Z", reasons: ["expired"] },
    {
      rule: "never one second before it is too old",
      wishes: { rotateEveryHours: 720 },
      now: "2026-06-30T23:59:59Z",
      reasons: [],
    },
    { rule: "when it is too old", wishes: { rotateEveryHours: 720 }, now: "2026-07-01T00:00:00Z", reasons: ["age"] },
    {
      rule: "for its age and its end, where both are due",
      wishes: { rotateEveryHours: 720 },
      now: "2028-01-01T00:00:00Z",
      reasons: ["expired", "age"],
    },
    { rule: "when a trigger is added", wishes: { rotationTriggers: { build: "1" } }, reasons: ["triggerChanged"] },
    {
      rule: "when a trigger is removed",
      state: stateOf({}, { rotationTriggers: { build: "1" } }),
      reasons: ["triggerChanged"],
    },
    {
      rule: "when a trigger's value changes",
      state: stateOf({}, { rotationTriggers: { build: "1" } }),
      wishes: { rotationTriggers: { build: "2" } },
      reasons: ["triggerChanged"],
    },
    {
      rule: "not when triggers only change their order",
      state: stateOf({}, { rotationTriggers: { a: "1", b: "2" } }),
      wishes: { rotationTriggers: { b: "2", a: "1" } },
      reasons: [],
    },
    {
      rule: "when a trigger named like a property of every object is added",
      wishes: { rotationTriggers: { constructor: "1" } },
      reasons: ["triggerChanged"],
    },
    {
      rule: "when the common name changes",
      wishes: { specification: { ...specification, commonName: "api" } },
      reasons: ["specificationChanged"],
    },
    {
      rule: "when an organization is given for the first time",
      wishes: { specification: { ...specification, organization: "Acme" } },
      reasons: ["specificationChanged"],
    },
    {
      rule: "when the key grows",
      wishes: { specification: { ...specification, rsaBits: 4096 } },
      reasons: ["specificationChanged"],
    },
    {
      rule: "when the validity changes",
      wishes: { specification: { ...specification, validityPeriodHours: 9000 } },
      reasons: ["specificationChanged"],
    },
    {
      rule: "not when the subject is left to its default, whatever that is now",
      wishes: {
        specification: {
          ...specification,
          commonName: undefined,
          organization: undefined,
          organizationalUnit: undefined,
        },
      },
      reasons: [],
    },
    {
      rule: "not when only the schedule or the overlap changes",
      wishes: { renewBeforeHours: 100, overlapHours: 3, rotateEveryHours: 5000 },
      reasons: [],
    },
    { rule: "when it is listed as compromised", wishes: { compromised: [A] }, reasons: ["compromised"] },
    { rule: "not when an unknown one is listed as compromised", wishes: { compromised: [C] }, reasons: [] },
    {
      rule: "when one of its holders leaves",
      state: stateOf({ heldBy: ["alice", "bob"] }),
      wishes: { holders: ["alice"] },
      reasons: ["holderLeft"],
    },
    {
      rule: "when the last holder leaves and nobody is left",
      state: stateOf({ heldBy: ["bob"] }),
      wishes: { holders: [] },
      reasons: ["holderLeft"],
    },
    {
      rule: "when someone joined and left, though never listed in two runs",
      state: stateOf({ heldBy: ["alice", "bob", "carol"] }),
      wishes: { holders: ["alice", "carol"] },
      reasons: ["holderLeft"],
    },
    {
      rule: "not when someone joins",
      state: stateOf({ heldBy: ["alice"] }),
      wishes: { holders: ["alice", "bob"] },
      reasons: [],
    },
    {
      rule: "not when holders are no longer tracked",
      state: stateOf({ heldBy: ["alice", "bob"] }),
      wishes: { holders: undefined },
      reasons: [],
    },
    {
      rule: "not when somebody leaves who held only a previous version",
      state: stateOf({ heldBy: ["alice"] }, { previous: [version(B, { heldBy: ["alice", "bob"] })] }),
      wishes: { holders: ["alice"] },
      reasons: [],
    },
    {
      rule: "for a trigger and a leaver in one change, the leaver first",
      state: stateOf({ heldBy: ["bob"] }),
      wishes: { holders: [], rotationTriggers: { build: "1" } },
      reasons: ["holderLeft", "triggerChanged"],
    },
    {
      rule: "not for a window that a newer, longer renewBeforeHours would have opened before it was issued",
      wishes: { renewBeforeHours: 9000 },
      reasons: [],
    },
  ];
  it.each(cases)("$rule", ({ state = stateOf(), wishes = {}, now, reasons }) => {
    expect(kindsOf(decideRotation(state, wishesOf(wishes), now === undefined ? early : new Date(now)))).toEqual(
      reasons,
    );
  });

  it("for all reasons at once, strictest first", () => {
    const state = stateOf({ heldBy: ["bob"] });
    const wishes = wishesOf({
      compromised: [A],
      holders: [],
      rotateEveryHours: 1,
      rotationTriggers: { build: "1" },
      specification: { ...specification, rsaBits: 3072 },
    });
    const inWindow = kindsOf(decideRotation(state, wishes, new Date("2027-03-01T00:00:00Z")));
    const afterwards = kindsOf(decideRotation(state, wishes, new Date("2027-07-01T00:00:00Z")));
    expect(inWindow).toEqual([
      "compromised",
      "holderLeft",
      "renewalWindow",
      "age",
      "triggerChanged",
      "specificationChanged",
    ]);
    expect(afterwards).toEqual([
      "compromised",
      "holderLeft",
      "expired",
      "age",
      "triggerChanged",
      "specificationChanged",
    ]);
  });
});

describe("revoked are", () => {
  const cases: readonly {
    rule: string;
    state: CertificateState;
    wishes: Partial<CertificateWishes>;
    kind: "keep" | "rotate";
    revoke: readonly { readonly thumbprint: string; readonly because: string }[];
    overlapHours?: number;
  }[] = [
    {
      rule: "all versions the leaver ever held, and only those",
      state: stateOf(
        { heldBy: ["alice", "bob"] },
        { previous: [version(B, { heldBy: ["bob"] }), version(C, { heldBy: ["alice"] })] },
      ),
      wishes: { holders: ["alice"] },
      kind: "rotate",
      revoke: [
        { thumbprint: A, because: "bob held it" },
        { thumbprint: B, because: "bob held it" },
      ],
      overlapHours: 0,
    },
    {
      rule: "previous versions, while the current one stays, where only they were held by the leaver",
      state: stateOf({ heldBy: ["alice"] }, { previous: [version(B, { heldBy: ["alice", "bob"] })] }),
      wishes: { holders: ["alice"] },
      kind: "keep",
      revoke: [{ thumbprint: B, because: "bob held it" }],
    },
    {
      rule: "previous versions listed as compromised, while the current one stays",
      state: stateOf({}, { previous: [version(B), version(C)] }),
      wishes: { compromised: [C] },
      kind: "keep",
      revoke: [{ thumbprint: C, because: "listed as compromised" }],
    },
    {
      rule: "never those that are revoked already",
      state: stateOf({ heldBy: [] }, { previous: [version(B, { heldBy: ["bob"], revoked: true })] }),
      wishes: { holders: [], compromised: [B] },
      kind: "keep",
      revoke: [],
    },
    {
      rule: "a compromised current one, without overlap",
      state: stateOf(),
      wishes: { compromised: [A] },
      kind: "rotate",
      revoke: [{ thumbprint: A, because: "listed as compromised" }],
      overlapHours: 0,
    },
    {
      rule: "for both causes, where both apply",
      state: stateOf({ heldBy: ["bob", "carol"] }),
      wishes: { holders: [], compromised: [A] },
      kind: "rotate",
      revoke: [{ thumbprint: A, because: "bob and carol held it, and listed as compromised" }],
      overlapHours: 0,
    },
    {
      rule: "previous ones alone, where a trigger rotates: the overlap stays",
      state: stateOf({ heldBy: ["alice"] }, { previous: [version(B, { heldBy: ["bob"] })] }),
      wishes: { holders: ["alice"], rotationTriggers: { build: "1" } },
      kind: "rotate",
      revoke: [{ thumbprint: B, because: "bob held it" }],
      overlapHours: 168,
    },
    {
      rule: "none in an ordinary rotation, and the overlap is the one asked for",
      state: stateOf({ heldBy: ["alice"] }),
      wishes: { holders: ["alice"], rotationTriggers: { build: "1" }, overlapHours: 5 },
      kind: "rotate",
      revoke: [],
      overlapHours: 5,
    },
    {
      rule: "not granted an overlap where the current one was revoked before, whatever rotates it",
      state: stateOf({ revoked: true }),
      wishes: { rotationTriggers: { build: "1" } },
      kind: "rotate",
      revoke: [],
      overlapHours: 0,
    },
  ];
  it.each(cases)("$rule", ({ state, wishes, kind, revoke, overlapHours }) => {
    const decision = decideRotation(state, wishesOf(wishes), early);
    expect(decision.kind).toBe(kind);
    expect(decision.revoke).toEqual(revoke);
    expect(decision.kind === "rotate" ? decision.overlapHours : undefined).toBe(overlapHours);
  });
});

describe("the sentence of a decision", () => {
  const cases: readonly {
    says: string;
    state?: CertificateState;
    wishes?: Partial<CertificateWishes>;
    now?: string;
  }[] = [
    { says: "nothing due before 2027-02-01" },
    { says: "nothing due before 2026-12-28", wishes: { rotateEveryHours: 5040 } },
    {
      says: "due: rotates now, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); the previous certificate stays accepted for 168 hours after its successor is registered",
      now: "2027-03-01T09:00:00Z",
    },
    {
      says: "due: rotates now, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); the previous certificate stays accepted until it expires on 2027-06-01",
      now: "2027-05-31T00:00:00Z",
    },
    { says: "due: rotates now, because it expired on 2027-06-01", now: "2027-06-02T00:00:00Z" },
    {
      says: "due: rotates now, because it was issued on 2026-06-01 and is rotated every 720 hours; the previous certificate stays accepted for 1 hour after its successor is registered",
      wishes: { rotateEveryHours: 720, overlapHours: 1 },
    },
    {
      says: "due: rotates now without overlap, because bob left; revoked: AAAA1111…, BBBB2222… (bob held them)",
      state: stateOf({ heldBy: ["alice", "bob"] }, { previous: [version(B, { heldBy: ["bob"] })] }),
      wishes: { holders: ["alice"] },
    },
    {
      says: "due: rotates now without overlap, because AAAA1111… is listed as compromised, and bob and carol left; revoked: AAAA1111… (bob and carol held it, and listed as compromised); CCCC3333… (carol held it)",
      state: stateOf({ heldBy: ["bob", "carol"] }, { previous: [version(C, { heldBy: ["carol"] })] }),
      wishes: { holders: [], compromised: [A] },
    },
    {
      says: "due: revokes BBBB2222… (bob held it) now; the current certificate stays, and nothing else is due before 2027-02-01",
      state: stateOf({ heldBy: ["alice"] }, { previous: [version(B, { heldBy: ["bob"] })] }),
      wishes: { holders: ["alice"] },
    },
    {
      says: "due: rotates now, because rotationTriggers changed (a removed, b changed, c added); the previous certificate stays accepted for 168 hours after its successor is registered",
      state: stateOf({}, { rotationTriggers: { a: "secret-1", b: "secret-2", d: "secret-3" } }),
      wishes: { rotationTriggers: { d: "secret-3", c: "secret-4", b: "secret-5" } },
    },
    {
      says: "due: rotates now, because commonName changed from web to api, organization changed from none to Acme and rsaBits changed from 2048 to 4096; the previous certificate stays accepted for 168 hours after its successor is registered",
      wishes: { specification: { ...specification, commonName: "api", organization: "Acme", rsaBits: 4096 } },
    },
    {
      says: "due: rotates now without overlap, because rsaBits changed from 2048 to 4096",
      wishes: { specification: { ...specification, rsaBits: 4096 }, overlapHours: 0 },
    },
    {
      says: "nothing due before 2026-06-02 08:00 UTC",
      state: stateOf({ notAfter: new Date("2026-06-03T00:00:00Z") }),
      wishes: { renewBeforeHours: 16 },
      now: "2026-06-01T00:00:00Z",
    },
    {
      says: "due: rotates now, because the renewal window opened on 2026-06-02 08:00 UTC (notAfter 2026-06-03 00:00 UTC); the previous certificate stays accepted for 8 hours after its successor is registered",
      state: stateOf({ notAfter: new Date("2026-06-03T00:00:00Z") }),
      wishes: { renewBeforeHours: 16, overlapHours: 8 },
      now: "2026-06-02T08:00:00Z",
    },
  ];
  it.each(cases)("says: $says", ({ says, state = stateOf(), wishes = {}, now }) => {
    const { sentence } = decideRotation(state, wishesOf(wishes), now === undefined ? early : new Date(now));
    expect(sentence).toBe(says);
    expect(sentence).not.toContain("secret");
  });
});

describe("every decision", () => {
  const names = ["alice", "bob", "carol"];
  const someNames = fc.subarray(names);
  const hours = fc.integer({ min: 1, max: 20_000 });
  const versions = fc.record({
    heldBy: someNames,
    revoked: fc.boolean(),
    thumbprint: fc.constantFrom(A, B, C),
    notAfter: fc.constant(new Date("2027-06-01T00:00:00Z")),
  });
  const states = fc
    .record({ current: versions, previous: fc.array(versions, { maxLength: 2 }), validity: hours })
    .map(({ current, previous, validity }) => {
      const issuedAt = new Date("2026-06-01T00:00:00Z");
      return stateOf({ ...current, issuedAt, notAfter: hoursAfter(issuedAt, validity) }, { previous });
    });
  const wishes = fc
    .record({
      renewBeforeHours: hours,
      rotateEveryHours: fc.option(hours, { nil: undefined }),
      overlapHours: fc.integer({ min: 0, max: 500 }),
      holders: fc.option(someNames, { nil: undefined }),
      compromised: fc.subarray([A, B, C]),
      rotationTriggers: fc.constantFrom({}, { build: "1" }),
    })
    .map(wishesOf);
  const nows = fc.integer({ min: 0, max: 30_000 }).map((after) => hoursAfter(new Date("2026-06-01T00:00:00Z"), after));

  it("is monotone in now: what rotates today still rotates tomorrow, and nothing is due before nextLook", () => {
    fc.assert(
      fc.property(states, wishes, nows, nows, (state, wish, one, other) => {
        const [earlier, later] = one <= other ? [one, other] : [other, one];
        const before = decideRotation(state, wish, earlier);
        const after = decideRotation(state, wish, later);
        if (before.kind === "rotate") {
          expect(after.kind).toBe("rotate");
        } else {
          expect(after.kind).toBe(later < before.nextLook ? "keep" : "rotate");
        }
      }),
    );
  });

  it("names its reasons in the order of the closed list, and gives no overlap to what it revokes", () => {
    fc.assert(
      fc.property(states, wishes, nows, (state, wish, now) => {
        const decision = decideRotation(state, wish, now);
        const kinds = kindsOf(decision);
        expect(kinds).toEqual(rotationReasons.filter((kind) => kinds.includes(kind)));
        const revoked = decision.revoke.some(({ thumbprint }) => thumbprint === state.current.thumbprint);
        if (decision.kind === "rotate") {
          expect(decision.overlapHours).toBe(revoked || state.current.revoked ? 0 : wish.overlapHours);
        }
      }),
    );
  });

  it("leaves no version unrevoked that somebody holds who left", () => {
    fc.assert(
      fc.property(states, wishes, nows, (state, wish, now) => {
        const { holders } = wish;
        const gone = new Set(decideRotation(state, wish, now).revoke.map(({ thumbprint }) => thumbprint));
        for (const known of [state.current, ...state.previous]) {
          const held = holders !== undefined && known.heldBy.some((name) => !holders.includes(name));
          if (held && !known.revoked) {
            expect(gone).toContain(known.thumbprint);
          }
        }
      }),
    );
  });
});
