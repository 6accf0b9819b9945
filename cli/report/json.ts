import { isoSeconds } from "../../provider/resources/dates";
import type { Door } from "./access";
import type { Report, ReportedCertificate, ReportedItem, ReportedRegistration } from "./report";

/** For programs: everything that a report says. Dates are ISO 8601 in UTC, whole seconds; docs/report.md describes the shape. */
export function jsonReport({ madeAt, stacks, wrong, due, certificates, registrations, access }: Report): string {
  const { people, doors, keys, untracked } = access;
  const content = {
    version: 1,
    madeAt: isoSeconds(madeAt),
    stacks,
    wrong: wrong.map((item) => itemJson(item, madeAt)),
    due: due.map((item) => itemJson(item, madeAt)),
    certificates: certificates.map(certificateJson),
    registrations: registrations.map(registrationJson),
    people,
    doors,
    keys: keys.map(({ kind, stack, label, holders, doors: opened }) => ({
      kind,
      stack,
      certificate: label,
      holders: holders.map((place) => people[place]?.id),
      doors: opened.map((place) => idOf(doors[place])),
    })),
    untracked,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function itemJson({ date, kind, stack, name, urn, what, thumbprint, door, isMissedRun }: ReportedItem, now: Date) {
  return {
    date: isoSeconds(date),
    overdue: date < now,
    missedRun: isMissedRun,
    kind,
    stack: stack.name,
    name,
    urn,
    subscriptionId: door?.subscriptionId ?? null,
    application: door?.application ?? null,
    thumbprint,
    what,
  };
}

function certificateJson(certificate: ReportedCertificate) {
  const { stack, urn, name, thumbprint, revision, holders, lastRotation, previous } = certificate;
  return {
    stack: stack.name,
    urn,
    name,
    thumbprint,
    revision,
    notBefore: isoSeconds(certificate.notBefore),
    issuedAt: isoSeconds(certificate.issuedAt),
    renewalTime: orNull(certificate.renewalTime),
    rotatesAt: orNull(certificate.rotatesAt),
    notAfter: isoSeconds(certificate.notAfter),
    lastRotation: lastRotation === null ? null : { at: isoSeconds(lastRotation.at), reasons: lastRotation.reasons },
    holders,
    previous: previous.map((version) => ({ ...version, notAfter: isoSeconds(version.notAfter) })),
  };
}

function registrationJson(registration: ReportedRegistration) {
  const { stack, urn, name, door, thumbprint, role, certificate } = registration;
  return {
    stack: stack.name,
    urn,
    name,
    ...door,
    thumbprint,
    role,
    certificate,
    registeredAt: isoSeconds(registration.registeredAt),
    retireAt: orNull(registration.retireAt),
    missingSince: orNull(registration.missingSince),
  };
}

function idOf(door: Door | undefined): string | null {
  return door?.subscriptionId ?? door?.application ?? null;
}

function orNull(date: Date | null): string | null {
  return date === null ? null : isoSeconds(date);
}
