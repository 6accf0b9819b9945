import { accessOf, certificatesOf, type Entry, fullnessOf } from "../provider/roster/access";
import type { Roster } from "../provider/roster/roster";
import { colours, harmless } from "./output";

/** For people: who gets in where and with which key, what one stolen key would open, and how full each subscription is. */
export function rosterTable(roster: Roster): string {
  const names = roster.subscriptions.map(({ name }) => name);
  const access = accessOf(roster);
  const people = roster.people.map(({ id, name }) => {
    const row = access.get(id);
    return [`${id} (${name})`, ...names.map((subscription) => cell(row?.get(subscription)))];
  });
  const shared = certificatesOf(roster)
    .filter(({ kind, subscriptions }) => kind === "group" || subscriptions.length > 1)
    .toSorted((one, other) => other.subscriptions.length - one.subscriptions.length)
    .map(({ kind, id, holders, subscriptions }) => {
      const [holder] = holders;
      const whose = {
        person: `${id}'s own`,
        pasted: `${id}, brought by ${holder}`,
        group: `${id}, held by ${holders.join(", ")}`,
      }[kind];
      return `  ${whose}: ${subscriptions.join(", ")}`;
    });
  const idle = roster.people.filter(({ id }) => access.get(id)?.size === 0).map(({ id }) => id);
  const full = fullnessOf(roster).map(({ kind, name, certificates, duringOverlap, certificateLimit }) => {
    const whose = kind === "subscription" ? harmless(name) : `all subscriptions of ${harmless(name)}`;
    const room = `${certificates} of ${certificateLimit}, ${duringOverlap} while all of them rotate`;
    const isTooFull = duringOverlap > certificateLimit;
    return `  ${whose}: ${isTooFull ? colours.red(`${room}: more than it takes, so some have to be shared`) : room}`;
  });
  return [
    `${count(roster.people.length, "person", "people")}, ${count(roster.groups.length, "group")}, ${count(names.length, "subscription")}, ${count(certificatesOf(roster).length, "certificate")}.`,
    "",
    "Who signs in where (own: with a key of their own; otherwise with what they bring, or the group that shares one):",
    ...table([["", ...names], ...people]),
    ...(shared.length === 0 ? [] : ["", "What one stolen key would open:", ...shared]),
    ...(idle.length === 0 ? [] : ["", `Without any door: ${idle.join(", ")}.`]),
    "",
    "Certificates of this roster on each subscription; what others have there is not counted:",
    ...full,
  ]
    .map((line) => line.trimEnd())
    .join("\n");
}

/** For programs. */
export function rosterJson(roster: Roster) {
  const access = accessOf(roster);
  return {
    people: roster.people.map(({ id, name }) => ({
      id,
      name,
      subscriptions: Object.fromEntries(access.get(id) ?? []),
    })),
    certificates: certificatesOf(roster),
    fullness: fullnessOf(roster),
  };
}

function cell(entry: Entry | undefined): string {
  return entry === undefined ? "-" : [...(entry.own ? ["own"] : []), ...entry.pasted, ...entry.groups].join(" + ");
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(harmless));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")}`);
}

function count(number: number, noun: string, several = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : several}`;
}
