import { maintenanceInWords, waitsUntil } from "./maintenance";
import { leaversOf, revocationsInWords, revocationsOf } from "./revocations";
import { hoursAfter, hoursBetween, type Schedule, scheduleOfCurrent } from "./schedule";
import type {
  CertificateState,
  CertificateWishes,
  Maintenance,
  RotationDecision,
  RotationReason,
  RotationReasonKind,
  Specification,
} from "./types";
import {
  ageInWords,
  compareText,
  dayOf,
  hoursInWords,
  listInWords,
  momentOf,
  reasonsInWords,
  shortThumbprint,
} from "./wording";

/** Below two weeks from issue to what is due, a day is too coarse to plan with, and sentences give the time too. */
const hoursMatterBelow = 336;

interface Question {
  readonly state: CertificateState;
  readonly wishes: CertificateWishes;
  readonly now: Date;
  readonly maintenance: Maintenance | null;
  readonly schedule: Schedule;
  readonly show: (date: Date) => string;
}

interface Check {
  readonly kind: RotationReasonKind;
  /** The half-sentence after "because", or undefined where the check finds nothing. */
  readonly detail: (question: Question) => string | undefined;
}

/** Strictest first, in the order of `rotationReasons`: a preview names the reasons in this order. */
const checks: readonly Check[] = [
  { kind: "compromised", detail: compromised },
  { kind: "holderLeft", detail: holderLeft },
  { kind: "expired", detail: expired },
  { kind: "renewalWindow", detail: renewalWindow },
  { kind: "age", detail: age },
  { kind: "triggerChanged", detail: triggerChanged },
  { kind: "specificationChanged", detail: specificationChanged },
];

/**
 * Whether a certificate is due for rotation, for which reasons, and which of its versions are revoked.
 *
 * Monotone in `now`: what is due stays due. Nothing is thrown away: all reasons that apply are named, strictest first.
 *
 * @param maintenance what the maintenance windows say about `now`; null where there are none, and any time will do
 */
export function decideRotation(
  state: CertificateState,
  wishes: CertificateWishes,
  now: Date,
  maintenance: Maintenance | null = null,
): RotationDecision {
  const question = questionOf(state, wishes, now, maintenance);
  const reasons = checks.flatMap(({ kind, detail }): RotationReason[] => {
    const found = detail(question);
    return found === undefined ? [] : [{ kind, detail: found }];
  });
  const revoke = revocationsOf(state, wishes);
  if (reasons.length === 0) {
    return { kind: "keep", nextLook: question.schedule.nextLook, revoke, sentence: keepSentence(question) };
  }
  const opens = waitsUntil(reasons, maintenance, question.schedule, wishes.overlapHours);
  if (opens !== null) {
    return { kind: "wait", reasons, opens, revoke, sentence: waitSentence(question, reasons, opens) };
  }
  const currentIsRevoked =
    state.current.revoked || revoke.some(({ thumbprint }) => thumbprint === state.current.thumbprint);
  const overlapHours = currentIsRevoked ? 0 : wishes.overlapHours;
  return {
    kind: "rotate",
    reasons,
    overlapHours,
    revoke,
    sentence: rotateSentence(question, reasons, overlapHours),
  };
}

function questionOf(
  state: CertificateState,
  wishes: CertificateWishes,
  now: Date,
  maintenance: Maintenance | null,
): Question {
  const schedule = scheduleOfCurrent(state, wishes);
  const show = hoursBetween(state.current.issuedAt, schedule.nextLook) < hoursMatterBelow ? momentOf : dayOf;
  return { state, wishes, now, maintenance, schedule, show };
}

function compromised({ state, wishes }: Question): string | undefined {
  const { thumbprint } = state.current;
  return wishes.compromised.includes(thumbprint)
    ? `${shortThumbprint(thumbprint)} is listed as compromised`
    : undefined;
}

function holderLeft({ state, wishes }: Question): string | undefined {
  const leavers = leaversOf(state.current, wishes);
  return leavers.length > 0 ? `${listInWords(leavers)} left` : undefined;
}

function expired({ schedule, now, show }: Question): string | undefined {
  return now >= schedule.notAfter ? `it expired on ${show(schedule.notAfter)}` : undefined;
}

function renewalWindow({ schedule, now, show }: Question): string | undefined {
  return schedule.renewalTime <= now && now < schedule.notAfter
    ? `the renewal window opened on ${show(schedule.renewalTime)} (notAfter ${show(schedule.notAfter)})`
    : undefined;
}

function age({ state, wishes, schedule, now, show }: Question): string | undefined {
  const { dueByAge } = schedule;
  return dueByAge !== null && wishes.rotateEveryHours !== undefined && now >= dueByAge
    ? `it was issued on ${show(state.current.issuedAt)} and is rotated ${ageInWords(wishes.rotateEveryHours, wishes.spreadHours)}`
    : undefined;
}

/** Names the keys only: a trigger's value may be anything, a secret included. */
function triggerChanged({ state, wishes }: Question): string | undefined {
  const before = new Map(Object.entries(state.rotationTriggers));
  const after = new Map(Object.entries(wishes.rotationTriggers));
  const changes = [...new Set([...before.keys(), ...after.keys()])].sort(compareText).flatMap((key) => {
    if (!before.has(key)) {
      return [`${key} added`];
    }
    if (!after.has(key)) {
      return [`${key} removed`];
    }
    return before.get(key) === after.get(key) ? [] : [`${key} changed`];
  });
  return changes.length > 0 ? `rotationTriggers changed (${changes.join(", ")})` : undefined;
}

function specificationChanged({ state, wishes }: Question): string | undefined {
  const before = state.current.specification;
  const after = wishes.specification;
  const properties: readonly (keyof Specification)[] = [
    "commonName",
    "organization",
    "organizationalUnit",
    "rsaBits",
    "validityPeriodHours",
  ];
  const changes = properties
    // Undefined is "whatever the default is", and a changed default is no reason to rotate.
    .filter((property) => after[property] !== undefined && after[property] !== before[property])
    .map((property) => `${property} changed from ${before[property] ?? "none"} to ${after[property]}`);
  return changes.length > 0 ? listInWords(changes) : undefined;
}

function keepSentence({ state, wishes, schedule, show }: Question): string {
  const revoked = revocationsInWords(state, wishes);
  const next = show(schedule.nextLook);
  return revoked === ""
    ? `nothing due before ${next}`
    : `due: revokes ${revoked} now; the current certificate stays, and nothing else is due before ${next}`;
}

function waitSentence({ state, wishes }: Question, reasons: readonly RotationReason[], opens: Date): string {
  const revoked = revocationsInWords(state, wishes);
  const rotation = `because ${reasonsInWords(reasons)}; waits for the maintenance window that opens on ${momentOf(opens)}`;
  return revoked === ""
    ? `rotation is due, ${rotation}`
    : `due: revokes ${revoked} now; the current certificate stays: its rotation is due, ${rotation}`;
}

function rotateSentence(question: Question, reasons: readonly RotationReason[], overlapHours: number): string {
  const { state, wishes, now, maintenance, schedule, show } = question;
  const opens = now < schedule.notAfter;
  const parts = [
    `due: rotates now${opens && overlapHours === 0 ? " without overlap" : ""}, because ${reasonsInWords(reasons)}`,
    ...maintenanceInWords(reasons, maintenance, schedule, wishes.overlapHours, show),
  ];
  if (opens && overlapHours > 0) {
    parts.push(
      hoursAfter(now, overlapHours) < schedule.notAfter
        ? `the previous certificate stays accepted for ${hoursInWords(overlapHours)} after its successor is registered`
        : `the previous certificate stays accepted until it expires on ${show(schedule.notAfter)}`,
    );
  }
  const revoked = revocationsInWords(state, wishes);
  if (revoked !== "") {
    parts.push(`revoked: ${revoked}`);
  }
  return parts.join("; ");
}
