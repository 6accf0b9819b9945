import { dayOf, momentOf } from "../../provider/rotation/wording";
import { html, type Markup } from "./markup";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const daysPerMonth = 30.44;
/** Up to here days are what people count. */
const mostDays = 90;

/** `in 12 days`, `5 months ago`, `now`. */
export function distanceInWords(date: Date, now: Date): string {
  const ms = date.getTime() - now.getTime();
  const size = Math.abs(ms);
  if (size < hourMs) {
    return "now";
  }
  const amount =
    size < dayMs
      ? count(Math.floor(size / hourMs), "hour")
      : size < mostDays * dayMs
        ? count(Math.floor(size / dayMs), "day")
        : count(Math.floor(size / dayMs / daysPerMonth), "month");
  return ms > 0 ? `in ${amount}` : `${amount} ago`;
}

/** The day, and the minute for machines and for whoever hovers over it. */
export function dayMarkup(date: Date): Markup {
  return html`<time datetime="${date.toISOString()}" title="${momentOf(date)}">${dayOf(date)}</time>`;
}

/**
 * A name out of a state: apart from the sentence around it, whichever direction it is written in. A path of names breaks where
 * a slash is.
 */
export function nameMarkup(name: string): Markup {
  return html`<bdi>${namedText(name)
    .split("/")
    .map((part, index) => (index === 0 ? html`${part}` : html`/<wbr>${part}`))}</bdi>`;
}

/** A blank would leave nothing to point at. */
export function namedText(name: string): string {
  return name.trim() === "" ? "(blank)" : name;
}

/** `1 link`, `5,000 people`. */
export function count(number: number, noun: string, several = `${noun}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : several}`;
}
