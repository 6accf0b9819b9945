import { Cron } from "croner";
import { remembering } from "./remembering";

/** The moments that a cron expression names, in a time zone. */
export interface Calendar {
  /** The latest one that is not after the moment; null where there was none. */
  lastUntil(moment: Date): Date | null;
  /** The first one after the moment; null where none comes. */
  firstAfter(moment: Date): Date | null;
}

const secondMs = 1_000;

/** The order in which a cron expression has them. */
const fields = ["minute", "hour", "day of month", "month", "day of week"];
const inOrder = `${fields.join(", ")}, as 0 22 * * SAT for 22:00 on Saturdays`;
const fiveFields = /^[^\s]+(?: +[^\s]+){4}$/;
const longestExpression = 200;
/** The calendar repeats itself every 400 years, whichever day it is asked from. */
const anyDay = new Date("2000-01-01T00:00:00Z");

/** @throws TypeError where the expression or the zone has not been checked */
export const calendarOf = remembering((cron: string, timeZone: string): Calendar => {
  const runs = parse(cron, timeZone);
  return {
    lastUntil: (moment) => runs.previousRuns(1, new Date(wholeSecond(moment).getTime() + secondMs))[0] ?? null,
    firstAfter: (moment) => runs.nextRun(wholeSecond(moment)),
  };
});

/** What is wrong with a cron expression, as the rest of a sentence; null: nothing. */
export const cronProblem = remembering((cron: string): string | null => {
  if (cron.length > longestExpression || !fiveFields.test(cron)) {
    return `must have five fields with a space between: ${inOrder}`;
  }
  const impossible = cron.split(/ +/).findIndex((part, index) => {
    const alone = fields.map((_, other) => (other === index ? part : "*"));
    return !canBeParsed(alone.join(" "));
  });
  if (impossible >= 0 || !canBeParsed(cron)) {
    return `has an impossible ${fields[impossible] ?? "field"}; its fields are ${inOrder}`;
  }
  return parse(cron, "UTC").nextRun(anyDay) === null ? "names a day that never comes" : null;
});

/** Whether this is the name of a time zone in the IANA database. An offset, as +02:00, knows no summer. */
export const isTimeZone = remembering((timeZone: string): boolean => {
  try {
    return /^[A-Za-z]/.test(timeZone) && new Intl.DateTimeFormat("en", { timeZone }).format(anyDay) !== "";
  } catch {
    return false;
  }
});

function canBeParsed(cron: string): boolean {
  try {
    parse(cron, "UTC");
    return true;
  } catch {
    return false;
  }
}

function parse(cron: string, timeZone: string): Cron {
  // An hour that the clocks leave out is the moment after the gap; one that they go through twice counts once.
  return new Cron(cron, { timezone: timeZone, mode: "5-part", fixedTimeRule: "no-wildcard", paused: true });
}

function wholeSecond(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / secondMs) * secondMs);
}
