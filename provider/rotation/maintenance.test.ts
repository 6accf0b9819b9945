import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { A, kindsOf, specification, stateOf, wishesOf } from "../../test/support/certificateStates";
import { decideRotation } from "./decideRotation";
import { hoursAfter } from "./schedule";
import type { CertificateState, CertificateWishes, Maintenance } from "./types";

const closed = (opens: string | null): Maintenance => ({
  kind: "closed",
  opens: opens === null ? null : new Date(opens),
});
const soon = closed("2027-03-06T22:00:00Z");

describe("outside of the maintenance windows a rotation", () => {
  const cases: readonly {
    rule: string;
    state?: CertificateState;
    wishes?: Partial<CertificateWishes>;
    now?: string;
    maintenance?: Maintenance | null;
    kind: "keep" | "wait" | "rotate";
    says: string;
  }[] = [
    {
      rule: "that is not due is not due",
      now: "2027-01-01T00:00:00Z",
      kind: "keep",
      says: "nothing due before 2027-02-01",
    },
    {
      rule: "in the renewal window waits, and says for when",
      kind: "wait",
      says: "rotation is due, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); waits for the maintenance window that opens on 2027-03-06 22:00 UTC",
    },
    {
      rule: "that is due by age waits",
      wishes: { rotateEveryHours: 720 },
      now: "2026-09-01T00:00:00Z",
      maintenance: closed("2026-09-05T22:00:00Z"),
      kind: "wait",
      says: "rotation is due, because it was issued on 2026-06-01 and is rotated every 720 hours; waits for the maintenance window that opens on 2026-09-05 22:00 UTC",
    },
    {
      rule: "that is due by a spread age waits",
      wishes: { rotateEveryHours: 720, spreadHours: 48 },
      now: "2026-09-01T00:00:00Z",
      maintenance: closed("2026-09-05T22:00:00Z"),
      kind: "wait",
      says: "rotation is due, because it was issued on 2026-06-01 and is rotated every 720 hours, or up to 48 hours earlier; waits for the maintenance window that opens on 2026-09-05 22:00 UTC",
    },
    {
      rule: "waits although a version before it is revoked, which does not wait",
      state: stateOf(
        { heldBy: ["alice"] },
        {
          previous: [
            {
              thumbprint: A.replace("AAAA", "BBBB"),
              notAfter: new Date("2027-06-01"),
              revoked: false,
              heldBy: ["bob"],
            },
          ],
        },
      ),
      wishes: { holders: ["alice"] },
      kind: "wait",
      says: "due: revokes BBBB1111… (bob held it) now; the current certificate stays: its rotation is due, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); waits for the maintenance window that opens on 2027-03-06 22:00 UTC",
    },
    {
      rule: "waits for a window that leaves a second more than the overlap",
      maintenance: closed("2027-05-24T23:59:59Z"),
      kind: "wait",
      says: "rotation is due, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); waits for the maintenance window that opens on 2027-05-24 23:59 UTC",
    },
    {
      rule: "does not wait for a window that leaves no more than the overlap",
      maintenance: closed("2027-05-25T00:00:00Z"),
      kind: "rotate",
      says: "due: rotates now, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); outside of the maintenance windows, because the next one opens on 2027-05-25 00:00 UTC, too late for an overlap of 168 hours before notAfter 2027-06-01; the previous certificate stays accepted for 168 hours after its successor is registered",
    },
    {
      rule: "without an overlap does not wait for a window that opens at its end",
      wishes: { overlapHours: 0 },
      maintenance: closed("2027-06-01T00:00:00Z"),
      kind: "rotate",
      says: "due: rotates now without overlap, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); outside of the maintenance windows, because none opens before notAfter 2027-06-01",
    },
    {
      rule: "does not wait where no window ever opens again",
      maintenance: closed(null),
      kind: "rotate",
      says: "due: rotates now, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); outside of the maintenance windows, because none opens before notAfter 2027-06-01; the previous certificate stays accepted for 168 hours after its successor is registered",
    },
    {
      rule: "of what has expired does not wait",
      now: "2027-06-01T00:00:00Z",
      maintenance: closed("2027-06-05T22:00:00Z"),
      kind: "rotate",
      says: "due: rotates now, because it expired on 2027-06-01; outside of the maintenance windows, which this does not wait for (the next one opens on 2027-06-05 22:00 UTC)",
    },
    {
      rule: "because somebody left does not wait, though it is due by date as well",
      state: stateOf({ heldBy: ["bob"] }),
      wishes: { holders: [] },
      kind: "rotate",
      says: "due: rotates now without overlap, because bob left, and the renewal window opened on 2027-02-01 (notAfter 2027-06-01); outside of the maintenance windows, which this does not wait for (the next one opens on 2027-03-06 22:00 UTC); revoked: AAAA1111… (bob held it)",
    },
    {
      rule: "of a compromised key does not wait",
      wishes: { compromised: [A] },
      now: "2026-07-01T00:00:00Z",
      maintenance: closed(null),
      kind: "rotate",
      says: "due: rotates now without overlap, because AAAA1111… is listed as compromised; outside of the maintenance windows, which this does not wait for; revoked: AAAA1111… (listed as compromised)",
    },
    {
      rule: "that a trigger asks for does not wait",
      wishes: { rotationTriggers: { build: "2" } },
      now: "2026-07-01T00:00:00Z",
      kind: "rotate",
      says: "due: rotates now, because rotationTriggers changed (build added); outside of the maintenance windows, which this does not wait for (the next one opens on 2027-03-06 22:00 UTC); the previous certificate stays accepted for 168 hours after its successor is registered",
    },
    {
      rule: "to another specification does not wait",
      wishes: { specification: { ...specification, rsaBits: 4096 } },
      now: "2026-07-01T00:00:00Z",
      kind: "rotate",
      says: "due: rotates now, because rsaBits changed from 2048 to 4096; outside of the maintenance windows, which this does not wait for (the next one opens on 2027-03-06 22:00 UTC); the previous certificate stays accepted for 168 hours after its successor is registered",
    },
  ];
  it.each(cases)(
    "$rule",
    ({ state = stateOf(), wishes = {}, now = "2027-03-01T00:00:00Z", maintenance = soon, kind, says }) => {
      const decision = decideRotation(state, wishesOf(wishes), new Date(now), maintenance);
      expect(decision.sentence).toBe(says);
      expect(decision.kind).toBe(kind);
    },
  );

  it("happens while one is open, and says until when that is", () => {
    const open: Maintenance = { kind: "open", closes: new Date("2027-03-01T02:00:00Z") };
    expect(decideRotation(stateOf(), wishesOf(), new Date("2027-03-01T00:00:00Z"), open).sentence).toBe(
      "due: rotates now, because the renewal window opened on 2027-02-01 (notAfter 2027-06-01); the maintenance window is open until 2027-03-01 02:00 UTC; the previous certificate stays accepted for 168 hours after its successor is registered",
    );
  });
});

describe("whatever the maintenance windows are", () => {
  const issuedAt = new Date("2026-06-01T00:00:00Z");
  /** Windows by the hour after issue at which they open, and how long they stay open. */
  const plans = fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 30 })), { maxLength: 6 });
  const lives = fc
    .record({
      validity: fc.integer({ min: 10, max: 500 }),
      renewBefore: fc.integer({ min: 1, max: 400 }),
      overlap: fc.integer({ min: 0, max: 200 }),
      age: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
      spread: fc.integer({ min: 0, max: 50 }),
      spreadFraction: fc.constantFrom(0, 0.5, 0.999_999),
      plan: plans,
    })
    .map(({ validity, plan, ...life }) => ({
      state: stateOf({ issuedAt, notAfter: hoursAfter(issuedAt, validity), spreadFraction: life.spreadFraction }),
      wishes: wishesOf({
        renewBeforeHours: life.renewBefore,
        rotateEveryHours: life.age,
        spreadHours: life.spread,
        overlapHours: life.overlap,
      }),
      plan,
    }));
  type Plan = readonly (readonly [number, number])[];

  function maintenanceOf(plan: Plan, now: Date): Maintenance | null {
    const windows = plan.map(([opens, hours]) => ({
      opens: hoursAfter(issuedAt, opens),
      closes: hoursAfter(issuedAt, opens + hours),
    }));
    const open = windows.filter(({ opens, closes }) => opens <= now && now < closes);
    const latest = (dates: readonly Date[]) => new Date(Math.max(...dates.map((date) => date.getTime())));
    const first = windows.map(({ opens }) => opens).filter((opens) => opens > now);
    return open.length > 0
      ? { kind: "open", closes: latest(open.map(({ closes }) => closes)) }
      : { kind: "closed", opens: first.length === 0 ? null : new Date(Math.min(...first.map(Number))) };
  }

  /** Updates that run every hour, and what each would do if none before it had rotated. */
  function decisions({ state, wishes, plan }: { state: CertificateState; wishes: CertificateWishes; plan: Plan }) {
    return Array.from({ length: 520 }, (_, hour) => {
      const now = hoursAfter(issuedAt, hour);
      return { now, decision: decideRotation(state, wishes, now, maintenanceOf(plan, now)) };
    });
  }

  it("what is due stays due, for the same reasons, whether it waits or not", () => {
    fc.assert(
      fc.property(lives, (life) => {
        let before: readonly string[] = [];
        for (const { now, decision } of decisions(life)) {
          const kinds = decision.kind === "keep" ? [] : decision.reasons.map(({ kind }) => kind);
          // Windows change when it happens, never whether it is due.
          expect(kinds).toEqual(kindsOf(decideRotation(life.state, life.wishes, now)));
          expect(kinds.length).toBeGreaterThanOrEqual(before.length);
          before = kinds;
        }
      }),
      { numRuns: 60 },
    );
  });

  it("a rotation waits for nothing but a window that opens, in time for the whole overlap, and happens there", () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { state, wishes, plan } = life;
        for (const { now, decision } of decisions(life)) {
          if (decision.kind === "wait") {
            const { opens } = decision;
            expect(opens > now).toBe(true);
            expect(hoursAfter(opens, wishes.overlapHours) < state.current.notAfter).toBe(true);
            expect(decideRotation(state, wishes, opens, maintenanceOf(plan, opens)).kind).toBe("rotate");
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("a rotation is never later than the last window that leaves the overlap, and not later than due where there is none", () => {
    fc.assert(
      fc.property(lives, (life) => {
        const { state, wishes, plan } = life;
        const all = decisions(life);
        const due = all.find(({ decision }) => decision.kind !== "keep")?.now;
        const rotated = all.find(({ decision }) => decision.kind === "rotate")?.now;
        if (due === undefined || rotated === undefined) {
          expect(due).toBe(rotated);
          return;
        }
        const fitting = plan
          .map(([opens]) => hoursAfter(issuedAt, opens))
          .filter((opens) => opens > due && hoursAfter(opens, wishes.overlapHours) < state.current.notAfter);
        const last = Math.max(due.getTime(), ...fitting.map(Number));
        expect(rotated.getTime()).toBeLessThanOrEqual(last);
        // And where there is one, the first of them it is, unless one was open when it became due.
        const open = maintenanceOf(plan, due)?.kind === "open";
        expect(rotated).toEqual(open || fitting.length === 0 ? due : new Date(Math.min(...fitting.map(Number))));
      }),
      { numRuns: 200 },
    );
  });
});
