/** `2027-03-01T00:00:00Z`: whole seconds, as X.509 counts them. */
export function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** Cut, not rounded: a date must never come to lie in the future because of its milliseconds. */
export function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export function addHours(date: Date, hours: number): Date {
  return new Date(date.getTime() + hours * hourMs);
}

export function addMinutes(date: Date, minutes: number): Date {
  return new Date(date.getTime() + minutes * minuteMs);
}
