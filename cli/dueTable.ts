import { isoSeconds } from "../provider/resources/dates";
import { dayOf, momentOf } from "../provider/rotation/wording";
import { colours, harmless } from "./output";
import type { StackExport } from "./stackExport";
import { nameOf } from "./urn";
import type { DueItem } from "./whatIsDue";

export interface DueReport {
  readonly now: Date;
  readonly until: Date;
  readonly items: readonly DueItem[];
  /** The first one after `until`. */
  readonly next: DueItem | null;
  readonly counted: Pick<StackExport, "certificates" | "links">;
}

/** For people: one line per item, earliest first. */
export function dueTable({ now, until, items, next, counted }: DueReport): string {
  if (counted.certificates.length + counted.links.length + items.length === 0) {
    return "Nothing is due: this state holds no certificates and no links.";
  }
  const stock = `${count(counted.certificates.length, "certificate")}, ${count(counted.links.length, "link")}`;
  const later =
    next === null ? "" : ` The next date is ${dayOf(next.date)}: ${harmless(`${nameOf(next.urn)} ${next.what}`)}.`;
  if (items.length === 0) {
    return `Nothing is due before ${momentOf(until)} (${stock}).${later}`;
  }
  const rows = items.map((item) => ({
    date: momentOf(item.date),
    overdue: item.date < now ? "overdue" : "",
    kind: item.kind,
    name: harmless(nameOf(item.urn)),
    what: harmless(item.what),
    isUrgent: item.date <= now,
  }));
  const width = (of: (row: (typeof rows)[number]) => string) => Math.max(...rows.map((row) => of(row).length));
  const widths = {
    overdue: width(({ overdue }) => overdue),
    kind: width(({ kind }) => kind),
    name: width(({ name }) => name),
  };
  const lines = rows.map(({ date, overdue, kind, name, what, isUrgent }) => {
    const columns = [date, ...(widths.overdue > 0 ? [overdue.padEnd(widths.overdue)] : []), kind.padEnd(widths.kind)];
    const head = columns.join("  ");
    return `  ${isUrgent ? colours.red(head) : colours.yellow(head)}  ${colours.bold(name.padEnd(widths.name))}  ${what}`;
  });
  return [
    `As of ${momentOf(now)}, ${count(items.length, "thing")} ${items.length === 1 ? "is" : "are"} due by ${momentOf(until)} (${stock}):`,
    "",
    ...lines,
    ...(items.some(({ date }) => date <= now) ? ["", "An update carries out what is due: pulumi up"] : []),
  ].join("\n");
}

/** For programs. Dates are ISO 8601 in UTC, whole seconds. */
export function dueJson({ now, until, items, next, counted }: DueReport) {
  const plain = (item: DueItem) => ({
    date: isoSeconds(item.date),
    overdue: item.date < now,
    kind: item.kind,
    name: nameOf(item.urn),
    urn: item.urn,
    subscriptionId: item.door?.subscriptionId ?? null,
    application: item.door?.application ?? null,
    thumbprint: item.thumbprint,
    what: item.what,
  });
  return {
    asOf: isoSeconds(now),
    until: isoSeconds(until),
    certificates: counted.certificates.length,
    links: counted.links.length,
    due: items.map(plain),
    next: next === null ? null : plain(next),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
