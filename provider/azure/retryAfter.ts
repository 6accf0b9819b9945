import { longestRetryAfterMs } from "../defaults";

/**
 * How long `Retry-After` asks to wait, in milliseconds; null where it is absent or nonsense, which is then ignored.
 * A date counts from the server's own `Date`, because its clock and ours may differ.
 *
 * @see RFC 9110 section 10.2.3
 */
export function retryAfterMs(header: string | null, serverDate: Date | null, now: Date): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) {
    return Math.min(Number(text) * 1000, longestRetryAfterMs);
  }
  const until = httpDate(text);
  if (until === null) {
    return null;
  }
  const milliseconds = until.getTime() - (serverDate ?? now).getTime();
  return Math.min(Math.max(milliseconds, 0), longestRetryAfterMs);
}

/**
 * The date of an HTTP header, null where it is none. Only the one form that servers must send: `Date.parse` alone takes
 * almost anything for a date, "-1" included.
 *
 * @see RFC 9110 section 5.6.7
 */
export function httpDate(text: string | null): Date | null {
  if (text === null || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) {
    return null;
  }
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}
