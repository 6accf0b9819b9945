import { tryParseCertificate } from "../../provider/certificate/parse";
import { ConfigurationError } from "../../provider/errors";
import { hoursAfter } from "../../provider/rotation/schedule";
import { compareText } from "../../provider/rotation/wording";
import type { ExportedDoor, ExportedLink, StackExport } from "../stackExport";
import { nameOf } from "../urn";
import { type DueItem, whatIsDue } from "../whatIsDue";
import { type Access, accessIn } from "./access";
import { type Lineages, lineagesOf, type Role, versionOf } from "./versions";

/** A stack export, and the file that it came from. */
export interface ReadState {
  readonly source: string;
  readonly content: StackExport;
}

/** Everything that a report says: each of its formats shows what is in here, and decides nothing. */
export interface Report {
  /** What it looks from, whole seconds. */
  readonly madeAt: Date;
  readonly stacks: readonly ReportedStack[];
  /** What needs a person, worst first. */
  readonly wrong: readonly ReportedItem[];
  /** What the calendar brings, or the next update: earliest first. */
  readonly due: readonly ReportedItem[];
  /** Whichever rotates next comes first; those that nothing here rotates are last. */
  readonly certificates: readonly ReportedCertificate[];
  readonly registrations: readonly ReportedRegistration[];
  readonly access: Access;
}

export interface ReportedStack {
  /** `project/stack`; the name of its file, where a state is empty. */
  readonly name: string;
  readonly project: string;
  readonly stack: string;
  readonly source: string;
  readonly certificates: number;
  readonly links: number;
}

export interface ReportedItem extends DueItem {
  readonly stack: ReportedStack;
  readonly name: string;
  /** A rotation or retirement that no update carried out for more than a day: since `date`. */
  readonly isMissedRun: boolean;
}

export interface ReportedCertificate {
  readonly stack: ReportedStack;
  readonly urn: string;
  readonly name: string;
  readonly thumbprint: string;
  readonly revision: number | null;
  readonly notBefore: Date;
  readonly issuedAt: Date;
  readonly notAfter: Date;
  /** Null where it was made elsewhere: nothing here rotates it. */
  readonly renewalTime: Date | null;
  /** When it rotates, or since when it should have: at renewalTime, or before it because of age, or because somebody left. */
  readonly rotatesAt: Date | null;
  /** Null until there was one. */
  readonly lastRotation: { readonly at: Date; readonly reasons: readonly string[] } | null;
  /** Null: not tracked, which is not the same as nobody. */
  readonly holders: readonly string[] | null;
  /** Newest first. */
  readonly previous: readonly {
    readonly thumbprint: string;
    readonly notAfter: Date;
    readonly revoked: boolean;
    readonly heldBy: readonly string[];
  }[];
}

/** One certificate on one door, as its link remembers it. */
export interface ReportedRegistration {
  readonly stack: ReportedStack;
  readonly urn: string;
  readonly name: string;
  readonly door: ExportedDoor;
  readonly thumbprint: string;
  readonly role: Role;
  /** URN of its certificate; null where no state of this report holds it. */
  readonly certificate: string | null;
  readonly registeredAt: Date;
  /** Null while it is current, and where no successor is registered yet. */
  readonly retireAt: Date | null;
  /** Somebody else took it away. */
  readonly missingSince: Date | null;
}

/** A nightly update that came late by some hours is no news. */
const missedAfterHours = 24;

/**
 * What the states say, put together.
 *
 * @throws ConfigurationError ERR_CONFIGURATION: two exports of one stack
 */
export function gatherReport(states: readonly ReadState[], now: Date): Report {
  const stacks = states.map((state) => ({ stack: stackOf(state), content: state.content }));
  refuseTwice(stacks.map(({ stack }) => stack));
  stacks.sort((one, other) => compareText(one.stack.name, other.stack.name));
  const items = stacks.flatMap(({ stack, content }) =>
    whatIsDue(content, now).map((item): ReportedItem => {
      const isMissedRun =
        (item.kind === "rotation" || item.kind === "retirement") && item.date < hoursAfter(now, -missedAfterHours);
      return { ...item, stack, name: nameOf(item.urn), isMissedRun };
    }),
  );
  const isWrong = (item: ReportedItem) => severityOf(item, now) !== null;
  const lineages = lineagesOf(stacks.map(({ content }) => content));
  return {
    madeAt: hoursAfter(now, 0),
    stacks: stacks.map(({ stack }) => stack),
    wrong: items
      .filter(isWrong)
      .toSorted((one, other) => (severityOf(one, now) ?? 0) - (severityOf(other, now) ?? 0) || inOrder(one, other)),
    due: items.filter((item) => !isWrong(item)).toSorted(inOrder),
    certificates: stacks
      .flatMap(({ stack, content }) => [...ownCertificates(stack, content, items), ...bareCertificates(stack, content)])
      .toSorted(
        (one, other) =>
          timeOf(one.rotatesAt) - timeOf(other.rotatesAt) ||
          one.notAfter.getTime() - other.notAfter.getTime() ||
          compareText(one.stack.name, other.stack.name) ||
          compareText(one.urn, other.urn),
      ),
    registrations: stacks.flatMap(({ stack, content }) => registrationsOf(stack, content, lineages)),
    access: accessIn(
      stacks.map(({ content }) => content),
      lineages,
    ),
  };
}

function stackOf({ source, content }: ReadState): ReportedStack {
  const { project, stack } = content.stack ?? { project: "", stack: source };
  return {
    name: content.stack === null ? source : `${project}/${stack}`,
    project,
    stack,
    source,
    certificates: content.certificates.length,
    links: content.links.length,
  };
}

/** Two states of one stack contradict each other, and nobody could say which of them holds. */
function refuseTwice(stacks: readonly ReportedStack[]): void {
  const seen = new Map<string, ReportedStack>();
  for (const stack of stacks) {
    const before = seen.get(stack.name);
    if (before !== undefined) {
      throw new ConfigurationError({
        what: `${before.source} and ${stack.source} are both exports of the stack ${stack.name}.`,
        todo: "Give each stack once, as it is now.",
      });
    }
    seen.set(stack.name, stack);
  }
}

/** Less is worse; null for what the calendar or the next update brings by itself. */
function severityOf({ kind, date, what, isMissedRun }: ReportedItem, now: Date): number | null {
  if (kind === "revocation") {
    return what.startsWith("STILL OPEN") ? 0 : 1;
  }
  if (kind === "failed") {
    return what.includes("STILL OPEN") ? 0 : 2;
  }
  if (kind === "interrupted") {
    return 3;
  }
  if (kind === "expiry" && date <= now) {
    return 4;
  }
  return isMissedRun ? 5 : null;
}

function inOrder(one: ReportedItem, other: ReportedItem): number {
  return (
    one.date.getTime() - other.date.getTime() ||
    compareText(one.stack.name, other.stack.name) ||
    compareText(one.urn, other.urn) ||
    compareText(one.kind, other.kind) ||
    compareText(one.what, other.what)
  );
}

function timeOf(date: Date | null): number {
  return date?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function ownCertificates(
  stack: ReportedStack,
  { certificates }: StackExport,
  items: readonly ReportedItem[],
): readonly ReportedCertificate[] {
  const rotations = new Map(
    items.flatMap((item) => (item.stack === stack && item.kind === "rotation" ? [[item.urn, item.date] as const] : [])),
  );
  return certificates.flatMap(({ urn, outputs, waitsForDeletion }) => {
    if (outputs === null || waitsForDeletion) {
      return [];
    }
    const { thumbprint, issuedAt, notAfter, renewalTime, previous, holders, heldBy } = outputs;
    return [
      {
        stack,
        urn,
        name: nameOf(urn),
        thumbprint,
        revision: outputs.revision ?? null,
        notBefore: outputs.notBefore ?? issuedAt,
        issuedAt,
        notAfter,
        renewalTime,
        rotatesAt: rotations.get(urn) ?? null,
        lastRotation: outputs.lastRotation ?? null,
        holders: holders ?? (heldBy.length > 0 ? heldBy : null),
        previous,
      },
    ];
  });
}

/** Certificates that were made elsewhere, each once, whatever number of links it has. */
function bareCertificates(stack: ReportedStack, { links }: StackExport): readonly ReportedCertificate[] {
  const found = new Map<string, ReportedCertificate>();
  for (const { urn, outputs, inputs, waitsForDeletion } of links) {
    const pem = inputs["certificatePem"];
    const isBare = outputs !== null && !waitsForDeletion && !outputs.lineage && typeof pem === "string";
    const parsed = isBare && !found.has(outputs.thumbprint) ? tryParseCertificate(pem) : null;
    if (isBare && parsed !== null) {
      found.set(outputs.thumbprint, {
        stack,
        urn,
        name: nameOf(urn),
        thumbprint: outputs.thumbprint,
        revision: null,
        notBefore: parsed.notBefore,
        issuedAt: parsed.notBefore,
        notAfter: parsed.notAfter,
        renewalTime: null,
        rotatesAt: null,
        lastRotation: null,
        holders: null,
        previous: [],
      });
    }
  }
  return [...found.values()];
}

function registrationsOf(
  stack: ReportedStack,
  { links }: StackExport,
  lineages: Lineages,
): readonly ReportedRegistration[] {
  return links.flatMap(({ urn, outputs }) =>
    outputs === null ? [] : outputs.registered.map((one) => registration(stack, urn, outputs, one, lineages)),
  );
}

function registration(
  stack: ReportedStack,
  urn: string,
  link: ExportedLink,
  { thumbprint, registeredAt, retireAt, missingSince }: ExportedLink["registered"][number],
  lineages: Lineages,
): ReportedRegistration {
  const { role, certificate } = versionOf(link, thumbprint, lineages);
  return {
    stack,
    urn,
    name: nameOf(urn),
    door: link.door,
    thumbprint,
    role,
    certificate: certificate?.urn ?? null,
    registeredAt,
    retireAt: retireAt ?? null,
    missingSince: missingSince ?? null,
  };
}
