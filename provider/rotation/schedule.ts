import { defaultOverlapHours, defaultRenewBeforeShareOfValidity } from "../defaults";
import type { CertificateState, CertificateWishes } from "./types";

const hourMs = 3_600_000;
const secondMs = 1_000;

/** Hours from issue to the dates that matter; see the inputs of the same names. */
export interface ScheduleWishes {
  readonly validityPeriodHours: number;
  readonly renewBeforeHours: number;
  /** Undefined: age alone is never a reason. */
  readonly rotateEveryHours: number | undefined;
  /** This version's share of `spreadHours`. */
  readonly earlierByHours: number;
}

/** The dates of one version. All are whole seconds. */
export interface Schedule {
  readonly notAfter: Date;
  /** The renewal window opens here and lasts until notAfter. */
  readonly renewalTime: Date;
  /** issuedAt + rotateEveryHours, less this version's share of spreadHours; null where that is not set. */
  readonly dueByAge: Date | null;
  /** The earliest of renewalTime and dueByAge: nothing is due by date before it. */
  readonly nextLook: Date;
}

/**
 * The dates that follow from when a version was issued.
 *
 * A renewBeforeHours that is not below the validity would make every run rotate; check refuses it, and here, where an older
 * certificate may meet newer inputs, a third of the validity is taken instead. So it is with what is spread over more than
 * there is: then nothing is spread.
 */
export function scheduleOf(issuedAt: Date, wishes: ScheduleWishes): Schedule {
  const { validityPeriodHours, renewBeforeHours, rotateEveryHours, earlierByHours } = wishes;
  const notAfter = hoursAfter(issuedAt, validityPeriodHours);
  const renewBefore =
    renewBeforeHours < validityPeriodHours ? renewBeforeHours : defaultRenewBeforeHours(validityPeriodHours);
  const spread = renewBefore + earlierByHours < validityPeriodHours ? earlierByHours : 0;
  const renewalTime = hoursAfter(notAfter, -(renewBefore + spread));
  const dueByAge = rotateEveryHours === undefined ? null : hoursAfter(issuedAt, rotateEveryHours - spread);
  return {
    notAfter,
    renewalTime,
    dueByAge,
    nextLook: dueByAge === null ? renewalTime : earliest(renewalTime, dueByAge),
  };
}

/** The dates of a certificate's current version. */
export function scheduleOfCurrent({ current }: CertificateState, wishes: CertificateWishes): Schedule {
  return scheduleOf(current.issuedAt, {
    validityPeriodHours: hoursBetween(current.issuedAt, current.notAfter),
    renewBeforeHours: wishes.renewBeforeHours,
    rotateEveryHours: wishes.rotateEveryHours,
    earlierByHours: current.spreadFraction * wishes.spreadHours,
  });
}

/** The default of renewBeforeHours: a third of the validity, in whole hours unless the certificate lives for less than three. */
export function defaultRenewBeforeHours(validityPeriodHours: number): number {
  return wholeHours(validityPeriodHours * defaultRenewBeforeShareOfValidity);
}

/** The default of overlapHours: 168, but at most half of renewBeforeHours, so that an overlap never outlives the renewal window. */
export function defaultOverlap(renewBeforeHours: number): number {
  return Math.min(defaultOverlapHours, wholeHours(renewBeforeHours / 2));
}

/** Cut to the second, because a certificate can't say more and a stored date has to compare equal to itself. */
export function hoursAfter(date: Date, hours: number): Date {
  return new Date(Math.floor((date.getTime() + hours * hourMs) / secondMs) * secondMs);
}

/** May be a fraction, and negative. */
export function hoursBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / hourMs;
}

export function earliest(first: Date, ...others: readonly Date[]): Date {
  return new Date(Math.min(first.getTime(), ...others.map((date) => date.getTime())));
}

// A third is no binary fraction: rounding to the second first keeps 8760 h from becoming 2919 h.
function wholeHours(hours: number): number {
  const exact = Math.round(hours * 3_600) / 3_600;
  return exact < 1 ? exact : Math.floor(exact);
}
