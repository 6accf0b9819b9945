import { defaultOverlap, defaultRenewBeforeHours } from "../../rotation/schedule";
import type { CheckFailure, Values } from "../lifecycle";

/** Inputs that are hours, where they are given and known. */
function hoursOf(inputs: Values, name: string): number | undefined {
  const hours = inputs[name];
  return typeof hours === "number" ? hours : undefined;
}

/** The defaults that follow from other inputs. One that follows from an unknown input waits until that is known. */
export function withScheduleDefaults(known: Values, unknown: Values): Values {
  const filled = { ...known };
  const validity = hoursOf(filled, "validityPeriodHours");
  if (validity !== undefined && !("renewBeforeHours" in { ...filled, ...unknown })) {
    filled["renewBeforeHours"] = defaultRenewBeforeHours(validity);
  }
  const renewBefore = hoursOf(filled, "renewBeforeHours");
  if (renewBefore !== undefined && !("overlapHours" in { ...filled, ...unknown })) {
    const age = (hoursOf(filled, "rotateEveryHours") ?? Infinity) - (hoursOf(filled, "spreadHours") ?? 0);
    filled["overlapHours"] = Math.min(defaultOverlap(renewBefore), Math.max(age, 0));
  }
  return filled;
}

/** Hours that can't all be had. Each failure names the input that is easiest to change. */
export function scheduleContradictions(inputs: Values): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string) => failures.push({ property, reason });
  const validity = hoursOf(inputs, "validityPeriodHours");
  const renewBefore = hoursOf(inputs, "renewBeforeHours");
  const overlap = hoursOf(inputs, "overlapHours");
  const age = hoursOf(inputs, "rotateEveryHours");
  const backdateMinutes = hoursOf(inputs, "backdateMinutes");
  const spread = hoursOf(inputs, "spreadHours") ?? 0;
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
