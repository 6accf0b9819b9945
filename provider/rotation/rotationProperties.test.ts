import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { A, B, C, kindsOf, stateOf, wishesOf } from "../../test/support/certificateStates";
import { decideRotation } from "./decideRotation";
import { hoursAfter } from "./schedule";
import { rotationReasons } from "./types";

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
    .record({
      current: versions,
      previous: fc.array(versions, { maxLength: 2 }),
      validity: hours,
      spreadFraction: fc.constantFrom(0, 0.25, 0.999_999),
    })
    .map(({ current, previous, validity, spreadFraction }) => {
      const issuedAt = new Date("2026-06-01T00:00:00Z");
      const notAfter = hoursAfter(issuedAt, validity);
      return stateOf({ ...current, issuedAt, notAfter, spreadFraction }, { previous });
    });
  const wishes = fc
    .record({
      renewBeforeHours: hours,
      rotateEveryHours: fc.option(hours, { nil: undefined }),
      spreadHours: fc.constantFrom(0, 24, 5_000),
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
        if (before.kind === "keep") {
          expect(after.kind).toBe(later < before.nextLook ? "keep" : "rotate");
        } else {
          expect([before.kind, after.kind]).toEqual(["rotate", "rotate"]);
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

  it("is monotone in every reason: a reason that applies today applies tomorrow, only that expiry takes the place of the window", () => {
    fc.assert(
      fc.property(states, wishes, nows, nows, (state, wish, one, other) => {
        const [earlier, later] = one <= other ? [one, other] : [other, one];
        const after = kindsOf(decideRotation(state, wish, later));
        for (const kind of kindsOf(decideRotation(state, wish, earlier))) {
          expect(after).toContain(kind === "renewalWindow" && after.includes("expired") ? "expired" : kind);
        }
      }),
    );
  });

  it("is the union of its reasons: two causes at once are named as each of them alone, and revoke what either revokes", () => {
    fc.assert(
      fc.property(states, wishes, wishes, nows, (state, one, other, now) => {
        const alone = wishesOf({ renewBeforeHours: one.renewBeforeHours });
        const leaving = { ...alone, holders: one.holders };
        const listed = { ...alone, compromised: other.compromised };
        const both = decideRotation(state, { ...leaving, compromised: other.compromised }, now);
        const each = [leaving, listed].map((wish) => decideRotation(state, wish, now));
        const kinds = new Set(each.flatMap((decision) => kindsOf(decision)));
        expect(new Set(kindsOf(both))).toEqual(kinds);
        expect(new Set(both.revoke.map(({ thumbprint }) => thumbprint))).toEqual(
          new Set(each.flatMap(({ revoke }) => revoke.map(({ thumbprint }) => thumbprint))),
        );
      }),
    );
  });

  it("does not depend on the order of the names, the compromised thumbprints or the triggers", () => {
    fc.assert(
      fc.property(states, wishes, nows, (state, wish, now) => {
        const triggers = Object.entries({ ...wish.rotationTriggers, region: "eu", another: "1" });
        const turned = {
          ...wish,
          holders: wish.holders?.toReversed(),
          compromised: wish.compromised.toReversed(),
          rotationTriggers: Object.fromEntries(triggers.toReversed()),
        };
        expect(decideRotation(state, turned, now)).toEqual(
          decideRotation(state, { ...wish, rotationTriggers: Object.fromEntries(triggers) }, now),
        );
      }),
    );
  });

  it("revokes nothing that was said to be revoked before, and never only because time passes", () => {
    fc.assert(
      fc.property(states, wishes, nows, nows, (state, wish, one, other) => {
        const { revoke } = decideRotation(state, wish, one);
        expect(decideRotation(state, wish, other).revoke).toEqual(revoke);
        const revoked = [state.current, ...state.previous].filter((version) => version.revoked);
        for (const { thumbprint } of revoke) {
          expect([state.current, ...state.previous].some((v) => v.thumbprint === thumbprint && !v.revoked)).toBe(true);
        }
        expect(revoke.length).toBeLessThanOrEqual(1 + state.previous.length - revoked.length);
      }),
    );
  });
});
