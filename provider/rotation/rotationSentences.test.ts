import { describe, expect, it } from "vitest";
import { A, B, C, early, specification, stateOf, version, wishesOf } from "../../test/support/certificateStates";
import { decideRotation } from "./decideRotation";
import type { CertificateState, CertificateWishes } from "./types";

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
