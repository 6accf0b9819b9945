import { hoursAfter, type Schedule } from "./schedule";
import type { Maintenance, RotationReason, RotationReasonKind } from "./types";
import { hoursInWords, momentOf } from "./wording";

/** Brought about by a date alone. Everything else has happened to a key, or was asked for by whoever runs the update. */
const reasonsThatWait: readonly RotationReasonKind[] = ["renewalWindow", "age"];

/** When the maintenance window opens that a rotation waits for; null where it does not wait. */
export function waitsUntil(
  reasons: readonly RotationReason[],
  maintenance: Maintenance | null,
  schedule: Schedule,
  overlapHours: number,
): Date | null {
  if (maintenance?.kind !== "closed" || maintenance.opens === null || !mayWait(reasons)) {
    return null;
  }
  return maintenance.opens < latestOpening(schedule, overlapHours) ? maintenance.opens : null;
}

/** What a rotation that does not wait says of the maintenance windows: nothing where there are none. */
export function maintenanceInWords(
  reasons: readonly RotationReason[],
  maintenance: Maintenance | null,
  { notAfter }: Schedule,
  overlapHours: number,
  show: (date: Date) => string,
): readonly string[] {
  if (maintenance === null) {
    return [];
  }
  if (maintenance.kind === "open") {
    return [`the maintenance window is open until ${momentOf(maintenance.closes)}`];
  }
  const { opens } = maintenance;
  const outside = "outside of the maintenance windows";
  if (!mayWait(reasons)) {
    return [
      `${outside}, which this does not wait for${opens === null ? "" : ` (the next one opens on ${momentOf(opens)})`}`,
    ];
  }
  return opens === null || opens >= notAfter
    ? [`${outside}, because none opens before notAfter ${show(notAfter)}`]
    : [
        `${outside}, because the next one opens on ${momentOf(opens)}, too late for an overlap of ${hoursInWords(overlapHours)} before notAfter ${show(notAfter)}`,
      ];
}

/** A window that opens later leaves less than the overlap until the certificate expires. */
function latestOpening({ notAfter }: Schedule, overlapHours: number): Date {
  return hoursAfter(notAfter, -overlapHours);
}

function mayWait(reasons: readonly RotationReason[]): boolean {
  return reasons.every(({ kind }) => reasonsThatWait.includes(kind));
}
