import { isRevoked, isValid } from "./linkFacts";
import type { GuardedCertificate, LinkSituation, LinkStep, ObservedCertificate } from "./types";
import { shortThumbprint } from "./wording";

/** A certificate of ours that should go, and why. */
export interface Removal {
  readonly certificate: ObservedCertificate;
  readonly because: string;
  readonly becauseOfTime: boolean;
}

/** What a subscription holds, half-way through a plan. */
export type Present = readonly Pick<ObservedCertificate, "thumbprint" | "validity">[];

export interface GuardedRemovals {
  readonly steps: readonly LinkStep[];
  readonly guarded: readonly GuardedCertificate[];
  /** What is present after these steps. */
  readonly present: Present;
}

/** Carries removals out one after the other as far as the guards let it; what they hold back is named. */
export function removeGuarded(
  situation: LinkSituation,
  removals: readonly Removal[],
  before: Present,
  now: Date,
): GuardedRemovals {
  const steps: LinkStep[] = [];
  const guarded: GuardedCertificate[] = [];
  let present = before;
  for (const { certificate, because, becauseOfTime } of removals) {
    const { thumbprint } = certificate;
    const revoked = isRevoked(situation, certificate);
    const held = guardOf(situation, certificate, present, now);
    if (held !== undefined) {
      guarded.push({ thumbprint, revoked, ...held });
      continue;
    }
    steps.push({ action: "remove", thumbprint, because, revoked, becauseOfTime });
    present = present.filter((one) => one.thumbprint !== thumbprint);
  }
  return { steps, guarded, present };
}

function guardOf(
  { authenticatedWith, rules, door }: LinkSituation,
  certificate: ObservedCertificate,
  present: Present,
  now: Date,
): Pick<GuardedCertificate, "guard" | "because"> | undefined {
  const name = `${shortThumbprint(certificate.thumbprint)} stays on ${door} although it should go`;
  if (certificate.thumbprint === authenticatedWith) {
    return {
      guard: "inUse",
      because: `${name}: this run signs in with it. Sign in with another credential and run the update again.`,
    };
  }
  const isLastValid =
    isValid(certificate, now) && !present.some((one) => one.thumbprint !== certificate.thumbprint && isValid(one, now));
  return isLastValid && !rules.allowLast && !rules.allowed.includes(certificate.thumbprint)
    ? {
        guard: "lastValid",
        because: `${name}: it is the last valid certificate there, and without it nobody could sign in with a certificate any more. Register another one first, set allowLast on the link, or name it under azure-certificates:allow in the configuration.`,
      }
    : undefined;
}
