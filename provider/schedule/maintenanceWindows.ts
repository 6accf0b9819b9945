import type { Maintenance } from "../rotation/types";
import { type Calendar, calendarOf } from "./calendar";
import { remembering } from "./remembering";
import type { MaintenanceWindow } from "./types";

const hourMs = 3_600_000;
/** Of one window: a year of nights. A report asks about the day on which each certificate is due. */
const mostStretches = 730;

/**
 * What maintenance windows say about a moment; null where there are none.
 *
 * A function of its arguments alone, although it remembers: a preview asks about the same moment for every certificate, and
 * a calendar takes a while to answer.
 *
 * @param windows checked, see `windowFields`
 */
export function maintenanceAt(windows: readonly MaintenanceWindow[], moment: Date): Maintenance | null {
  if (windows.length === 0) {
    return null;
  }
  const said = windows.map(({ cron, durationHours, timeZone }) =>
    stretchesOf(cron, String(durationHours), timeZone).at(moment),
  );
  const closing = said.flatMap((one) => (one.kind === "open" ? [one.closes.getTime()] : []));
  if (closing.length > 0) {
    return { kind: "open", closes: new Date(Math.max(...closing)) };
  }
  const opening = said.flatMap((one) => (one.kind === "closed" && one.opens !== null ? [one.opens.getTime()] : []));
  return { kind: "closed", opens: opening.length === 0 ? null : new Date(Math.min(...opening)) };
}

/** What one window says, and the time in which it goes on saying so. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly says: Maintenance;
}

const stretchesOf = remembering((cron: string, durationHours: string, timeZone: string) => {
  const calendar = calendarOf(cron, timeZone);
  const known: Stretch[] = [];
  return {
    at: (moment: Date): Maintenance => {
      const momentMs = moment.getTime();
      let stretch = known.find(({ fromMs, toMs }) => fromMs <= momentMs && momentMs < toMs);
      if (stretch === undefined) {
        stretch = stretchAround(calendar, Number(durationHours) * hourMs, moment);
        known.splice(mostStretches - 1);
        known.unshift(stretch);
      }
      return stretch.says;
    },
  };
});

function stretchAround(calendar: Calendar, durationMs: number, moment: Date): Stretch {
  const opened = calendar.lastUntil(moment);
  const opens = calendar.firstAfter(moment);
  const opensMs = opens?.getTime() ?? Number.POSITIVE_INFINITY;
  // Whatever was before the first opening of all times.
  const openedMs = opened?.getTime() ?? Number.NEGATIVE_INFINITY;
  const closesMs = openedMs + durationMs;
  return moment.getTime() < closesMs
    ? // Where it opens again before it closes, it closes later from then on.
      { fromMs: openedMs, toMs: Math.min(closesMs, opensMs), says: { kind: "open", closes: new Date(closesMs) } }
    : { fromMs: closesMs, toMs: opensMs, says: { kind: "closed", opens } };
}
