import { describe, expect, it } from "vitest";
import {
  A,
  B,
  C,
  early,
  kindsOf,
  specification,
  stateOf,
  version,
  wishesOf,
} from "../../test/support/certificateStates";
import { decideRotation } from "./decideRotation";
import type { CertificateState, CertificateWishes, RotationReasonKind } from "./types";

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
