import type { EvidenceAction } from "../provider/evidence/evidenceLine";
import type { ReadLine, RememberedHead } from "../provider/evidence/verifyEvidence";
import type { StackExport } from "./stackExport";

/** Something that happened at a door, from a file of evidence or out of a state. */
export interface HistoryRow {
  /** Line of the file; null out of a state. */
  readonly place: number | null;
  readonly at: Date;
  readonly action: EvidenceAction;
  /** `seen`: nobody's effect in that run. `intended`: nothing says what came of it. */
  readonly outcome: "intended" | "done" | "failed" | "seen";
  readonly door: string;
  readonly thumbprint: string;
  /** The link, with its stack where that is known. */
  readonly link: string;
  readonly because: string;
  readonly credential: string | null;
  readonly requestId: string | null;
  readonly error: string | null;
}

export interface HistoryFilter {
  readonly since: Date | null;
  /** Part of a door's name. */
  readonly door: string | null;
  /** Beginning of a thumbprint. */
  readonly thumbprint: string | null;
}

/** One row for each effect: what was intended shows where nothing says what came of it. */
export function rowsOfEvidence(lines: readonly ReadLine[]): readonly HistoryRow[] {
  const settled = new Set<ReadLine>();
  const open = new Map<string, ReadLine>();
  for (const read of lines) {
    const { door, thumbprint, action, outcome } = read.line;
    const key = `${door} ${thumbprint} ${action}`;
    const before = open.get(key);
    if (outcome === "intended") {
      open.set(key, read);
    } else if (before !== undefined && outcome !== "seen") {
      settled.add(before);
      open.delete(key);
    }
  }
  return lines
    .filter((read) => !settled.has(read))
    .map(({ place, line }) => ({
      place,
      at: new Date(line.at),
      action: line.action,
      outcome: line.outcome,
      door: line.door,
      thumbprint: line.thumbprint,
      link: line.stack === undefined ? line.link : `${line.stack} ${line.link}`,
      because: line.because,
      credential: line.credential ?? null,
      requestId: line.requestId ?? null,
      error: line.error ?? null,
    }));
}

/** What the doors themselves remember, earliest first. */
export function rowsOfStates(states: readonly StackExport[]): readonly HistoryRow[] {
  return linksOf(states)
    .flatMap(({ name, outputs }) =>
      (outputs.history ?? []).toReversed().map(
        ({ at, action, thumbprint, because, credential, requestId }): HistoryRow => ({
          place: null,
          at,
          action,
          outcome: action === "registered" || action === "removed" ? "done" : "seen",
          door:
            outputs.door.subscriptionId === null
              ? `application ${outputs.door.application}`
              : `subscription ${outputs.door.subscriptionId}`,
          thumbprint,
          link: name,
          because,
          credential: credential ?? null,
          requestId: requestId ?? null,
          error: null,
        }),
      ),
    )
    .toSorted((left, right) => left.at.getTime() - right.at.getTime());
}

/** The last lines that the links of these stacks wrote. */
export function headsOf(states: readonly StackExport[]): readonly RememberedHead[] {
  return linksOf(states).flatMap(({ name, outputs }) =>
    outputs.evidence == null ? [] : [{ link: name, ...outputs.evidence }],
  );
}

export function isWanted({ at, door, thumbprint }: HistoryRow, wanted: HistoryFilter): boolean {
  return (
    (wanted.since === null || at >= wanted.since) &&
    (wanted.door === null || door.toLowerCase().includes(wanted.door.toLowerCase())) &&
    (wanted.thumbprint === null || thumbprint.startsWith(wanted.thumbprint))
  );
}

function linksOf(states: readonly StackExport[]) {
  return states.flatMap(({ links }) =>
    links.flatMap(({ urn, outputs }) => (outputs === null ? [] : [{ name: nameOf(urn), outputs }])),
  );
}

/** `project/stack link`, as evidence calls it. */
function nameOf(urn: string): string {
  const [, stack, project, name] = /^urn:pulumi:(.*?)::(.*?)::.*?::(.*)$/su.exec(urn) ?? [];
  return name === undefined ? urn : `${project}/${stack} ${name}`;
}
