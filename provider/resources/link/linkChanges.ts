import { hoursAfter } from "../../rotation/schedule";
import type { LinkCertificate, RotationDecision, WantedCertificate } from "../../rotation/types";
import { wantedOnLink } from "../../rotation/wantedOnLink";
import { hoursInWords, listInWords, momentOf, shortThumbprint } from "../../rotation/wording";
import { dateOf } from "../fields";
import { sameJson } from "../inputs";
import type { Difference, PropertyChange } from "../lifecycle";
import type { LinkInputs, LinkState } from "./linkDefinition";
import { registrationsThere } from "./registrations";

interface Wish {
  readonly inputs: LinkInputs;
  readonly certificate: LinkCertificate;
  /** As sentences name it: "subscription 7e4c…". */
  readonly door: string;
  /** Because it is to open another door. */
  readonly moves: readonly PropertyChange[];
  /** Inputs that only this kind of link has and that state repeats, where they differ from what the state says. */
  readonly alsoRecorded: readonly string[];
}

/** Inputs that state repeats: a change is at least recorded, because delete sees nothing but state. */
const recordedInputs = [
  "holder",
  "allowLast",
  "removeFirst",
  "whenRemovedElsewhere",
  "removeAdopted",
  "verify",
  "resourceName",
] as const;

/** What the next update would do to this link, in the order in which it would happen. Pure. */
export function linkChanges(state: LinkState, wish: Wish, certificateLimit: number, now: Date): Difference {
  const replacements = replacementsOf(state, wish);
  if (replacements.length > 0) {
    return { changes: replacements, warnings: [] };
  }
  const changes = [...registrationChanges(state, wish, now), ...retirements(state, wish, now)];
  if (state.overlapHours !== wish.certificate.overlapHours) {
    const reason = `an overlap of ${hoursInWords(wish.certificate.overlapHours)} is recorded`;
    changes.push({ property: "certificate", reason, replaces: false });
  }
  const recorded = recordedInputs.filter((property) => !sameJson(state[property] ?? undefined, wish.inputs[property]));
  for (const property of [...recorded, ...wish.alsoRecorded]) {
    changes.push({ property, reason: `${property} is recorded`, replaces: false });
  }
  return { changes, warnings: limitWarnings(state, wish.door, changes, certificateLimit) };
}

/** What a link says while its certificate's next version is not made yet. `decision` is what this run decided for its lineage. */
export function foreseen(door: string, state: LinkState, decision: RotationDecision | undefined): string {
  const where = `on ${door}`;
  const current = shortThumbprint(state.thumbprint);
  if (decision === undefined) {
    return `may register another certificate ${where}: which one is known only during the update; ${current} stays accepted until then`;
  }
  const going = decision.revoke.map((revocation) => revocation.thumbprint);
  const leaving = state.registered.map((known) => known.thumbprint).filter((thumbprint) => going.includes(thumbprint));
  const parts: string[] = [];
  if (decision.kind === "rotate") {
    parts.push(`registers the successor of ${current} ${where}`);
  }
  if (leaving.length > 0) {
    const verb = leaving.length === 1 ? "is" : "are";
    parts.push(`removes ${listInWords(leaving.map(shortThumbprint))}, which ${verb} revoked`);
  }
  if (parts.length === 0) {
    return `takes note of its certificate's changes; ${current} stays accepted ${where}`;
  }
  const overlap = decision.kind === "rotate" && !leaving.includes(state.thumbprint) ? decision.overlapHours : 0;
  const staying = overlap > 0 ? `; ${current} stays accepted for ${hoursInWords(overlap)} after that` : "";
  return `due: ${parts.join(" and ")}${staying}`;
}

function replacementsOf(state: LinkState, { certificate, door, moves }: Wish): PropertyChange[] {
  const changes = [...moves];
  if (certificate.lineage !== (state.lineage ?? null)) {
    changes.push({
      property: "certificate",
      reason: `another certificate takes the place of ${shortThumbprint(state.thumbprint)} on ${door}, without overlap beyond this update`,
      replaces: true,
    });
  } else if (certificate.lineage === null && certificate.current.thumbprint !== state.thumbprint) {
    changes.push({
      property: "certificatePem",
      reason: `${shortThumbprint(certificate.current.thumbprint)} takes the place of ${shortThumbprint(state.thumbprint)} on ${door}, without overlap beyond this update`,
      replaces: true,
    });
  }
  return changes;
}

function registrationChanges(state: LinkState, wish: Wish, now: Date): PropertyChange[] {
  const { current } = wish.certificate;
  const known = state.registered.find((registration) => registration.thumbprint === current.thumbprint);
  const staying = wantedOnLink(wish.certificate, registrationsThere(state.registered), now)
    .map((candidate) => stay(candidate, wish.certificate.overlapHours, now))
    .join("");
  if (known === undefined) {
    return [
      {
        property: "registered",
        reason: `due: registers ${shortThumbprint(current.thumbprint)} on ${wish.door}${staying}`,
        replaces: false,
      },
    ];
  }
  if (known.missingSince != null) {
    const remedy =
      wish.inputs.whenRemovedElsewhere === "restore"
        ? `it will be registered again${staying}`
        : 'the update will fail: set whenRemovedElsewhere to "restore" to put it back, rotate the certificate, or remove the link';
    return [
      {
        property: "registered",
        reason: `due: somebody else removed ${shortThumbprint(current.thumbprint)} from ${wish.door} (found missing on ${momentOf(dateOf(known.missingSince))}); ${remedy}`,
        replaces: false,
      },
    ];
  }
  return [];
}

/** An overlap begins with this registration, or has begun with an earlier one that this one does not prolong. */
function stay({ thumbprint, until }: WantedCertificate, overlapHours: number, now: Date): string {
  if (until === null) {
    return "";
  }
  const stays = `; ${shortThumbprint(thumbprint)} stays accepted`;
  return until < hoursAfter(now, overlapHours)
    ? `${stays} until ${momentOf(until)}`
    : `${stays} for ${hoursInWords(overlapHours)} after that`;
}

function retirements(state: LinkState, wish: Wish, now: Date): PropertyChange[] {
  const registered = registrationsThere(state.registered);
  const wanted = new Set(wantedOnLink(wish.certificate, registered, now).map((candidate) => candidate.thumbprint));
  return registered
    .filter((registration) => !wanted.has(registration.thumbprint))
    .map((registration) => ({
      property: "registered",
      reason: `due: ${farewell(registration, wish, now)} from ${wish.door}${condition(registration, wish)}`,
      replaces: false,
    }));
}

/** A revoked one goes whatever happens. */
function condition({ thumbprint }: { readonly thumbprint: string }, { inputs, certificate }: Wish): string {
  const isRevoked = certificate.previous.some((version) => version.revoked && version.thumbprint === thumbprint);
  return inputs.verify === "used" && !isRevoked
    ? `, once ${shortThumbprint(certificate.current.thumbprint)} has signed in there`
    : "";
}

function farewell(
  registration: { readonly thumbprint: string; readonly retireAt: Date | null },
  { certificate }: Wish,
  now: Date,
): string {
  const version = certificate.previous.find((candidate) => candidate.thumbprint === registration.thumbprint);
  const name = shortThumbprint(registration.thumbprint);
  if (version?.revoked === true) {
    return `removes ${name}, which is revoked,`;
  }
  if (version !== undefined && version.notAfter <= now) {
    return `removes ${name}, which expired on ${momentOf(version.notAfter)},`;
  }
  if (registration.retireAt !== null) {
    return `retires ${name}, whose overlap of ${hoursInWords(certificate.overlapHours)} ended on ${momentOf(registration.retireAt)},`;
  }
  return `removes ${name}, which is no longer a known version of the certificate,`;
}

function limitWarnings(
  state: LinkState,
  door: string,
  changes: readonly PropertyChange[],
  certificateLimit: number,
): string[] {
  const adds = changes.some((change) => change.reason.startsWith("due: registers"));
  if (!adds || state.certificateCount < certificateLimit) {
    return [];
  }
  return [
    `${door} held ${state.certificateCount} certificates when last looked, and its limit is ${certificateLimit}: registering another one will fail unless one of them goes first`,
  ];
}
