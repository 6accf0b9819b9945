import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planLink, planUnlink } from "./planLink";
import { hoursAfter } from "./schedule";
import type { LinkPlan, LinkSituation, ObservedCertificate, Registration } from "./types";
import { wantedOnLink } from "./wantedOnLink";

const lineage = "7d0e6a5e-6f2d-4c59-9b3a-0d2f6c1b8a11";
const start = new Date("2027-03-01T00:00:00Z");
const pool = ["A1", "B2", "C3", "D4", "E5", "F6"];

const hours = fc.integer({ min: -300, max: 300 });
const dates = hours.map((after) => hoursAfter(start, after));
const validities = fc.option(
  fc.tuple(dates, dates).map(([notBefore, notAfter]) => ({ notBefore, notAfter })),
  { nil: null },
);

const observed: fc.Arbitrary<ObservedCertificate> = fc.record({
  thumbprint: fc.constantFrom(...pool),
  sha256Fingerprint: fc.constant("same"),
  lineage: fc.constantFrom(lineage, lineage, null, "another"),
  validity: validities,
});

const situations: fc.Arbitrary<LinkSituation> = fc.record({
  door: fc.constant("subscription 5a1f1c9e-8a1b-4a5e-9f00-000000000001"),
  certificate: fc.record({
    lineage: fc.constantFrom(lineage, lineage, null),
    current: fc.record({
      thumbprint: fc.constantFrom("A1", "A1", "C3"),
      sha256Fingerprint: fc.constant("same"),
      notBefore: dates,
      notAfter: dates,
    }),
    previous: fc.uniqueArray(
      fc.record({ thumbprint: fc.constantFrom("B2", "C3"), notAfter: dates, revoked: fc.boolean() }),
      { selector: ({ thumbprint }) => thumbprint },
    ),
    overlapHours: fc.integer({ min: 0, max: 200 }),
  }),
  registered: fc.uniqueArray(
    fc.record({
      thumbprint: fc.constantFrom(...pool),
      registeredAt: dates,
      retireAt: fc.constant(null),
      origin: fc.constantFrom("created" as const, "adopted" as const),
    }),
    { selector: ({ thumbprint }) => thumbprint },
  ),
  observed: fc.uniqueArray(observed, { selector: ({ thumbprint }) => thumbprint }),
  authenticatedWith: fc.option(fc.constantFrom(...pool), { nil: null }),
  rules: fc.record({
    allowLast: fc.boolean(),
    allowed: fc.subarray(pool),
    removeFirst: fc.boolean(),
    whenRemovedElsewhere: fc.constantFrom("fail" as const, "restore" as const),
    removeAdopted: fc.boolean(),
    certificateLimit: fc.integer({ min: 0, max: 8 }),
  }),
});

const planners = fc.constantFrom(planLink, planUnlink);

/** What the subscription lists after each step, the untouched list first. */
function course(situation: LinkSituation, plan: LinkPlan): readonly (readonly ObservedCertificate[])[] {
  const lists: (readonly ObservedCertificate[])[] = [situation.observed];
  for (const step of plan.kind === "apply" ? plan.steps : []) {
    const before = lists.at(-1) ?? [];
    const { current } = situation.certificate;
    lists.push(
      step.action === "remove"
        ? before.filter(({ thumbprint }) => thumbprint !== step.thumbprint)
        : [
            ...before,
            {
              thumbprint: step.thumbprint,
              sha256Fingerprint: current.sha256Fingerprint,
              lineage: situation.certificate.lineage,
              validity: current,
            },
          ],
    );
  }
  return lists;
}

/** The situation after a link carried the plan out and recorded what it did. */
function afterwards(situation: LinkSituation, plan: LinkPlan, now: Date): LinkSituation {
  const list = course(situation, plan).at(-1) ?? [];
  const kept = plan.kind === "apply" ? [...plan.keep, ...plan.steps.filter(({ action }) => action === "add")] : [];
  // Throughout: what is put back is recorded anew.
  const there = situation.registered.filter((one) =>
    [situation.observed, list].every((at) => at.some(({ thumbprint }) => thumbprint === one.thumbprint)),
  );
  const recorded = kept
    .filter((one) => !there.some(({ thumbprint }) => thumbprint === one.thumbprint))
    .map(
      ({ thumbprint }): Registration => ({
        thumbprint,
        registeredAt: now,
        retireAt: null,
        origin: plan.kind === "apply" && plan.adopt.includes(thumbprint) ? "adopted" : "created",
      }),
    );
  return { ...situation, observed: list, registered: [...there, ...recorded] };
}

const validAt = (now: Date) => (one: ObservedCertificate) =>
  one.validity !== null && one.validity.notBefore <= now && now < one.validity.notAfter;

describe("whatever a link meets", () => {
  it("it never touches what is foreign, nor the certificate the run signs in with", () => {
    fc.assert(
      fc.property(situations, planners, dates, (situation, plan, now) => {
        const ours = new Set(
          situation.observed
            .filter((one) =>
              situation.certificate.lineage === null
                ? one.thumbprint === situation.certificate.current.thumbprint
                : one.lineage === lineage,
            )
            .map(({ thumbprint }) => thumbprint),
        );
        const decided = plan(situation, now);
        for (const step of decided.kind === "apply" ? decided.steps : []) {
          if (step.action === "remove") {
            expect(ours).toContain(step.thumbprint);
            expect(step.thumbprint).not.toBe(situation.authenticatedWith);
          }
        }
      }),
    );
  });

  it("it never takes the last valid certificate away, not even for a moment, unless it is allowed to", () => {
    fc.assert(
      fc.property(situations, planners, dates, (given, plan, now) => {
        const situation = { ...given, rules: { ...given.rules, allowLast: false, allowed: [] } };
        const counts = course(situation, plan(situation, now)).map((list) => list.filter(validAt(now)).length);
        expect(counts.slice(1).every((count, index) => count > 0 || counts[index] === 0)).toBe(true);
      }),
    );
  });

  it("it never exceeds the limit by adding", () => {
    fc.assert(
      fc.property(situations, dates, (situation, now) => {
        const lists = course(situation, planLink(situation, now));
        for (const [index, list] of lists.entries()) {
          if (index > 0 && list.length > (lists[index - 1]?.length ?? 0)) {
            expect(list.length).toBeLessThanOrEqual(situation.rules.certificateLimit);
          }
        }
      }),
    );
  });

  it("it has nothing left to do when the plan was carried out", () => {
    fc.assert(
      fc.property(situations, planners, dates, (situation, plan, now) => {
        const { current, previous } = situation.certificate;
        // Once taken away, a revoked current certificate is refused, as the table says.
        fc.pre(!previous.some(({ thumbprint, revoked }) => revoked && thumbprint === current.thumbprint));
        const first = plan(situation, now);
        fc.pre(first.kind === "apply");
        const second = plan(afterwards(situation, first, now), now);
        expect(second.kind === "apply" && second.steps).toEqual([]);
        // What a guard held back is still named: giving up silently would look like success.
        expect(second.kind === "apply" && second.guarded).toEqual(first.guarded);
        expect(second.kind === "apply" && second.adopt).toEqual([]);
      }),
    );
  });

  it("it arrives at the same place when it was stopped after any step, whether or not that was recorded", () => {
    fc.assert(
      fc.property(situations, dates, fc.nat({ max: 5 }), fc.boolean(), (situation, now, stop, recorded) => {
        const whole = planLink(situation, now);
        fc.pre(whole.kind === "apply");
        const part: LinkPlan = { ...whole, steps: whole.steps.slice(0, stop) };
        const halfWay = afterwards(situation, part, now);
        const resumed = recorded ? halfWay : { ...halfWay, registered: situation.registered };
        const rest = planLink(resumed, now);
        fc.pre(rest.kind === "apply");
        const thumbprintsAfter = (from: LinkSituation, plan: LinkPlan) =>
          afterwards(from, plan, now)
            .observed.map(({ thumbprint }) => thumbprint)
            .sort();
        expect(thumbprintsAfter(resumed, rest)).toEqual(thumbprintsAfter(situation, whole));
      }),
    );
  });

  it("it decides the same for the same input, in whatever order the service lists", () => {
    fc.assert(
      fc.property(situations, planners, dates, fc.nat(), (situation, plan, now, turn) => {
        const at = situation.observed.length === 0 ? 0 : turn % situation.observed.length;
        const turned = [...situation.observed.slice(at), ...situation.observed.slice(0, at)].reverse();
        expect(plan({ ...situation, observed: turned }, now)).toEqual(plan(situation, now));
      }),
    );
  });

  it("it names every revoked certificate of the lineage that is still there: as removed, as guarded, or in the refusal", () => {
    fc.assert(
      fc.property(situations, planners, dates, (situation, plan, now) => {
        const decided = plan(situation, now);
        const revoked = new Set(situation.certificate.previous.flatMap((one) => (one.revoked ? [one.thumbprint] : [])));
        const open = situation.observed.filter((one) => one.lineage === lineage && revoked.has(one.thumbprint));
        fc.pre(situation.certificate.lineage !== null);
        for (const { thumbprint } of open) {
          const named =
            decided.kind === "refuse"
              ? decided.refusal.sentence
              : JSON.stringify([...decided.steps, ...decided.guarded].filter((one) => "revoked" in one && one.revoked));
          expect(named).toContain(thumbprint);
        }
      }),
    );
  });

  it("it wants less and less as time passes and nothing is added, and what is due to go stays due", () => {
    fc.assert(
      fc.property(situations, dates, dates, (situation, one, other) => {
        const [earlier, later] = one <= other ? [one, other] : [other, one];
        const names = (now: Date) =>
          wantedOnLink(situation.certificate, situation.registered, now).map(({ thumbprint }) => thumbprint);
        expect(names(earlier)).toEqual(expect.arrayContaining(names(later)));
      }),
    );
  });

  it("it never lets a certificate stay longer than it said, as long as the same is registered", () => {
    fc.assert(
      fc.property(situations, dates, dates, ({ certificate, registered }, one, other) => {
        const [earlier, later] = one <= other ? [one, other] : [other, one];
        // Until a successor is registered, the end is only the least that it will be.
        fc.pre(registered.some(({ thumbprint }) => thumbprint === certificate.current.thumbprint));
        const before = wantedOnLink(certificate, registered, earlier);
        for (const { thumbprint, until } of wantedOnLink(certificate, registered, later)) {
          expect(before.find((wanted) => wanted.thumbprint === thumbprint)?.until).toEqual(until);
          expect(until === null || later < until).toBe(true);
        }
      }),
    );
  });

  it("it decides the same in whatever order its own records stand", () => {
    fc.assert(
      fc.property(situations, planners, dates, (situation, plan, now) => {
        const turned = { ...situation, registered: situation.registered.toReversed() };
        expect(plan(turned, now)).toEqual(plan(situation, now));
      }),
    );
  });

  it("it adds nothing but the current certificate, at most once, and never a revoked one", () => {
    fc.assert(
      fc.property(situations, planners, dates, (situation, plan, now) => {
        const { current, previous } = situation.certificate;
        const decided = plan(situation, now);
        const added = (decided.kind === "apply" ? decided.steps : []).filter(({ action }) => action === "add");
        expect(added.length).toBeLessThanOrEqual(plan === planLink ? 1 : 0);
        for (const { thumbprint } of added) {
          expect(thumbprint).toBe(current.thumbprint);
          expect(previous.some((one) => one.revoked && one.thumbprint === thumbprint)).toBe(false);
          expect(situation.observed.some((one) => one.thumbprint === thumbprint)).toBe(false);
        }
      }),
    );
  });

  it("when it is removed, it leaves nothing of its lineage but what a guard holds back by name", () => {
    fc.assert(
      fc.property(situations, dates, (situation, now) => {
        fc.pre(situation.certificate.lineage !== null);
        const plan = planUnlink(situation, now);
        fc.pre(plan.kind === "apply");
        const left = course(situation, plan).at(-1) ?? [];
        const guarded = plan.guarded.map(({ thumbprint }) => thumbprint);
        expect(
          left
            .filter((one) => one.lineage === lineage)
            .map(({ thumbprint }) => thumbprint)
            .toSorted(),
        ).toEqual(guarded.toSorted());
      }),
    );
  });
});
