import { createHash } from "node:crypto";
import { isoSeconds } from "../../provider/resources/dates";
import { compareText, dayOf, shortThumbprint } from "../../provider/rotation/wording";
import { harmless } from "../output";
import type { DueKind } from "../whatIsDue";
import type { Report, ReportedItem } from "./report";

// Written by hand: seven properties and two rules of RFC 5545, escaping and folding. The libraries for it bring a schema
// validator (ics) or 800 kB and adapters to five date libraries (ical-generator), and take the time of the day for DTSTAMP.

const mostOctetsPerLine = 75;

const titles: Partial<Record<DueKind, (item: ReportedItem) => string>> = {
  rotation: ({ name }) => `${name} rotates`,
  retirement: ({ name, thumbprint }) => `${name}: ${shortThumbprint(thumbprint ?? "")} is taken off`,
  expiry: ({ name }) => `${name} expires`,
};

/**
 * A calendar of rotations, retirements and expiries. The same states give the same text on any day, as long as no holder has
 * left and waits for a rotation, and an event keeps its UID when its date changes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5545
 */
export function calendarReport({ wrong, due, certificates, registrations }: Report): string {
  const since = new Map([
    ...certificates.map(({ urn, issuedAt }) => [urn, issuedAt] as const),
    ...latest(registrations),
  ]);
  const events = [...wrong, ...due]
    .flatMap((item) => {
      const title = titles[item.kind]?.(item);
      return title === undefined ? [] : [{ item, title, uid: uidOf(item) }];
    })
    .toSorted((one, other) => one.item.date.getTime() - other.item.date.getTime() || compareText(one.uid, other.uid))
    .flatMap(({ item, title, uid }) => [
      "BEGIN:VEVENT",
      `UID:${uid}`,
      // Since when this holds: a clock would make another calendar of the same states.
      `DTSTAMP:${moment(since.get(item.urn) ?? item.date)}`,
      `DTSTART:${moment(item.date)}`,
      "DURATION:PT15M",
      `SUMMARY:${text(`${title} (${item.stack.name})`)}`,
      `DESCRIPTION:${text(descriptionOf(item))}`,
      `CATEGORIES:${text(item.kind)}`,
      "TRANSP:TRANSPARENT",
      "END:VEVENT",
    ]);
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//pulumi-azure-certificates//report//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:Azure certificates",
    ...events,
    "END:VCALENDAR",
  ]
    .map((line) => `${folded(line)}\r\n`)
    .join("");
}

/** A retirement was decided when the successor was registered. */
function latest(registrations: Report["registrations"]): readonly (readonly [string, Date])[] {
  return registrations
    .map(({ urn, registeredAt }) => [urn, registeredAt] as const)
    .toSorted(([, one], [, other]) => one.getTime() - other.getTime());
}

/** What holds on every day: that it is overdue, and since when, the day of the event says. */
function descriptionOf({ kind, door, thumbprint, date }: ReportedItem): string {
  const certificate = shortThumbprint(thumbprint ?? "");
  if (kind === "rotation") {
    return `The first update from ${dayOf(date)} on gives it a new key, and its doors a successor of ${certificate}. Nothing rotates by itself: somebody has to run that update.`;
  }
  if (kind === "retirement") {
    const where = door?.subscriptionId ? `subscription ${door.subscriptionId}` : `application ${door?.application}`;
    return `The overlap of ${certificate} on ${where} ends: the first update from ${dayOf(date)} on takes it off.`;
  }
  return `${certificate} opens nothing from then on. It is replaced long before where updates run.`;
}

/** Of what it is about and not of when, so that a calendar moves the event instead of showing both. */
function uidOf({ urn, kind, thumbprint, door }: ReportedItem): string {
  const about = kind === "retirement" ? [urn, kind, thumbprint, door?.subscriptionId, door?.application] : [urn, kind];
  const digest = createHash("sha256").update(JSON.stringify(about)).digest("hex");
  return `${digest.slice(0, 32)}@azure-certificates`;
}

/** `20270301T000000Z` */
function moment(date: Date): string {
  return isoSeconds(date).replaceAll(/[-:]/g, "");
}

function text(value: string): string {
  return harmless(value).replaceAll(/[\\;,]/g, "\\$&");
}

/** A line goes on in the next one after a blank; a character of several octets stays whole. */
function folded(line: string): string {
  const lines: string[] = [];
  let current = "";
  let octets = 0;
  for (const character of line) {
    const more = Buffer.byteLength(character);
    if (octets + more > mostOctetsPerLine) {
      lines.push(current);
      current = " ";
      octets = 1;
    }
    current += character;
    octets += more;
  }
  return [...lines, current].join("\r\n");
}
