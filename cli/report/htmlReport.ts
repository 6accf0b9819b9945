import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hoursAfter } from "../../provider/rotation/schedule";
import { momentOf } from "../../provider/rotation/wording";
import { dueSection, wrongSection } from "./itemSections";
import { html, Markup } from "./markup";
import { peopleSection } from "./people";
import type { Report } from "./report";
import { timelineSection } from "./timeline";
import type { TimeScale } from "./timeScale";
import { count, nameMarkup } from "./words";

const soonDays = 30;

/**
 * One page that holds all it needs and asks for nothing: its policy lets it run its own script, apply its own styles, and
 * reach no network at all.
 */
export function htmlReport(report: Report): string {
  const { markup: timeline, scale } = timelineSection(report);
  const style = `${asset("page.css")}${gridOf(scale, report.madeAt)}`;
  const script = asset("page.js");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { wrong, due, certificates, access, madeAt } = report;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${titleOf(report)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#wrong">To what is wrong</a>
<header>
<h1>${headlineOf(report)}</h1>
<p class="note">As of <time datetime="${madeAt.toISOString()}">${momentOf(madeAt)}</time>, from ${stacksInWords(report)}.</p>
</header>
<div class="tools">
<nav aria-label="On this page"><ul>
<li><a href="#wrong">Wrong <span class="number">${wrong.length.toLocaleString("en")}</span></a></li>
<li><a href="#due">Due <span class="number">${due.length.toLocaleString("en")}</span></a></li>
<li><a href="#timeline">Certificates <span class="number">${certificates.length.toLocaleString("en")}</span></a></li>
<li><a href="#people">People <span class="number">${access.people.length.toLocaleString("en")}</span></a></li>
</ul></nav>
<search><label for="filter">Filter</label> <input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="name, stack or door"> <output id="found" for="filter"></output></search>
</div>
<main>
${wrongSection(report)}${dueSection(report)}${timeline}${peopleSection(report)}${sourcesSection(report)}</main>
<footer><p>Made by <code>azure-certificates report</code> from the states of the stacks alone: nobody asked Azure, and it holds no private key. What changed since, it does not know.</p></footer>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

function titleOf({ wrong, due, madeAt }: Report): string {
  const soon = due.filter(({ date }) => date <= hoursAfter(madeAt, 24 * soonDays)).length;
  return `Certificates: ${wrong.length} wrong, ${soon} due soon`;
}

function headlineOf({ wrong, due, madeAt }: Report): Markup {
  const soon = due.filter(({ date }) => date <= hoursAfter(madeAt, 24 * soonDays)).length;
  const first =
    wrong.length === 0
      ? html`Nothing is wrong`
      : html`<strong>${count(wrong.length, "thing is", "things are")} wrong</strong>`;
  return html`${first}, ${soon === 0 ? "nothing is" : soon === 1 ? "1 thing is" : `${soon.toLocaleString("en")} things are`} due within ${soonDays} days`;
}

function stacksInWords({ stacks }: Report): Markup {
  const [one] = stacks;
  return stacks.length === 1 && one !== undefined
    ? html`the stack ${nameMarkup(one.name)}`
    : html`<a href="#sources">${count(stacks.length, "stack")}</a>`;
}

function sourcesSection({ stacks }: Report): Markup {
  return html`<section id="sources" aria-labelledby="sources-title">
<h2 id="sources-title">What this is made from</h2>
<div class="wide" role="region" aria-label="Table of stacks" tabindex="0"><table>
<thead><tr><th scope="col">Stack</th><th scope="col">Export</th><th scope="col" class="amount">Certificates</th><th scope="col" class="amount">Links</th></tr></thead>
<tbody>
${stacks.map(
  ({ name, source, certificates, links }) =>
    html`<tr><th scope="row">${nameMarkup(name)}</th><td>${nameMarkup(source)}</td><td class="amount">${certificates}</td><td class="amount">${links}</td></tr>
`,
)}</tbody></table></div>
</section>
`;
}

/** The lines behind the bars. They are styles because an element may have none of its own under this policy. */
function gridOf({ ticks, percent }: TimeScale, now: Date): string {
  const line = (at: number, colour: string, width: number) =>
    `linear-gradient(var(${colour}),var(${colour})) ${at.toFixed(2)}% 0/${width}px 100% no-repeat`;
  const lines = [line(percent(now), "--today", 1.5), ...ticks.map(({ date }) => line(percent(date), "--grid", 1))];
  return `.track{background:${lines.join(",")}}\n`;
}

function asset(name: string): string {
  return readFileSync(join(__dirname, "page", name), "utf8");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
