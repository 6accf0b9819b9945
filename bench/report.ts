import { type Figure, meetsGoal } from "./figure";

/** The processor is not named: what counts is how many cores shared the work. */
export interface Machine {
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

export interface Group {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Set when the measurement ended without its figures, which the others survive. */
  readonly failure?: string;
}

/** What makes a run fail, a sentence each. */
export function failuresOf(groups: readonly Group[]): readonly string[] {
  return [
    ...groups.flatMap(({ title, failure }) => (failure === undefined ? [] : [`not measured: ${title}: ${failure}`])),
    ...unexplained(groups).map(({ name }) => `missed, and no reason is written beside the measurement: ${name}`),
  ];
}

/** Goals that are missed without a reason: each of them is a failure. */
function unexplained(groups: readonly Group[]): readonly Figure[] {
  return groups
    .flatMap(({ figures }) => figures)
    .filter((figure) => !meetsGoal(figure) && figure.whenMissed === undefined);
}

/** The table that a run ends with. */
export function closingTable(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ title, figures, failure }) => [
    [title, "", "", failure === undefined ? "" : "not measured"],
    ...figures.map((figure) => [`  ${figure.name}`, shownValue(figure), goalOf(figure), verdictOf(figure)]),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The page for readers: the table first, then how each figure came about. */
export function performancePage(groups: readonly Group[], machine: Machine): string {
  const lines = [
    "<!-- Written by `make bench`. Do not edit. -->",
    "",
    "# Performance",
    "",
    `All figures come from one run of \`make bench\` on ${machineText(machine)}. A time depends on the machine, so most of`,
    "them are ratios: both sides were measured by turns in the same run. `make bench` fails where a goal is missed and no reason is given.",
    "",
    "| figure | measured | goal | |",
    "|---|---:|---|---|",
    ...groups.flatMap(({ title, figures, failure }) => [
      `| **${title}** | | | ${failure === undefined ? "" : "not measured "}|`,
      ...figures.map(
        (figure) => `| ${figure.name} | ${shownValue(figure)} | ${goalOf(figure)} | ${verdictOf(figure)} |`,
      ),
    ]),
    "",
    "## How each was measured",
    ...groups.flatMap(({ title, figures, failure }) => [
      "",
      `### ${title}`,
      "",
      ...(failure === undefined ? [] : [`Not measured: ${failure}.`]),
      ...figures.map(explanation),
    ]),
    "",
  ];
  return lines.join("\n");
}

function explanation(figure: Figure): string {
  const missed = meetsGoal(figure) ? "" : ` *The goal is missed:* ${figure.whenMissed ?? "no reason is known."}`;
  return `- **${figure.name}**: ${shownValue(figure)}. ${figure.how}${missed}`;
}

function machineText({ cores, node, platform }: Machine): string {
  return `${cores} ${cores === 1 ? "core" : "cores"}, Node ${node}, ${platform}`;
}

function verdictOf(figure: Figure): string {
  if (figure.goal === undefined) {
    return "";
  }
  return meetsGoal(figure) ? "met" : `missed${figure.whenMissed === undefined ? "" : ", see below"}`;
}

function goalOf({ goal, unit }: Figure): string {
  const limits = [
    ...(goal?.atLeast === undefined ? [] : [`at least ${numberOf(goal.atLeast)}`]),
    ...(goal?.atMost === undefined ? [] : [`at most ${numberOf(goal.atMost)}`]),
  ];
  return limits.length === 0 ? "" : `${limits.join(", ")} ${unit}`;
}

function shownValue({ value, unit }: Figure): string {
  return `${numberOf(value)} ${unit}`;
}

/** Three digits that count, and never less than the whole number. */
function numberOf(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: Math.max(3, Math.trunc(value).toString().length) });
}
