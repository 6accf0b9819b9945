import { harmless } from "../output";
import type { Access, Door } from "./access";
import { embeddedJson, html, type Markup, nothing } from "./markup";
import type { Report } from "./report";
import { count, namedText } from "./words";

const kindCodes = { own: 0, shared: 1, previous: 2, revoked: 3, missing: 4 } as const;

/**
 * Who can sign in where. A million cells are too many for a page, and nearly all of them follow from a few keys: those go into
 * the page, and its script lays out the rows that are looked at.
 */
export function peopleSection({ access }: Report): Markup {
  const { people, doors, untracked } = access;
  const nobody = html`Nothing is known about people: no roster is in these states, and no certificate says in <code>holders</code> who has its key.`;
  return html`<section id="people" aria-labelledby="people-title">
<h2 id="people-title">Who can sign in where</h2>
${
  people.length === 0
    ? html`<p class="note">${nobody}</p>`
    : html`<p class="note">${count(people.length, "person", "people")} and ${count(doors.length, "door")}, by what is registered: whoever has held a key that a door accepts can sign in there.</p>
${legend}
<noscript><p class="note">This table is laid out by the page's own script, which is switched off. The report as JSON holds the same.</p></noscript>
<div id="matrix"></div>
<script type="application/json" id="access">${embeddedJson(compact(access))}</script>`
}
${
  untracked.length === 0
    ? nothing
    : html`<p class="note">Nobody has written down who holds the key of ${count(untracked.length, "certificate")}, which ${untracked.length === 1 ? "opens" : "open"} doors too: ${untracked
        .slice(0, mostNamed)
        .map(
          (name, index) => html`${index === 0 ? "" : ", "}<bdi>${name}</bdi>`,
        )}${untracked.length > mostNamed ? `, and ${count(untracked.length - mostNamed, "other")}` : ""}. Give ${untracked.length === 1 ? "it" : "them"} <code>holders</code>, and a leaver's key is replaced.</p>`
}
</section>
`;
}

const mostNamed = 20;

const legend = html`<ul class="legend" aria-label="What the cells mean">
<li class="meaning"><span class="mark own" aria-hidden="true"></span> with a key of their own</li>
<li class="meaning"><span class="mark shared" aria-hidden="true"></span> with a shared key</li>
<li class="meaning"><span class="mark previous" aria-hidden="true"></span> only with a key whose overlap ends</li>
<li class="meaning"><span class="mark missing" aria-hidden="true"></span> in the roster, and not registered yet</li>
<li class="meaning"><span class="mark revoked" aria-hidden="true">!</span> still open: with a key that is revoked</li>
</ul>`;

/** As cli/report/page/page.js reads it: people, doors, stacks, and keys as [kind, label, holders, doors, stack], the last three as places. */
function compact({ people, doors, keys }: Access) {
  const named = Map.groupBy(doors, ({ name }) => name);
  const stacks = [...new Set(keys.map(({ stack }) => stack))];
  return {
    people: people.map(({ id, name, isInRoster }) => [
      shown(id),
      name === null || name === id ? "" : shown(name),
      isInRoster === false ? 1 : 0,
    ]),
    doors: doors.map((door) => {
      const isOnly = named.get(door.name)?.length === 1;
      return [shown(doorInWords(door, isOnly)), shown(door.subscriptionId ?? door.application ?? "")];
    }),
    stacks: stacks.map(shown),
    keys: keys.map(({ kind, stack, label, holders, doors: opened }) => [
      kindCodes[kind],
      shown(label),
      holders,
      opened,
      stacks.indexOf(stack),
    ]),
  };
}

/** Two stacks may call two subscriptions the same. */
function doorInWords({ subscriptionId, application, name }: Door, isOnly: boolean): string {
  if (name === null) {
    return subscriptionId ?? `application ${application}`;
  }
  return isOnly ? name : `${name} (${(subscriptionId ?? "").slice(0, 8)}…)`;
}

function shown(text: string): string {
  return namedText(harmless(text).toWellFormed());
}
