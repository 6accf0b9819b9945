import type { RotationReason } from "./types";

/** The small words that the sentences of a preview are made of: one place, so that they read alike everywhere. */

const shownThumbprintCharacters = 8;

/** A thumbprint as sentences show it: enough to find it in a list, short enough to read. */
export function shortThumbprint(thumbprint: string): string {
  return thumbprint.length <= shownThumbprintCharacters
    ? thumbprint
    : `${thumbprint.slice(0, shownThumbprintCharacters)}…`;
}

/** `2027-03-01`, in UTC. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** `2027-03-01 12:00 UTC`. */
export function momentOf(date: Date): string {
  return `${dayOf(date)} ${date.toISOString().slice(11, 16)} UTC`;
}

/** `1 hour`, `168 hours`. */
export function hoursInWords(hours: number): string {
  const shown = Number(hours.toFixed(2));
  return shown === 1 ? "1 hour" : `${shown} hours`;
}

/** `every 720 hours`, or `every 720 hours, or up to 48 hours earlier` where that is spread. */
export function ageInWords(rotateEveryHours: number, spreadHours: number): string {
  const every = `every ${hoursInWords(rotateEveryHours)}`;
  return spreadHours > 0 ? `${every}, or up to ${hoursInWords(spreadHours)} earlier` : every;
}

/** `bob`, `bob and carol`, `bob, carol and dave`. */
export function listInWords(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** After "because". */
export function reasonsInWords(reasons: readonly RotationReason[]): string {
  return reasons.map(({ detail }) => detail).join(", and ");
}

/** At the beginning of a sentence. */
export function capitalised(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** For sorting by code unit: the same on every machine, whatever its language. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
