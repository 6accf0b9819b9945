import { isoSeconds } from "../../provider/resources/dates";
import { momentOf, shortThumbprint } from "../../provider/rotation/wording";
import { colours, harmless } from "../output";
import { applicationIdOf, nameOfPlace, subscriptionIdOf } from "./place";
import { countsOf, isClosed, type OffboardReport, type ReportDoor, type ReportRow, type Unmanaged } from "./report";

const labels: Readonly<Record<ReportRow["status"], string>> = {
  absent: "closed",
  open: "STILL OPEN",
  unknown: "not known",
};

/** For people: what is confirmed closed, what is not and what to do, and what somebody has to look after elsewhere. */
export function reportText(report: OffboardReport): string {
  const unmanaged = report.doors.filter((door) => door.unmanaged.length > 0);
  return [
    headline(report),
    ...report.doors.flatMap((door) => ["", titleOf(door), ...rowLines(door)]),
    ...(unmanaged.length === 0
      ? []
      : [
          "",
          `Certificates that no state at hand manages; ${harmless(report.person)} may have the key of any of them:`,
          ...unmanaged.flatMap((door) => [`  ${titleOf(door)}`, ...door.unmanaged.map(unmanagedLine)]),
        ]),
    ...(report.checks.length === 0 ? [] : ["", "What taking certificates away can't close; look there yourself:"]),
    ...report.checks.flatMap(({ what, todo }) => [`  - ${harmless(what)}`, `    ${harmless(todo)}`]),
  ].join("\n");
}

function headline(report: OffboardReport): string {
  const { person, readAt, doors } = report;
  const { absent, open, unknown } = countsOf(report);
  const who = harmless(person);
  const read = `read on ${momentOf(readAt)}`;
  if (absent + open + unknown === 0) {
    return `${who} held no certificate that opens a door, as far as the states at hand know.`;
  }
  const certificates = new Set(doors.flatMap(({ rows }) => rows.map(({ thumbprint }) => thumbprint))).size;
  const all = `${count(certificates, "certificate")} on ${count(doors.length, "door")}`;
  if (isClosed(report)) {
    return colours.green(`${who} is out: ${all}, each confirmed closed (${read}).`);
  }
  const parts = [
    ...(open > 0 ? [`${open} STILL OPEN`] : []),
    ...(unknown > 0 ? [`${unknown} not known, which counts as open`] : []),
    `${absent} confirmed closed`,
  ];
  return colours.red(`${who} may still sign in: ${parts.join(", ")} (${all}, ${read}).`);
}

/** A line for each; of what is not closed, why and what to do, said once where it is the same for several. */
function rowLines({ rows }: ReportDoor): readonly string[] {
  const width = Math.max(...rows.map((row) => nameOf(row).length));
  const indent = " ".repeat(labels.open.length + 4);
  return rows.flatMap((row, index) => {
    const { thumbprint, status, because, todo } = row;
    const colour = status === "absent" ? colours.green : status === "open" ? colours.red : colours.yellow;
    const label = colour(labels[status].padEnd(labels.open.length));
    const line = `  ${label}  ${shortThumbprint(thumbprint)}  ${nameOf(row).padEnd(width)}`;
    const [isFirst, isLast] = [rows[index - 1], rows[index + 1]].map(
      (other) => other?.because !== because || other.todo !== todo,
    );
    if (status === "absent" || !isLast) {
      return [line.trimEnd()];
    }
    return isFirst
      ? [`${line}  ${harmless(because)}`, `${indent}${harmless(todo)}`]
      : [line.trimEnd(), `${indent}${harmless(because)}`, `${indent}${harmless(todo)}`];
  });
}

function titleOf({ place, name }: ReportDoor): string {
  return harmless(name === null ? nameOfPlace(place) : `${name} (${nameOfPlace(place)})`);
}

function nameOf({ certificate }: ReportRow): string {
  return harmless(certificate ?? "(not managed)");
}

function unmanagedLine({ thumbprint, subject, createdAt, uploaded, inUse }: Unmanaged): string {
  const created = createdAt === "" ? "" : `, created ${createdAt.slice(0, 10)}`;
  const used = inUse ? "; this run signed in with it" : "";
  return harmless(
    `    ${shortThumbprint(thumbprint)}  ${subject ?? "no X.509 certificate"}${created}, ${uploaded}${used}`,
  );
}

/** For programs. Thumbprints in full, dates ISO 8601 in UTC. */
export function reportJson(report: OffboardReport) {
  const { person, readAt, doors, checks } = report;
  return {
    person,
    readAt: isoSeconds(readAt),
    closed: isClosed(report),
    counts: countsOf(report),
    doors: doors.map(({ place, name, rows, unmanaged }) => ({
      name,
      subscriptionId: subscriptionIdOf(place),
      application: applicationIdOf(place),
      certificates: rows,
      unmanaged,
    })),
    checks,
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
