import type { JournalEntry } from "../../emulator/journal";
import type { Values } from "../../provider/resources/lifecycle";
import type { RecordedRegistration } from "../../provider/resources/link/linkDefinition";
import { registrationOf } from "../../provider/resources/link/registrations";
import { wantedOnLink } from "../../provider/rotation/wantedOnLink";
import type { Program } from "./chaosOperations";

const overlapMs = 168 * 3_600_000;

/** One update: what it wanted from its first request on. */
export interface Epoch {
  /** Requests in the journal before it. */
  readonly requests: number;
  readonly links: Program["links"];
  /** The outputs of the certificates, by name. */
  readonly certificates: ReadonlyMap<string, Values>;
}

/** A stack and its subscription at one moment, and how they came there. */
export interface Observation {
  readonly now: Date;
  /** The links that are wanted, with the name of their certificate. */
  readonly links: Program["links"];
  /** The outputs of everything in the state, by name. */
  readonly stored: ReadonlyMap<string, Values>;
  /** Thumbprints on the subscription, without the one that the run signs in with. */
  readonly registered: readonly string[];
  /** How it began, then every update in turn. */
  readonly epochs: readonly Epoch[];
  readonly journal: readonly JournalEntry[];
  readonly credentialThumbprint: string;
}

interface PreviousVersion {
  readonly thumbprint: string;
  readonly notAfter: string;
  readonly revoked: boolean;
}

/** What is wrong right after an update that claims to have succeeded; empty: nothing. */
export function wrongAfterSuccess(seen: Observation): readonly string[] {
  return [...byLineage(seen)].flatMap(([name, present]) => {
    const certificate = seen.stored.get(name) ?? {};
    const link = Object.keys(seen.links).find((one) => seen.links[one] === name);
    if (link === undefined) {
      return present.map((thumbprint) => `${thumbprint} of ${name} is still there without a link`);
    }
    const recorded = (seen.stored.get(link)?.["registered"] ?? []) as RecordedRegistration[];
    const wanted = wantedOnLink(linkCertificateOf(certificate), recorded.map(registrationOf), seen.now);
    const isWanted = (thumbprint: string) => wanted.some((one) => one.thumbprint === thumbprint);
    return [
      ...(present.includes(String(certificate["thumbprint"])) ? [] : [`${link} has no current certificate`]),
      ...present.filter((one) => !isWanted(one)).map((one) => `${one} is there and not wanted by ${link}`),
      ...present
        .filter((one) => !recorded.some(({ thumbprint }) => thumbprint === one))
        .map((one) => `${one} is there and ${link} has lost it`),
      ...recorded
        .filter(({ thumbprint, missingSince }) => !present.includes(thumbprint) || missingSince != null)
        .map(({ thumbprint }) => `${link} claims ${thumbprint}, which is not there`),
      ...recorded
        .filter(({ thumbprint, retireAt }) => thumbprint !== certificate["thumbprint"] && retireAt == null)
        .map(({ thumbprint }) => `${link} does not say until when ${thumbprint} stays`),
    ];
  });
}

/** A failure that leaves a revoked certificate registered has to say so in its first words. */
export function silentlyOpen(seen: Observation, failures: ReadonlyMap<string, Error>): readonly string[] {
  const present = byLineage(seen);
  return [...failures].flatMap(([link, { message }]) => {
    const name = seen.links[link];
    const open = previousOf(seen.stored.get(name ?? "") ?? {}).filter(
      ({ thumbprint, revoked }) => revoked && present.get(name ?? "")?.includes(thumbprint),
    );
    return open.length > 0 && !message.startsWith("STILL OPEN")
      ? [`${link} leaves ${open[0]?.thumbprint} open, which is revoked, and says only: ${message.split("\n")[0]}`]
      : [];
  });
}

/** Looks back at every request: what was allowed to happen at that moment, and what was there after it. */
export function wrongInJournal(
  seen: Observation,
  beginning: { readonly registered: readonly string[]; readonly stored: ReadonlyMap<string, Values> },
  foreign: readonly string[],
): readonly string[] {
  const wrong: string[] = [];
  const present = new Set(beginning.registered);
  const since = new Map<string, number>();
  for (const outputs of beginning.stored.values()) {
    for (const { thumbprint, registeredAt } of (outputs["registered"] ?? []) as RecordedRegistration[]) {
      since.set(thumbprint, Date.parse(registeredAt));
    }
  }
  const uploaded = new Set<string>();
  for (const [index, { method, path, thumbprint, at }] of seen.journal.entries()) {
    const epoch = seen.epochs.findLast(({ requests }) => requests <= index);
    if (epoch === undefined || thumbprint === undefined || method === "GET") {
      continue;
    }
    const nowMs = Date.parse(at);
    const where = `request ${index} (${method} ${thumbprint.slice(0, 8)})`;
    if (foreign.includes(thumbprint) || thumbprint === seen.credentialThumbprint) {
      wrong.push(`${where} touches what is foreign`);
    }
    if (method === "PATCH" ? !present.has(thumbprint) : method === "POST" && !path.endsWith("/removeKey")) {
      if (uploaded.has(thumbprint) || since.has(thumbprint)) {
        wrong.push(`${where} uploads it once more`);
      }
      if (!linkedCertificates(epoch).some((certificate) => certificate["thumbprint"] === thumbprint)) {
        wrong.push(`${where} uploads what is not current`);
      }
      uploaded.add(thumbprint);
      present.add(thumbprint);
      since.set(thumbprint, nowMs);
    } else {
      present.delete(thumbprint);
      const reason = whyItMayNotGo(epoch, thumbprint, since, nowMs);
      if (reason !== null) {
        wrong.push(`${where} ${reason}`);
      }
    }
    for (const certificate of linkedCertificates(epoch)) {
      const versions = [String(certificate["thumbprint"]), ...previousOf(certificate).map((one) => one.thumbprint)];
      if (versions.some((one) => since.has(one)) && !versions.some((one) => present.has(one))) {
        wrong.push(`${where} leaves no certificate of a lineage that is linked`);
      }
    }
  }
  return wrong;
}

function whyItMayNotGo(
  epoch: Epoch,
  thumbprint: string,
  since: ReadonlyMap<string, number>,
  nowMs: number,
): string | null {
  for (const certificate of linkedCertificates(epoch)) {
    if (certificate["thumbprint"] === thumbprint) {
      return "removes the current certificate";
    }
    const previous = previousOf(certificate);
    const index = previous.findIndex((one) => one.thumbprint === thumbprint);
    if (index >= 0 && previous[index]?.revoked !== true) {
      const newer = [String(certificate["thumbprint"]), ...previous.slice(0, index).map((one) => one.thumbprint)];
      const begun = Math.min(...newer.map((one) => since.get(one) ?? Number.POSITIVE_INFINITY));
      return nowMs >= begun + overlapMs ? null : "ends an overlap too early";
    }
  }
  return null;
}

function linkedCertificates({ links, certificates }: Epoch): readonly Values[] {
  return [...new Set(Object.values(links))].map((name) => certificates.get(name) ?? {});
}

/** What is on the subscription of each certificate's lineage, by the certificate's name. */
export function byLineage(seen: Observation): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...versionsOf(seen)].map(([name, versions]) => [name, seen.registered.filter((one) => versions.has(one))]),
  );
}

/** Every version of each certificate that the stack has known since it began, by the certificate's name. */
export function versionsOf({ epochs }: Observation): ReadonlyMap<string, ReadonlySet<string>> {
  const lineages = new Map<string, Set<string>>();
  for (const [name, certificate] of epochs.flatMap(({ certificates }) => [...certificates])) {
    const versions = lineages.get(name) ?? new Set();
    for (const thumbprint of [
      String(certificate["thumbprint"]),
      ...previousOf(certificate).map((one) => one.thumbprint),
    ]) {
      versions.add(thumbprint);
    }
    lineages.set(name, versions);
  }
  return lineages;
}

function previousOf(certificate: Values): readonly PreviousVersion[] {
  return (certificate["previous"] ?? []) as PreviousVersion[];
}

function linkCertificateOf(certificate: Values) {
  return {
    lineage: String(certificate["lineage"]),
    current: {
      thumbprint: String(certificate["thumbprint"]),
      sha256Fingerprint: String(certificate["sha256Fingerprint"]),
      notBefore: new Date(String(certificate["notBefore"])),
      notAfter: new Date(String(certificate["notAfter"])),
    },
    previous: previousOf(certificate).map((one) => ({ ...one, notAfter: new Date(one.notAfter) })),
    overlapHours: Number(certificate["overlapHours"]),
  };
}
