import { hoursAfter } from "../../provider/rotation/schedule";
import { dayOf } from "../../provider/rotation/wording";
import { html, type Markup, nothing } from "./markup";
import type { Report, ReportedItem } from "./report";
import { count, dayMarkup, distanceInWords, nameMarkup } from "./words";

/** Whoever looks at what is next does not read further; the timeline and the other formats hold the rest. */
const aheadDays = 90;
const fewestRows = 10;
const mostRows = 500;

const shownIdCharacters = 8;

/** First on the page: what does not mend itself. */
export function wrongSection(report: Report): Markup {
  const { wrong, stacks } = report;
  const who = stacks.length === 1 ? "this state knows" : "these states know";
  return html`<section id="wrong" aria-labelledby="wrong-title">
<h2 id="wrong-title">What is wrong</h2>
${
  wrong.length === 0
    ? html`<p class="note">Nothing, as far as ${who}.</p>`
    : html`<ul class="wrong" data-rows="wrong">
${wrong.map((item) => wrongRow(item, report))}</ul>`
}
</section>
`;
}

function wrongRow(item: ReportedItem, report: Report): Markup {
  const { stack, name, date, isMissedRun } = item;
  const { madeAt } = report;
  const since = html` <span class="since">· since ${dayMarkup(date)}, ${distanceInWords(date, madeAt)}</span>`;
  const rest = isMissedRun ? " No update has done it since." : "";
  return html`<li class="finding"><span class="kind">${kindOf(item, madeAt)}</span>
<p><strong>${nameMarkup(name)}</strong> <span class="stack">${nameMarkup(stack.name)}</span>${date < madeAt ? since : nothing}<br>${sentenceOf(item, report)}${rest}</p></li>
`;
}

function kindOf({ kind, date, what, isMissedRun }: ReportedItem, now: Date): string {
  if (what.includes("STILL OPEN")) {
    return "still open";
  }
  if (kind === "expiry" && date <= now) {
    return "expired";
  }
  return isMissedRun ? `missed ${kind}` : kind;
}

/** A row for each date, earliest first. */
export function dueSection(report: Report): Markup {
  const { due, stacks, madeAt } = report;
  const until = hoursAfter(madeAt, 24 * aheadDays);
  const near = due.filter(({ date }) => date <= until).length;
  const shown = due.slice(0, Math.min(Math.max(near, fewestRows), mostRows));
  const inColumn = (cell: Markup) => (stacks.length === 1 ? nothing : cell);
  return html`<section id="due" aria-labelledby="due-title">
<h2 id="due-title">What is due next</h2>
<p class="note">${noteOn(due, shown)}</p>
${
  shown.length === 0
    ? nothing
    : html`<div class="wide" role="region" aria-label="Table of what is due" tabindex="0"><table class="due">
<thead><tr><th scope="col">Day (UTC)</th><th scope="col">What</th><th scope="col">Name</th>${inColumn(html`<th scope="col">Stack</th>`)}<th scope="col">In words</th></tr></thead>
<tbody data-rows="due">
${shown.map(
  (
    item,
  ) => html`<tr><td class="when">${dayMarkup(item.date)} <span class="distance">${distanceInWords(item.date, madeAt)}</span></td><td>${item.kind}</td><th scope="row" class="due-name">${nameMarkup(item.name)}</th>${inColumn(
    html`<td class="stack">${nameMarkup(item.stack.name)}</td>`,
  )}<td class="words">${sentenceOf(item, report)}</td></tr>
`,
)}</tbody></table></div>`
}
</section>
`;
}

function noteOn(due: readonly ReportedItem[], shown: readonly ReportedItem[]): string {
  const last = shown.at(-1);
  if (last === undefined) {
    return "Nothing.";
  }
  const rest = due.length - shown.length;
  const more =
    rest === 0
      ? ""
      : ` ${count(rest, "more date")} after ${dayOf(last.date)}: the timeline shows them, the report as JSON and as calendar list them.`;
  return `Rotations and retirements are done by the first update on that day or later.${more}`;
}

/** As `due` says it, with the names of subscriptions where a roster gives them. */
function sentenceOf({ what, door }: ReportedItem, { access }: Report): string {
  const id = door?.subscriptionId;
  const name = id
    ? access.doors.find(({ subscriptionId }) => subscriptionId?.toLowerCase() === id.toLowerCase())?.name
    : null;
  const named = id && name ? what.replaceAll(id, `${name} (${id.slice(0, shownIdCharacters)}…)`) : what;
  return `${named.slice(0, 1).toUpperCase()}${named.slice(1)}${/[.!?]$/.test(named) ? "" : "."}`;
}
