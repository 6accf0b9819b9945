import { tryParseCertificate } from "../provider/certificate/parse";
import { decideRotation } from "../provider/rotation/decideRotation";
import { earliest, hoursBetween, scheduleOfCurrent } from "../provider/rotation/schedule";
import type { CertificateState, CertificateWishes } from "../provider/rotation/types";
import {
  ageInWords,
  compareText,
  dayOf,
  momentOf,
  reasonsInWords,
  shortThumbprint,
} from "../provider/rotation/wording";
import { maintenanceAt } from "../provider/schedule/maintenanceWindows";
import type { ExportedCertificate, ExportedDoor, ExportedLink, StackExport } from "./stackExport";

/** What can be due. `failed` and `interrupted` are what an earlier run left behind. */
export type DueKind = "revocation" | "failed" | "interrupted" | "rotation" | "registration" | "retirement" | "expiry";

export interface DueItem {
  /** From when on. What has no date of its own is due at `now`. */
  readonly date: Date;
  readonly kind: DueKind;
  readonly urn: string;
  /** Ends a sentence that begins with the resource's name. */
  readonly what: string;
  readonly thumbprint: string | null;
  /** Which door it is about; null for what concerns none, or all. */
  readonly door: ExportedDoor | null;
}

type Finding = Omit<DueItem, "urn">;

/** As sentences name a door. */
function nameOf({ subscriptionId, application }: ExportedDoor): string {
  return subscriptionId === null ? `application ${application}` : `subscription ${subscriptionId}`;
}

/** Everything that a state says will be due at any time, earliest first. */
export function whatIsDue({ certificates, links, interrupted }: StackExport, now: Date): readonly DueItem[] {
  const byLineage = new Map(
    certificates.flatMap(({ outputs, waitsForDeletion }) =>
      outputs?.lineage && !waitsForDeletion ? [[outputs.lineage, outputs] as const] : [],
    ),
  );
  const items = [
    ...certificates.flatMap((one) =>
      named(one.urn, [...leftBehind(one, now), ...live(one, (it) => ofCertificate(it, now))]),
    ),
    ...links.flatMap((one) =>
      named(one.urn, [
        ...leftBehind(one, now),
        ...live(one, (it) => ofLink(it, it.lineage ? byLineage.get(it.lineage) : undefined, now)),
        ...live(one, (it) => ofBareCertificate(it, one.inputs["certificatePem"], now)),
      ]),
    ),
    // Pulumi keeps a pending creation until a refresh, also where an update has long taken over what it had left.
    ...interrupted
      .filter(({ urn }) => !links.some((link) => link.urn === urn && link.outputs !== null))
      .flatMap((one) => named(one.urn, [stopped(one, now)])),
  ];
  return items.toSorted(
    (left, right) =>
      left.date.getTime() - right.date.getTime() ||
      compareText(left.urn, right.urn) ||
      compareText(left.kind, right.kind) ||
      compareText(left.what, right.what),
  );
}

function named(urn: string, findings: readonly Finding[]): readonly DueItem[] {
  return findings.map((finding) => ({ ...finding, urn }));
}

function live<Outputs>(
  { outputs, waitsForDeletion }: { readonly outputs: Outputs | null; readonly waitsForDeletion: boolean },
  find: (outputs: Outputs) => readonly Finding[],
): readonly Finding[] {
  return outputs === null || waitsForDeletion ? [] : find(outputs);
}

function leftBehind(
  { failures, waitsForDeletion }: StackExport["certificates"][number] | StackExport["links"][number],
  now: Date,
): readonly Finding[] {
  const nobody = { date: now, thumbprint: null, door: null };
  return [
    ...failures.map((failure) => ({
      ...nobody,
      kind: "failed" as const,
      what: `the last update failed: ${failure.split("\n")[0]?.trim()}`,
    })),
    ...(waitsForDeletion
      ? [
          {
            ...nobody,
            kind: "interrupted" as const,
            what: "it is still to be deleted: whatever it registered stays accepted until an update finishes that",
          },
        ]
      : []),
  ];
}

/** Of a link whose creation was cut off, its pending operation is all that anybody knows. */
function stopped({ operation, door, thumbprint }: StackExport["interrupted"][number], now: Date): Finding {
  const stoppedWhile = `an earlier run was stopped while ${operation} it`;
  const certificate = thumbprint === null ? "its certificate" : shortThumbprint(thumbprint);
  return {
    date: now,
    kind: "interrupted",
    what:
      door === null || operation !== "creating"
        ? `${stoppedWhile}; \`pulumi refresh\` clears that up`
        : `${stoppedWhile}: ${nameOf(door)} may accept ${certificate}, and the state has no record of it. Run an update with this link in the program before you remove it or run \`pulumi refresh --clear-pending-creates\`, or look there and remove it by hand`,
    thumbprint,
    door,
  };
}

// ---- certificates ----

/** The decision that the next update takes, from the state alone: a program that changed meanwhile may ask for more. */
function ofCertificate(outputs: ExportedCertificate, now: Date): readonly Finding[] {
  const { thumbprint, notAfter } = outputs;
  return [
    ...rotations(outputs, now),
    {
      date: notAfter,
      kind: "expiry",
      what:
        notAfter <= now
          ? `${shortThumbprint(thumbprint)} has expired: it opens nothing`
          : `${shortThumbprint(thumbprint)} expires, and opens nothing from then on`,
      thumbprint,
      door: null,
    },
  ];
}

function rotations(outputs: ExportedCertificate, now: Date): readonly Finding[] {
  const { thumbprint, issuedAt, notAfter, renewalTime, maintenanceWindows } = outputs;
  const state = stateOf(outputs);
  const wishes = wishesOf(outputs);
  const decidedAt = (date: Date) => decideRotation(state, wishes, date, maintenanceAt(maintenanceWindows, date));
  const rotation = (date: Date, what: string): Finding => ({ date, kind: "rotation", what, thumbprint, door: null });
  const decision = decidedAt(now);
  if (decision.kind === "rotate") {
    const maintenance = maintenanceAt(maintenanceWindows, now);
    const closes =
      maintenance?.kind === "open" ? `; the maintenance window is open until ${momentOf(maintenance.closes)}` : "";
    const what = `rotates with the next update, because ${reasonsInWords(decision.reasons)}${closes}`;
    return [rotation(earliest(scheduleOfCurrent(state, wishes).nextLook, now), what)];
  }
  const revocations = decision.revoke.map((revocation) => ({
    date: now,
    kind: "revocation" as const,
    what: `revokes ${shortThumbprint(revocation.thumbprint)} with the next update: ${revocation.because}`,
    thumbprint: revocation.thumbprint,
    door: null,
  }));
  const fromThenOn = "rotates with the first update from then on";
  if (decision.kind === "wait") {
    const what = `${fromThenOn}: the maintenance window opens that it waits for; it is due, because ${reasonsInWords(decision.reasons)}`;
    return [...revocations, rotation(decision.opens, what)];
  }
  const because =
    decision.nextLook.getTime() === renewalTime.getTime() || wishes.rotateEveryHours === undefined
      ? `the renewal window opens (notAfter ${dayOf(notAfter)})`
      : `it was issued on ${dayOf(issuedAt)} and is rotated ${ageInWords(wishes.rotateEveryHours, wishes.spreadHours)}`;
  const then = decidedAt(decision.nextLook);
  return [
    ...revocations,
    then.kind === "wait"
      ? rotation(
          then.opens,
          `${fromThenOn}: the maintenance window opens, the first after ${dayOf(decision.nextLook)}; it is due by then, because ${because}`,
        )
      : rotation(decision.nextLook, `${fromThenOn}: ${because}`),
  ];
}

// What is written into a certificate changes with the program only, and a state does not know the program.
const specification = {
  commonName: undefined,
  organization: undefined,
  organizationalUnit: undefined,
  rsaBits: 0,
  validityPeriodHours: 0,
};

function stateOf(outputs: ExportedCertificate): CertificateState {
  const { thumbprint, issuedAt, notAfter, heldBy, spreadFraction } = outputs;
  return {
    current: { thumbprint, issuedAt, notAfter, heldBy, revoked: false, specification, spreadFraction },
    previous: outputs.previous,
    rotationTriggers: {},
  };
}

function wishesOf(outputs: ExportedCertificate): CertificateWishes {
  return {
    specification,
    // What is spread lies before it.
    renewBeforeHours:
      hoursBetween(outputs.renewalTime, outputs.notAfter) - outputs.spreadFraction * outputs.spreadHours,
    rotateEveryHours: outputs.rotateEveryHours ?? undefined,
    spreadHours: outputs.spreadHours,
    overlapHours: outputs.overlapHours,
    rotationTriggers: {},
    holders: outputs.holders ?? undefined,
    compromised: outputs.compromised,
  };
}

// ---- links ----

function ofLink(link: ExportedLink, certificate: ExportedCertificate | undefined, now: Date): readonly Finding[] {
  const { door, registered } = link;
  const current = certificate?.thumbprint ?? link.thumbprint;
  const revoked = new Set(certificate?.previous.flatMap((one) => (one.revoked ? [one.thumbprint] : [])));
  const registration: Finding = {
    date: now,
    kind: "registration",
    what: `registers ${shortThumbprint(current)} on ${nameOf(door)} with the next update`,
    thumbprint: current,
    door,
  };
  return [
    ...registered.flatMap((one): readonly Finding[] => {
      const about = { thumbprint: one.thumbprint, door };
      const name = shortThumbprint(one.thumbprint);
      if (revoked.has(one.thumbprint)) {
        const what = `STILL OPEN: ${nameOf(door)} accepts ${name}, which is revoked`;
        return [{ ...about, date: now, kind: "revocation", what }];
      }
      if (one.missingSince) {
        const what = `somebody removed ${name} from ${nameOf(door)}; it was first missed on ${dayOf(one.missingSince)}`;
        return [{ ...about, date: one.missingSince, kind: "failed", what }];
      }
      if (one.thumbprint === current) {
        return [];
      }
      // Without a date it was current when the link last ran: its overlap begins with the registration of its successor.
      if (!one.retireAt) {
        return registered.some(({ thumbprint }) => thumbprint === current)
          ? [retirement(one.thumbprint, link, now, now)]
          : [];
      }
      return [retirement(one.thumbprint, link, one.retireAt, now)];
    }),
    ...(registered.some(({ thumbprint }) => thumbprint === current) ? [] : [registration]),
  ];
}

function retirement(thumbprint: string, { door }: ExportedLink, date: Date, now: Date): Finding {
  const name = shortThumbprint(thumbprint);
  return {
    date,
    kind: "retirement",
    what:
      date <= now
        ? `takes ${name} off ${nameOf(door)} with the next update: its overlap has ended`
        : `takes ${name} off ${nameOf(door)} with the first update from then on: its overlap ends`,
    thumbprint,
    door,
  };
}

/** A certificate that was made elsewhere: nothing here rotates it, so that its end is all the more worth a line. */
function ofBareCertificate(link: ExportedLink, certificatePem: unknown, now: Date): readonly Finding[] {
  const parsed = link.lineage || typeof certificatePem !== "string" ? null : tryParseCertificate(certificatePem);
  if (parsed === null) {
    return [];
  }
  const { notAfter } = parsed;
  const ends = notAfter <= now ? "has expired" : "expires";
  return [
    {
      date: notAfter,
      kind: "expiry",
      what: `${shortThumbprint(link.thumbprint)} ${ends}, and nothing here rotates it: it was made elsewhere`,
      thumbprint: link.thumbprint,
      door: link.door,
    },
  ];
}
