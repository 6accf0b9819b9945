import { byThumbprint, inOrderOfRemoval, isCurrent, isOurs, isRevoked } from "./linkFacts";
import { limitReached, otherBytes, refusalOf } from "./linkRefusals";
import { type Present, type Removal, removeGuarded } from "./removals";
import type { KeptCertificate, LinkPlan, LinkSituation, LinkStep, ObservedCertificate, Registration } from "./types";
import { wantedOnLink } from "./wantedOnLink";
import { hoursInWords, momentOf } from "./wording";

/**
 * What to do on one subscription so that it accepts what it should: for creating and updating a link.
 *
 * Pure: equal input gives an equal plan, the order of the listing does not matter, and a plan that was carried out and recorded
 * is followed by one without steps. Everything in `keep`, and the certificate that is added, is what the link records.
 */
export function planLink(situation: LinkSituation, now: Date): LinkPlan {
  const refusal = refusalOf(situation);
  if (refusal !== undefined) {
    return { kind: "refuse", refusal };
  }
  const wanted = wantedOnLink(situation.certificate, registrationsThere(situation, now), now);
  const isWanted = (one: { readonly thumbprint: string }): boolean =>
    wanted.some(({ thumbprint }) => thumbprint === one.thumbprint);
  const ours = situation.observed.filter((one) => isOurs(situation, one));
  const unwanted = inOrderOfRemoval(
    situation,
    ours.filter((one) => !isWanted(one)),
  ).map((certificate) => removalOf(situation, certificate, now));

  const change = arrange(situation, unwanted, now);
  if (change === null) {
    return { kind: "refuse", refusal: limitReached(situation) };
  }
  return {
    kind: "apply",
    ...change,
    keep: wanted.flatMap((one): KeptCertificate[] =>
      ours.some(({ thumbprint }) => thumbprint === one.thumbprint)
        ? [{ ...one, because: one.until === null ? "current" : `previous, accepted until ${momentOf(one.until)}` }]
        : [],
    ),
    adopt: ours
      .filter((one) => situation.certificate.lineage === null && recordOf(situation, one) === undefined)
      .map(({ thumbprint }) => thumbprint),
  };
}

/**
 * What to do when the link goes: everything of its lineage, whether the state knows it or not; a bare certificate only if this
 * link registered it, or `removeAdopted`. What is gone already is nothing to do.
 */
export function planUnlink(situation: LinkSituation, now: Date): LinkPlan {
  const refusal = otherBytes(situation);
  if (refusal !== undefined) {
    return { kind: "refuse", refusal };
  }
  const ours = inOrderOfRemoval(
    situation,
    situation.observed.filter((one) => isOurs(situation, one)),
  );
  const stays = (one: ObservedCertificate): boolean =>
    situation.certificate.lineage === null &&
    recordOf(situation, one)?.origin !== "created" &&
    !situation.rules.removeAdopted;
  const removals = ours
    .filter((one) => !stays(one))
    .map(
      (certificate): Removal => ({
        certificate,
        because: isRevoked(situation, certificate) ? "revoked" : "the link is removed",
        becauseOfTime: false,
      }),
    );
  const { steps, guarded } = removeGuarded(situation, removals, situation.observed, now);
  return {
    kind: "apply",
    steps,
    guarded,
    keep: ours.filter(stays).map(({ thumbprint }) => ({
      thumbprint,
      role: "current",
      until: null,
      because: "was there before this link, and stays unless removeAdopted is set",
    })),
    // Without a record nobody knows who uploaded it; recorded as created, a second attempt would take it away.
    adopt: ours
      .filter((one) => stays(one) && recordOf(situation, one) === undefined)
      .map(({ thumbprint }) => thumbprint),
  };
}

function recordOf({ registered }: LinkSituation, { thumbprint }: ObservedCertificate): Registration | undefined {
  return registered.find((one) => one.thumbprint === thumbprint);
}

/**
 * The records of what is there, and what is there of our lineage without one: a run died between an upload and its record, or
 * the link was renamed and its successor begins with no records. Such a version counts as registered now, so that its overlap is
 * kept in full. A successor that somebody removed has given nobody an overlap: whoever went back to its predecessor keeps that
 * until the next one, or that one put back, has had its time.
 */
function registrationsThere(situation: LinkSituation, now: Date): readonly Registration[] {
  const recorded = situation.registered.filter((one) =>
    situation.observed.some((observed) => observed.thumbprint === one.thumbprint),
  );
  const unrecorded = byThumbprint(situation.observed)
    .filter((one) => isOurs(situation, one) && recordOf(situation, one) === undefined)
    .map(({ thumbprint }): Registration => ({ thumbprint, registeredAt: now, retireAt: null, origin: "created" }));
  return [...recorded, ...unrecorded];
}

function removalOf(situation: LinkSituation, certificate: ObservedCertificate, now: Date): Removal {
  if (isRevoked(situation, certificate)) {
    return { certificate, because: "revoked", becauseOfTime: false };
  }
  const version = situation.certificate.previous.find(({ thumbprint }) => thumbprint === certificate.thumbprint);
  if (version === undefined) {
    return { certificate, because: "an older certificate of this lineage, long superseded", becauseOfTime: false };
  }
  if (version.notAfter <= now) {
    return { certificate, because: `previous, expired on ${momentOf(version.notAfter)}`, becauseOfTime: true };
  }
  const { overlapHours } = situation.certificate;
  if (overlapHours === 0) {
    return { certificate, because: "previous, without overlap", becauseOfTime: false };
  }
  const retireAt = recordOf(situation, certificate)?.retireAt;
  const overlap = retireAt ? `its overlap until ${momentOf(retireAt)}` : `its overlap of ${hoursInWords(overlapHours)}`;
  return { certificate, because: `previous, ${overlap} has ended`, becauseOfTime: true };
}

/**
 * The steps in order: what has to go first, the addition, the rest. Null where the addition finds no room.
 *
 * Removals wait for the addition, because until then they would only take something away. They go before it in two cases:
 * revoked ones when `removeFirst` asks for it, and as many as needed when the subscription is full.
 */
function arrange(
  situation: LinkSituation,
  unwanted: readonly Removal[],
  now: Date,
): Pick<Extract<LinkPlan, { kind: "apply" }>, "steps" | "guarded"> | null {
  const { certificate, observed, registered, rules } = situation;
  const { current } = certificate;
  if (observed.some((one) => isCurrent(situation, one))) {
    const { steps, guarded } = removeGuarded(situation, unwanted, observed, now);
    return { steps, guarded };
  }

  const asked = unwanted.filter((removal) => rules.removeFirst && isRevoked(situation, removal.certificate));
  let first = removeGuarded(situation, asked, observed, now);
  for (const removal of unwanted.filter((one) => !asked.includes(one))) {
    if (first.present.length < rules.certificateLimit) {
      break;
    }
    const more = removeGuarded(situation, [removal], first.present, now);
    first = { ...more, steps: [...first.steps, ...more.steps] };
  }
  if (first.present.length >= rules.certificateLimit) {
    return null;
  }

  const add: LinkStep = {
    action: "add",
    thumbprint: current.thumbprint,
    because: registered.some((one) => isCurrent(situation, one))
      ? "current, removed by somebody else and restored"
      : "current",
  };
  const withCurrent: Present = [...first.present, { thumbprint: current.thumbprint, validity: current }];
  // A guard that held something back before the addition may let it go now.
  const done = new Set(first.steps.map(({ thumbprint }) => thumbprint));
  const last = removeGuarded(
    situation,
    unwanted.filter((one) => !done.has(one.certificate.thumbprint)),
    withCurrent,
    now,
  );
  return { steps: [...first.steps, add, ...last.steps], guarded: last.guarded };
}
