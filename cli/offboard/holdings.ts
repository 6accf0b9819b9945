import { nameOf } from "../../local-engine/urn";
import { tryParseCertificate } from "../../provider/certificate/parse";
import { normaliseHolder } from "../../provider/resources/certificate/holders";
import type { Values } from "../../provider/resources/lifecycle";
import { compareText } from "../../provider/rotation/wording";
import type { Exported, ExportedCertificate, ExportedLink, StackExport } from "../stackExport";
import { isComplete, keyOf, type Place, placeOf } from "./place";

/** One lineage of which the person ever held a version. Plain JSON, so that it can be kept for a second run. */
export interface HeldCertificate {
  readonly urn: string;
  readonly name: string;
  /** Null in states of the very first version. */
  readonly lineage: string | null;
  readonly issuedAt: string;
  /** Versions that the person held; sorted. */
  readonly held: readonly string[];
  /** Versions that the person may have held, because nobody wrote down who did; sorted. */
  readonly unattributed: readonly string[];
  /** Versions that others held and the person did not; sorted. */
  readonly othersHeld: readonly string[];
  /** Nobody else holds it. */
  readonly own: boolean;
  /** Its program names the person as a holder. */
  readonly listed: boolean;
  /** Whether its program says who holds it at all. */
  readonly tracked: boolean;
  /** Who else holds the current version, sorted. */
  readonly sharedWith: readonly string[];
}

/** A link that brings one of these certificates to a door. Plain JSON. */
export interface HeldLink {
  readonly urn: string;
  readonly name: string;
  readonly place: Place;
  /** Which provider resource goes there, as `<urn>::<id>`. */
  readonly provider: string | null;
  readonly lineage: string | null;
  /** Its outputs, as its deletion sees them. */
  readonly state: Values;
}

/** What states know of one person. */
export interface Holdings {
  /** One spelling, as `holders` has it. */
  readonly person: string;
  readonly certificates: readonly HeldCertificate[];
  readonly links: readonly HeldLink[];
}

/** A door and every certificate on it that may be the person's. */
export interface HeldDoor {
  readonly key: string;
  readonly place: Place;
  readonly provider: string | null;
  readonly held: readonly { readonly thumbprint: string; readonly certificate: HeldCertificate }[];
}

/** Everything that these states say a person holds and ever held, and where. Pure. @param person in any spelling */
export function whatPersonHeld(states: readonly StackExport[], person: string): Holdings {
  const name = normaliseHolder(person);
  const links = states.flatMap(linksIn);
  const certificates = [
    ...states.flatMap((state) => state.certificates).flatMap((one) => heldVersions(one, links, name)),
    ...links.flatMap((link) => broughtAlong(link, name)),
  ].reduce<readonly HeldCertificate[]>((known, one) => withCertificate(known, one), []);
  return inOrder({
    person: name,
    certificates,
    links: links.filter((link) => certificates.some((one) => isOf(one, link))).reduce(withLink, []),
  });
}

/** What an earlier look saw, and a later one: of what both know, the later one counts, but nothing is forgotten. */
export function mergeHoldings(earlier: Holdings, later: Holdings): Holdings {
  return inOrder({
    person: later.person,
    certificates: later.certificates.reduce(withCertificate, earlier.certificates),
    links: later.links.reduce(withLink, earlier.links),
  });
}

/** An engine writes a state down in the order in which things happened to be done. */
function inOrder({ person, certificates, links }: Holdings): Holdings {
  const byUrn = (left: { readonly urn: string }, right: { readonly urn: string }) => compareText(left.urn, right.urn);
  return { person, certificates: certificates.toSorted(byUrn), links: links.toSorted(byUrn) };
}

/** In the order of their addresses. */
export function doorsOf({ certificates, links }: Holdings): readonly HeldDoor[] {
  const doors = new Map<string, HeldDoor>();
  for (const link of [...links.filter(isComplete), ...links.filter((one) => !isComplete(one))]) {
    const key = keyOf(link.place, links);
    const door = doors.get(key) ?? { key, place: link.place, provider: link.provider, held: [] };
    const known = new Set(door.held.map(({ thumbprint }) => thumbprint));
    // What somebody brought to several doors is one for each of their links.
    const own = certificates.filter((one) => one.urn === link.urn);
    const more = [...own, ...certificates]
      .filter((one) => isOf(one, link))
      .flatMap((certificate) =>
        // A link of a bare certificate has nothing to do with the other versions of its lineage.
        thumbprintsOf(certificate)
          .filter((thumbprint) => link.lineage !== null || thumbprint === link.state["thumbprint"])
          .map((thumbprint) => ({ thumbprint, certificate })),
      )
      .filter(({ thumbprint }, index, all) => {
        return !known.has(thumbprint) && all.findIndex((one) => one.thumbprint === thumbprint) === index;
      });
    doors.set(key, { ...door, held: [...door.held, ...more] });
  }
  return [...doors.values()]
    .filter(({ held }) => held.length > 0)
    .map((door) => ({
      ...door,
      held: door.held.toSorted(
        (left, right) =>
          compareText(left.certificate.name, right.certificate.name) || compareText(left.thumbprint, right.thumbprint),
      ),
    }))
    .toSorted((left, right) => compareText(left.key, right.key));
}

/** All that may be the person's. */
export function thumbprintsOf({ held, unattributed }: HeldCertificate): readonly string[] {
  return [...held, ...unattributed];
}

/** Whether a link brings this certificate somewhere. */
export function isOf(certificate: HeldCertificate, { lineage, state }: Pick<HeldLink, "lineage" | "state">): boolean {
  return lineage === null
    ? thumbprintsOf(certificate).includes(String(state["thumbprint"]))
    : lineage === certificate.lineage;
}

function heldVersions(
  { urn, outputs }: Exported<ExportedCertificate>,
  links: readonly HeldLink[],
  person: string,
): readonly HeldCertificate[] {
  if (outputs === null) {
    return [];
  }
  const { lineage = null, thumbprint, issuedAt, holders, heldBy, previous } = outputs;
  const holdersNow = normalised(holders ?? heldBy);
  const versions = [{ thumbprint, heldBy: [...heldBy, ...(holders ?? [])] }, ...previous].map((version) => ({
    thumbprint: version.thumbprint,
    heldBy: normalised(version.heldBy),
  }));
  if (!versions.some((version) => version.heldBy.includes(person))) {
    return [];
  }
  const held = versions.filter((version) => version.heldBy.includes(person)).map((version) => version.thumbprint);
  // Of a version without any holder nobody knows whether the person was one.
  const others = versions.filter((version) => version.heldBy.length > 0).map((version) => version.thumbprint);
  const registered = links
    .filter((link) => lineage !== null && link.lineage === lineage)
    .flatMap(({ state }) => registeredIn(state));
  return [
    {
      urn,
      name: nameOf(urn),
      lineage,
      issuedAt: issuedAt.toISOString(),
      ...told(held, [...versions.map((version) => version.thumbprint), ...registered], others),
      own: holdersNow.length === 1 && holdersNow[0] === person,
      listed: holdersNow.includes(person),
      tracked: holders != null,
      sharedWith: sorted(holdersNow.filter((one) => one !== person)),
    },
  ];
}

/** One that was made elsewhere: only its link says whose it is. */
function broughtAlong({ urn, name, lineage, state }: HeldLink, person: string): readonly HeldCertificate[] {
  const { holder, thumbprint, registered } = state;
  if (lineage !== null || typeof holder !== "string" || normaliseHolder(holder) !== person) {
    return [];
  }
  const [first] = Array.isArray(registered) ? (registered as readonly { readonly registeredAt?: unknown }[]) : [];
  return [
    {
      urn,
      name,
      lineage,
      issuedAt: String(first?.registeredAt ?? ""),
      ...told([String(thumbprint)], [], []),
      own: true,
      listed: true,
      tracked: true,
      sharedWith: [],
    },
  ];
}

/** Each in one list only: who is known to have held a version did, whatever else was written down. */
function told(
  held: readonly string[],
  maybe: readonly string[],
  others: readonly string[],
): Pick<HeldCertificate, "held" | "unattributed" | "othersHeld"> {
  const othersHeld = others.filter((one) => !held.includes(one));
  return {
    held: sorted(held),
    unattributed: sorted(maybe.filter((one) => !held.includes(one) && !othersHeld.includes(one))),
    othersHeld: sorted(othersHeld),
  };
}

function linksIn({ links, interrupted }: StackExport): readonly HeldLink[] {
  return [
    ...links.flatMap((one) => recordedLink(one)),
    // A creation that was cut off: whether it happened, only the door can say.
    ...interrupted.flatMap((one) => wantedLink(one)),
  ];
}

function recordedLink(link: Exported<ExportedLink>): readonly HeldLink[] {
  const { urn, type, provider, recorded, outputs } = link;
  const place = outputs === null ? null : placeOf(type, recorded);
  if (outputs === null || place === null) {
    return wantedLink(link);
  }
  const { __provider: _, ...state } = recorded;
  return [{ urn, name: nameOf(urn), place, provider, lineage: outputs.lineage ?? null, state }];
}

/** Of a link without outputs, its inputs say what it may have registered, and where. */
function wantedLink(link: Pick<Exported<unknown>, "urn" | "type" | "provider" | "inputs">): readonly HeldLink[] {
  const { urn, type, provider, inputs } = link;
  const place = placeOf(type, inputs);
  const { certificate, certificatePem } = inputs;
  const der = typeof certificate === "object" && certificate !== null && "der" in certificate ? certificate.der : null;
  const given = typeof certificatePem === "string" ? certificatePem : typeof der === "string" ? der : null;
  const parsed =
    given === null ? null : tryParseCertificate(given === certificatePem ? given : Buffer.from(given, "base64"));
  if (place === null || parsed === null) {
    return [];
  }
  const lineage = given === certificatePem ? null : parsed.lineage;
  const state = {
    ...place.address,
    ...(lineage !== null && { lineage }),
    thumbprint: parsed.thumbprint,
    sha256Fingerprint: parsed.sha256Fingerprint,
    ...(typeof inputs["holder"] === "string" && { holder: inputs["holder"] }),
    registered: [],
    certificateCount: 0,
    resourceName: nameOf(urn),
  };
  return [{ urn, name: nameOf(urn), place, provider, lineage, state }];
}

function registeredIn({ thumbprint, registered }: Values): readonly string[] {
  const list = Array.isArray(registered) ? (registered as readonly { readonly thumbprint?: unknown }[]) : [];
  return [thumbprint, ...list.map((one) => one.thumbprint)].filter((one) => typeof one === "string");
}

function withCertificate(known: readonly HeldCertificate[], one: HeldCertificate): readonly HeldCertificate[] {
  const same = known.find((each) => (one.lineage === null ? each.urn === one.urn : each.lineage === one.lineage));
  if (same === undefined) {
    return [...known, one];
  }
  const later = one.issuedAt >= same.issuedAt ? one : same;
  const merged: HeldCertificate = {
    ...later,
    ...told(
      [...same.held, ...one.held],
      [...same.unattributed, ...one.unattributed],
      [...same.othersHeld, ...one.othersHeld],
    ),
  };
  return known.map((each) => (each === same ? merged : each));
}

function withLink(known: readonly HeldLink[], one: HeldLink): readonly HeldLink[] {
  const id = ({ urn, lineage, place, state }: HeldLink) =>
    JSON.stringify([urn, lineage ?? state["thumbprint"], keyOf(place, [])]);
  return [...known.filter((each) => id(each) !== id(one)), one];
}

function normalised(names: readonly string[]): readonly string[] {
  return sorted(names.map(normaliseHolder));
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}
