import { maximumClockSkewMinutes } from "../../defaults";
import {
  CancelledError,
  CertificateError,
  ClockSkewError,
  EngineGoneError,
  isAzureCertificatesError,
  LockOutError,
  NotUsableError,
  QuotaExceededError,
  RemovedElsewhereError,
  StateRolledBackError,
  StillOpenError,
} from "../../errors";
import type { GuardedCertificate, LinkRefusal } from "../../rotation/types";
import { shortThumbprint } from "../../rotation/wording";
import { isoSeconds } from "../dates";
import type { Door } from "./door";

export function refusalError(refusal: LinkRefusal, door: Door): Error {
  const parts = {
    what: refusal.sentence,
    facts: { ...door.facts, thumbprint: refusal.thumbprint },
  };
  switch (refusal.reason) {
    case "removedElsewhere":
      return new RemovedElsewhereError(parts);
    case "stateRolledBack":
      return new StateRolledBackError(parts);
    case "limitReached":
      return new QuotaExceededError(parts);
    case "otherBytes":
    case "revoked":
      return new CertificateError(parts);
  }
}

/** All of them in one error, the revoked ones first: each is a door that somebody counts on being closed. */
export function guardError(guarded: readonly GuardedCertificate[], door: Door): Error {
  const urgentFirst = guarded.toSorted((left, right) => Number(right.revoked) - Number(left.revoked));
  const parts = {
    what: urgentFirst.map(({ because }) => because).join(" "),
    facts: { ...door.facts, thumbprint: urgentFirst.map(({ thumbprint }) => thumbprint).join(", ") },
  };
  return urgentFirst.some(({ revoked }) => revoked) ? new StillOpenError(parts) : new LockOutError(parts);
}

export function stillOpen(thumbprints: readonly string[], cause: Error, door: Door): StillOpenError {
  const [subject, it] =
    thumbprints.length === 1 ? ["the certificate is", "the certificate"] : ["these certificates are", "them"];
  return new StillOpenError({
    what: `${subject} revoked and could not be removed from ${door.name}: ${cause.message.split("\n")[0]}`,
    todo: `Whoever has ${thumbprints.length === 1 ? "its key" : "their keys"} can still sign in. Run the update again; if that does not help, remove ${it} by hand.`,
    facts: { ...door.facts, thumbprint: thumbprints.join(", ") },
    cause,
  });
}

/** The key that should work from now on does not. */
export function notUsable(
  { current, outgoing }: { readonly current: string; readonly outgoing: string },
  cause: unknown,
  door: Door,
): Error {
  // A run that ends is not a key that fails.
  if (!isAzureCertificatesError(cause) || cause instanceof CancelledError || cause instanceof EngineGoneError) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
  return new NotUsableError({
    what: `${shortThumbprint(current)} is registered and does not sign in to ${door.name}, so ${shortThumbprint(outgoing)} is not retired: ${cause.message.split("\n")[0]}`,
    todo: "Consumers of the previous key are not affected. Run the update again, and if that does not help rotate the certificate.",
    facts: { ...door.facts, thumbprint: current },
    cause,
  });
}

/** A clock that is off would end an overlap too early: consumers would lose access while they still count on the old key. */
export function assertClocksAgree(serverDate: Date | null, now: Date, thumbprint: string, door: Door): void {
  const facts = { ...door.facts, thumbprint };
  if (serverDate === null) {
    throw new ClockSkewError({
      what: "The service's answer carries no readable Date header, so this machine's clock can't be compared with it; the certificate was not retired.",
      todo: "Run the update again.",
      facts,
    });
  }
  const minutes = Math.abs(serverDate.getTime() - now.getTime()) / 60_000;
  if (minutes > maximumClockSkewMinutes) {
    throw new ClockSkewError({
      what: `This machine's clock says ${isoSeconds(now)} and the service's ${isoSeconds(serverDate)}: more than ${maximumClockSkewMinutes} minutes apart, so the certificate was not retired.`,
      todo: "Set the clock right and run the update again.",
      facts,
    });
  }
}
