import { dayOf, listInWords, shortThumbprint } from "../../provider/rotation/wording";
import { html, type Markup, nothing } from "./markup";
import type { Report, ReportedCertificate, ReportedRegistration } from "./report";
import { type TimeScale, timeScaleOf } from "./timeScale";
import { count, dayMarkup, distanceInWords, nameMarkup } from "./words";

/** A predecessor that is still registered somewhere. */
interface Overlap {
  readonly thumbprint: string;
  readonly revoked: boolean;
  readonly doors: number;
  /** The last door's; null while one of them has no successor yet. */
  readonly until: Date | null;
}

interface Row {
  readonly certificate: ReportedCertificate;
  readonly doors: number;
  readonly overlaps: readonly Overlap[];
  /** The days on which doors take a predecessor off, earliest first, each once. */
  readonly retirements: readonly Date[];
}

/** Every certificate with its validity, renewal window, overlaps and retirements, and the scale that they are drawn on. */
export function timelineSection(report: Report): { readonly markup: Markup; readonly scale: TimeScale } {
  const { madeAt } = report;
  const rows = rowsOf(report);
  const scale = timeScaleOf(
    rows.flatMap(({ certificate, retirements }) => [certificate.notBefore, certificate.notAfter, ...retirements]),
    madeAt,
  );
  const isOneStack = report.stacks.length === 1;
  const markup = html`<section id="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">Every certificate</h2>
${
  rows.length === 0
    ? html`<p class="note">There is none.</p>`
    : html`${legend}
<div class="row axis" aria-hidden="true"><span></span><div class="track"><svg class="bar" width="100%" height="18">${scale.ticks.map(
        ({ date, label }) =>
          html`<text x="${percent(scale, date)}" y="13"${anchor(scale.percent(date))}>${label}</text>`,
      )}</svg></div><span></span></div>
<ol class="timeline" data-rows="timeline">
${rows.map((row) => rowMarkup(row, scale, isOneStack, madeAt))}</ol>`
}
</section>
`;
  return { markup, scale };
}

const legend = html`<ul class="legend" aria-label="What the bars mean">
<li class="meaning"><svg class="swatch" aria-hidden="true" width="28" height="12"><rect class="validity" y="3" width="28" height="6" rx="2"/></svg> valid</li>
<li class="meaning"><svg class="swatch" aria-hidden="true" width="28" height="12"><rect class="window" y="3" width="14" height="6" rx="2"/><rect class="window open" x="14" y="3" width="14" height="6" rx="2"/></svg> renewal window: an update rotates it (strong: open now)</li>
<li class="meaning"><svg class="swatch" aria-hidden="true" width="28" height="12"><rect class="overlap" y="4" width="22" height="4"/><rect class="retirement" x="22" y="1" width="2" height="10"/></svg> overlap of its predecessor, until it is retired</li>
<li class="meaning"><svg class="swatch" aria-hidden="true" width="28" height="12"><rect class="today" x="13" width="1.5" height="12"/></svg> the day of this report</li>
</ul>`;

function rowsOf({ certificates, registrations }: Report): readonly Row[] {
  const byCertificate = Map.groupBy(registrations, ({ certificate, urn }) => certificate ?? urn);
  return certificates.map((certificate) => {
    const own = (byCertificate.get(certificate.urn) ?? []).filter(({ missingSince }) => missingSince === null);
    const old = Map.groupBy(
      own.filter(({ role }) => role !== "current"),
      ({ thumbprint }) => thumbprint,
    );
    const ends = own.flatMap(({ retireAt }) => retireAt?.getTime() ?? []);
    return {
      certificate,
      doors: new Set(own.map(({ door }) => door.subscriptionId ?? door.application)).size,
      overlaps: [...old].map(([thumbprint, found]) => overlapOf(thumbprint, found)),
      retirements: [...new Set(ends)].sort((one, other) => one - other).map((end) => new Date(end)),
    };
  });
}

function overlapOf(thumbprint: string, registrations: readonly ReportedRegistration[]): Overlap {
  const ends = registrations.map(({ retireAt }) => retireAt?.getTime());
  return {
    thumbprint,
    revoked: registrations.some(({ role }) => role === "revoked"),
    doors: registrations.length,
    until: ends.some((end) => end === undefined) ? null : new Date(Math.max(...ends.map((end) => end ?? 0))),
  };
}

function rowMarkup(row: Row, scale: TimeScale, isOneStack: boolean, now: Date): Markup {
  const { certificate, doors } = row;
  const { name, stack, notAfter, rotatesAt } = certificate;
  const next =
    rotatesAt === null
      ? html`nothing here rotates it`
      : html`<span${rotatesAt <= now ? html` class="late"` : nothing}>rotates ${dayMarkup(rotatesAt)}</span> <span class="distance">${distanceInWords(rotatesAt, now)}</span>`;
  const end =
    notAfter <= now
      ? html`<span class="late">expired ${dayMarkup(notAfter)}</span>`
      : html`expires ${dayMarkup(notAfter)}`;
  return html`<li class="row"><div class="who"><strong>${nameMarkup(name)}</strong>${
    isOneStack ? nothing : html` <span class="stack">${nameMarkup(stack.name)}</span>`
  }</div>
<div class="track"><svg class="bar" width="100%" height="22" role="img" aria-label="${inWords(row, now)}">${shapes(row, scale, now)}</svg></div>
<div class="dates">${next}<br><span class="muted">${end}, ${count(doors, "door")}</span></div></li>
`;
}

function shapes({ certificate, overlaps, retirements }: Row, scale: TimeScale, now: Date): readonly Markup[] {
  const { notBefore, issuedAt, notAfter, renewalTime } = certificate;
  const until = overlaps.reduce((latest, overlap) => Math.max(latest, (overlap.until ?? now).getTime()), 0);
  return [
    stretch(scale, "validity", notBefore, renewalTime ?? notAfter, 5, 6),
    ...(renewalTime === null
      ? []
      : [stretch(scale, renewalTime <= now ? "window open" : "window", renewalTime, notAfter, 5, 6)]),
    ...(overlaps.length === 0 ? [] : [stretch(scale, "overlap", issuedAt, new Date(until), 14, 4)]),
    ...retirements.map(
      (date) => html`<rect class="retirement" x="${percent(scale, date)}" y="11" width="2" height="10"/>`,
    ),
  ];
}

function stretch(scale: TimeScale, kind: string, from: Date, to: Date, y: number, height: number): Markup {
  const width = Math.max(scale.percent(to) - scale.percent(from), 0);
  return html`<rect class="${kind}" x="${percent(scale, from)}" y="${y}" width="${width.toFixed(2)}%" height="${height}" rx="1.5"/>`;
}

/** What the bar shows, for whoever does not see it. */
function inWords({ certificate, overlaps }: Row, now: Date): string {
  const { notBefore, notAfter, renewalTime } = certificate;
  const old = overlaps.map(({ thumbprint, revoked, doors, until }) => {
    const what = `${revoked ? "revoked" : "predecessor"} ${shortThumbprint(thumbprint)} on ${count(doors, "door")}`;
    return `${what} ${until === null ? "until its successor is registered everywhere" : `until ${dayOf(until)}`}`;
  });
  const parts = [
    `${notAfter <= now ? "was valid" : "valid"} from ${dayOf(notBefore)} to ${dayOf(notAfter)}`,
    ...(renewalTime === null ? [] : [`renewal window from ${dayOf(renewalTime)}`]),
    ...old,
  ];
  return listInWords(parts);
}

function percent(scale: TimeScale, date: Date): string {
  return `${scale.percent(date).toFixed(2)}%`;
}

/** The first and the last label stay inside. */
function anchor(at: number): Markup {
  return at < 4 ? nothing : at > 96 ? html` text-anchor="end"` : html` text-anchor="middle"`;
}
