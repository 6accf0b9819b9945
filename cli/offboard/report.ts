import { isValid } from "../../provider/rotation/linkFacts";
import { compareText, dayOf, listInWords } from "../../provider/rotation/wording";
import type { Check } from "./checks";
import type { DoorReading, FoundCertificate } from "./doors";
import { type HeldCertificate, type HeldDoor, type Holdings, isOf, thumbprintsOf } from "./holdings";
import type { Managed } from "./managed";
import { nameOfPlace, type Place, subscriptionIdOf } from "./place";
import { type Upload, uploadInWords } from "./uploads";

/** What a run had done when the doors were read. */
export interface Course {
  /** The update of the stack; null where none was meant to be: from a state file. */
  readonly update: "done" | "failed" | "skipped" | null;
  /** Whether the person's own certificates were to be removed. */
  readonly removes: boolean;
  /** URNs of the certificates that the program asks for, after an update that succeeded; otherwise nobody can tell. */
  readonly declared: ReadonlySet<string>;
  /** Why the certificates of a link could not be taken off its door, by the link's URN. */
  readonly failures: ReadonlyMap<string, string>;
}

/** One certificate on one door. */
export interface ReportRow {
  readonly thumbprint: string;
  /** Name of the resource; null for one that no state manages. */
  readonly certificate: string | null;
  readonly status: "absent" | "open" | "unknown";
  /** Why it is still open, or not known; empty where it is absent. */
  readonly because: string;
  /** What to do about it; empty where it is absent. */
  readonly todo: string;
}

/** One that no state manages. */
export interface Unmanaged {
  readonly thumbprint: string;
  readonly subject: string | null;
  readonly createdAt: string;
  /** Ends a sentence that begins with the certificate. */
  readonly uploaded: string;
  /** Whether this run signed in with it. */
  readonly inUse: boolean;
}

export interface ReportDoor {
  readonly place: Place;
  /** As a roster calls it; null where none does. */
  readonly name: string | null;
  readonly rows: readonly ReportRow[];
  readonly unmanaged: readonly Unmanaged[];
}

export interface OffboardReport {
  readonly person: string;
  readonly readAt: Date;
  readonly doors: readonly ReportDoor[];
  /** What no look at a door can tell. */
  readonly checks: readonly Check[];
}

/** A door, what was found there, and who uploaded what, where that is known. */
export interface Visit {
  readonly door: HeldDoor;
  readonly reading: DoorReading;
  /** By thumbprint. */
  readonly uploads: ReadonlyMap<string, Upload>;
}

interface Facts {
  readonly holdings: Holdings;
  readonly managed: Managed;
  readonly course: Course;
  /** What rosters call subscriptions, by GUID in lower case. */
  readonly subscriptionNames: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** How many certificates on doors have each status. */
export function countsOf({ doors }: Pick<OffboardReport, "doors">): Readonly<Record<ReportRow["status"], number>> {
  const rows = doors.flatMap((door) => door.rows);
  const number = (status: ReportRow["status"]) => rows.filter((row) => row.status === status).length;
  return { absent: number("absent"), open: number("open"), unknown: number("unknown") };
}

/** Whether everything that the person ever held is confirmed closed. */
export function isClosed(report: Pick<OffboardReport, "doors">): boolean {
  const { open, unknown } = countsOf(report);
  return open + unknown === 0;
}

/** Pure: every certificate that the person held on a door is in one row, and so is whatever else there may be theirs. */
export function reportDoor({ door, reading, uploads }: Visit, facts: Facts): ReportDoor {
  const { place, held } = door;
  const name = facts.subscriptionNames.get(subscriptionIdOf(place)?.toLowerCase() ?? "") ?? null;
  if (reading.kind === "unreadable") {
    const todo = "Make it readable and run this again: what can't be read counts as open.";
    const rows = held.map(({ thumbprint, certificate }) => ({
      thumbprint,
      certificate: certificate.name,
      status: "unknown" as const,
      because: `it could not be read: ${reading.why}`,
      todo,
    }));
    return { place, name, rows, unmanaged: [] };
  }
  const there = new Map(reading.certificates.map((one) => [one.thumbprint, one]));
  const rows = held.map(({ thumbprint, certificate }): ReportRow => {
    const found = there.get(thumbprint);
    const row = { thumbprint, certificate: certificate.name };
    return found === undefined
      ? { ...row, status: "absent", because: "", todo: "" }
      : { ...row, status: "open", ...openBecause(found, certificate, { door, reading, uploads }, facts) };
  });
  const others = reading.certificates
    .filter(({ thumbprint }) => !held.some((one) => one.thumbprint === thumbprint))
    .toSorted((left, right) => compareText(left.thumbprint, right.thumbprint));
  const suspects = others.flatMap((found) => suspect(found, uploads.get(found.thumbprint), facts));
  const isSuspect = ({ thumbprint }: FoundCertificate) => suspects.some((row) => row.thumbprint === thumbprint);
  return {
    place,
    name,
    rows: [...rows, ...suspects],
    unmanaged: others
      .filter((found) => !facts.managed.manages(found) && !isSuspect(found))
      .map((found) => ({
        thumbprint: found.thumbprint,
        subject: found.subject,
        createdAt: found.createdAt,
        uploaded: uploadInWords(uploads.get(found.thumbprint), facts.managed),
        inUse: found.thumbprint === reading.authenticatedWith,
      })),
  };
}

/** What is there and in no record of the person, but all the same may be theirs. */
function suspect(
  { thumbprint, lineage }: FoundCertificate,
  upload: Upload | undefined,
  { holdings, managed }: Facts,
): readonly ReportRow[] {
  const family = holdings.certificates.find((one) => one.lineage !== null && one.lineage === lineage);
  if (family !== undefined && !family.othersHeld.includes(thumbprint) && !managed.isKnown(thumbprint)) {
    return [
      {
        thumbprint,
        certificate: family.name,
        status: "open",
        because: `it is of the lineage of ${family.name}, and no state says who held it`,
        todo: family.own
          ? "Run this again; if it stays, remove it by hand."
          : "Run an update, which removes what is not wanted; if it stays, remove it by hand.",
      },
    ];
  }
  const theirs = holdings.certificates.flatMap(thumbprintsOf);
  if (managed.manages({ thumbprint, lineage }) || upload?.kind !== "known") {
    return [];
  }
  const isTheirs =
    (upload.callerThumbprint !== null && theirs.includes(upload.callerThumbprint)) ||
    upload.callerEmail?.toLowerCase() === holdings.person;
  return isTheirs
    ? [
        {
          thumbprint,
          certificate: null,
          status: "open",
          because: `no state manages it, and it was ${uploadInWords(upload, managed)}`,
          todo: "Find out whose it is. If nobody can say, remove it by hand. If another stack manages it, name that stack's export with --known-state.",
        },
      ]
    : [];
}

type Open = Pick<ReportRow, "because" | "todo">;

/** The first that applies: what stands in the way of everything else comes first. */
function openBecause(found: FoundCertificate, certificate: HeldCertificate, visit: Visit, facts: Facts): Open {
  const { person } = facts.holdings;
  const { reading } = visit;
  if (reading.kind === "read" && reading.authenticatedWith === found.thumbprint) {
    return {
      because: "this run signs in with it",
      todo: `Sign in with a credential that ${person} never had, and run this again.`,
    };
  }
  const expired =
    found.validity !== null && found.validity.notAfter <= facts.now
      ? `it expired on ${dayOf(found.validity.notAfter)}, and is still accepted as far as anybody can tell`
      : null;
  const { because, todo } = certificate.own
    ? ownBecause(found, certificate, visit, facts)
    : sharedBecause(certificate, facts);
  return { because: expired === null ? because : `${expired}; ${because}`, todo };
}

function ownBecause(
  found: FoundCertificate,
  certificate: HeldCertificate,
  { door, reading }: Visit,
  { holdings, course, now }: Facts,
): Open {
  const { person } = holdings;
  const link = holdings.links.find(
    (one) =>
      isOf(certificate, one) && nameOfPlace(one.place) === nameOfPlace(door.place) && course.failures.has(one.urn),
  );
  const failure = link === undefined ? undefined : course.failures.get(link.urn);
  const others = reading.kind === "read" ? reading.certificates : [];
  const isLast = isValid(found, now) && !others.some((one) => one.thumbprint !== found.thumbprint && isValid(one, now));
  if (isLast) {
    return {
      because: `it is the last valid certificate of ${nameOfPlace(door.place)}, without which nobody could sign in there with a certificate`,
      todo: "Register another one there first, or name this one under azure-certificates:allow (AZURE_CERTIFICATES_ALLOW), and run this again.",
    };
  }
  if (course.declared.has(certificate.urn)) {
    return {
      because: `only ${person} holds it, and the program asks for it`,
      todo: `Take ${person} out of the roster or the program, and run this again.`,
    };
  }
  if (!course.removes) {
    return { because: `only ${person} holds it, and nothing was removed`, todo: "Run this again with --apply." };
  }
  return {
    because: failure === undefined ? `only ${person} holds it, and it was not removed` : withoutStillOpen(failure),
    todo: "Run this again; if that does not help, remove it by hand.",
  };
}

function sharedBecause(certificate: HeldCertificate, { holdings, course }: Facts): Open {
  const { name, listed, tracked, sharedWith } = certificate;
  const { person } = holdings;
  const others = listInWords(sharedWith);
  const shared = others === "" ? name : `${name}, which ${others} ${sharedWith.length === 1 ? "holds" : "hold"} too`;
  const byHand =
    others === ""
      ? "If it can't wait, remove it by hand."
      : `If it can't wait, remove it by hand: then ${others} can't sign in with it either.`;
  if (course.update === null) {
    return {
      because: `it is of ${shared}: without the program it can't be rotated`,
      todo: `Take ${person} out of the program and run \`azure-certificates offboard\` there. ${byHand}`,
    };
  }
  if (listed && !tracked) {
    return {
      because: `it is of ${shared}: its program does not say who holds it, so nobody can leave`,
      todo: `Give ${name} its holders, without ${person}, and run this again. ${byHand}`,
    };
  }
  if (listed && course.update === "done") {
    return {
      because: `it is of ${shared}: its program still names ${person} among its holders`,
      todo: `Take ${person} out of them and run this again. ${byHand}`,
    };
  }
  const happened = { done: "was made", failed: "failed", skipped: "was not made" }[course.update];
  return {
    because: `it is of ${shared}: the update that rotates it ${happened}`,
    todo: `${course.update === "done" ? "Run this again." : "Mend what keeps the update from succeeding, and run this again."} ${byHand}`,
  };
}

function withoutStillOpen(text: string): string {
  return text.replace(/^STILL OPEN: /, "");
}
