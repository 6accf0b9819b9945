import { describe, expect, it } from "vitest";
import {
  afterOverlap,
  foreign,
  type Given,
  inOverlap,
  now,
  revokedV2,
  seen,
  situationOf,
  subscriptionId,
  V2,
  V3,
  V4,
} from "../../test/support/linkSituations";
import { planLink } from "./planLink";

describe("what a link says", () => {
  const cases: readonly { given: Given; says: string }[] = [
    {
      given: { observed: [seen(V3, { sha256Fingerprint: "other" })] },
      says: `Subscription ${subscriptionId} lists another certificate under the thumbprint 33333333…: its SHA-256 fingerprint differs. Nothing was changed. Find out who uploaded it, remove it there, and rotate.`,
    },
    {
      given: { observed: [seen(V3), seen(V4)] },
      says: `Subscription ${subscriptionId} accepts 44444444… of this lineage (notBefore 2027-04-01 00:00 UTC), which this state has never known: the state was rolled back to before it was made. Nothing was changed. Restore the newest state; if it is lost, make sure that nobody uses that certificate, remove it by hand and run the update again.`,
    },
    {
      given: { registered: inOverlap, observed: [seen(foreign)] },
      says: `Somebody removed 33333333… from subscription ${subscriptionId}; it was registered there on 2027-03-01 12:00 UTC. It is not put back silently. Rotate the certificate if its key may be known to others, or set whenRemovedElsewhere to "restore" to register it again.`,
    },
    {
      given: { registered: inOverlap, observed: [seen(V2)], certificate: { previous: revokedV2 } },
      says: `STILL OPEN: subscription ${subscriptionId} accepts 22222222…, which is revoked. Somebody removed 33333333… from subscription ${subscriptionId}; it was registered there on 2027-03-01 12:00 UTC. It is not put back silently. Rotate the certificate if its key may be known to others, or set whenRemovedElsewhere to "restore" to register it again.`,
    },
    {
      given: { observed: [seen(foreign)], rules: { certificateLimit: 1 } },
      says: `Subscription ${subscriptionId} holds 1 certificate and its limit is 1, so there is no room for 33333333…. Remove certificates that nobody needs, or raise azure-certificates:certificateLimit if the service accepts more.`,
    },
    {
      given: { certificate: { previous: [{ thumbprint: V3, notAfter: now, revoked: true }] } },
      says: `33333333… is revoked and is never registered again, so it was not added to subscription ${subscriptionId}. Rotate the certificate.`,
    },
    {
      given: {
        certificate: { previous: revokedV2 },
        registered: inOverlap,
        observed: [seen(V2), seen(V3)],
        authenticatedWith: V2,
      },
      says: `22222222… stays on subscription ${subscriptionId} although it should go: this run signs in with it. Sign in with another credential and run the update again.`,
    },
    {
      given: { registered: afterOverlap, observed: [seen(V2), seen(V3)] },
      says: "previous, its overlap until 2027-03-04 12:00 UTC has ended",
    },
  ];
  it.each(cases)("says: $says", ({ given, says }) => {
    const plan = planLink(situationOf(given), now);
    const said =
      plan.kind === "refuse" ? [plan.refusal.sentence] : [...plan.guarded, ...plan.steps].map(({ because }) => because);
    expect(said).toContain(says);
  });

  it("gives the numbers of a limit as data too", () => {
    const plan = planLink(situationOf({ observed: [seen(foreign)], rules: { certificateLimit: 1 } }), now);
    expect(plan.kind === "refuse" && plan.refusal).toMatchObject({ reason: "limitReached", count: 1, limit: 1 });
  });
});
