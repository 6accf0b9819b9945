import { defaultOverlap, defaultRenewBeforeHours } from "../../rotation/schedule";
import type { CheckFailure, Values } from "../lifecycle";

/** An input, where it is given and known. */
function numberOf(inputs: Values, name: string): number | undefined {
  const value = inputs[name];
  return typeof value === "number" ? value : undefined;
}

/** The defaults that follow from other inputs. One that follows from an unknown input waits until that is known. */
export function withScheduleDefaults(known: Values, unknown: Values): Values {
  const filled = { ...known };
  const validity = numberOf(filled, "validityPeriodHours");
  if (validity !== undefined && !("renewBeforeHours" in { ...filled, ...unknown })) {
    filled["renewBeforeHours"] = defaultRenewBeforeHours(validity);
  }
  const renewBefore = numberOf(filled, "renewBeforeHours");
  if (renewBefore !== undefined && !("overlapHours" in { ...filled, ...unknown })) {
    const age = (numberOf(filled, "rotateEveryHours") ?? Infinity) - (numberOf(filled, "spreadHours") ?? 0);
    filled["overlapHours"] = Math.min(defaultOverlap(renewBefore), Math.max(age, 0));
  }
  return filled;
}

/** Hours that can't all be had. Each failure names the input that is easiest to change. */
export function scheduleContradictions(inputs: Values): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string) => failures.push({ property, reason });
  const validity = numberOf(inputs, "validityPeriodHours");
  const renewBefore = numberOf(inputs, "renewBeforeHours");
  const overlap = numberOf(inputs, "overlapHours");
  const age = numberOf(inputs, "rotateEveryHours");
  const backdateMinutes = numberOf(inputs, "backdateMinutes");
  const spread = numberOf(inputs, "spreadHours") ?? 0;
  if (validity !== undefined && renewBefore !== undefined && backdateMinutes !== undefined) {
    const taken = backdateMinutes / 60 + renewBefore;
    if (taken >= validity) {
      fail(
        "renewBeforeHours",
        `renewBeforeHours (${renewBefore}) and backdateMinutes (${backdateMinutes}) leave nothing of validityPeriodHours (${validity}): the certificate would be due as soon as it is made. Lower renewBeforeHours, or raise validityPeriodHours`,
      );
    } else if (taken + spread >= validity) {
      fail(
        "spreadHours",
        `spreadHours (${spread}), renewBeforeHours (${renewBefore}) and backdateMinutes (${backdateMinutes}) leave nothing of validityPeriodHours (${validity}): some certificates would be due as soon as they are made. Lower spreadHours, or raise validityPeriodHours`,
      );
    }
  }
  if (overlap !== undefined && renewBefore !== undefined && overlap > renewBefore) {
    fail(
      "overlapHours",
      `overlapHours (${overlap}) is longer than renewBeforeHours (${renewBefore}): the previous certificate would expire during its overlap. Lower overlapHours, or raise renewBeforeHours`,
    );
  }
  if (overlap !== undefined && age !== undefined) {
    if (overlap > age) {
      fail(
        "overlapHours",
        `overlapHours (${overlap}) is longer than rotateEveryHours (${age}): certificates would pile up on every subscription. Lower overlapHours, or raise rotateEveryHours`,
      );
    } else if (spread >= age || overlap > age - spread) {
      fail(
        "spreadHours",
        `spreadHours (${spread}) and overlapHours (${overlap}) leave nothing of rotateEveryHours (${age}): certificates would pile up on every subscription. Lower spreadHours, or raise rotateEveryHours`,
      );
    }
  }
  return failures;
}
