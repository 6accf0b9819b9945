import type { ExportedCertificate, ExportedLink, StackExport } from "../stackExport";

/** What a registered certificate is to its lineage. */
export type Role = "current" | "previous" | "revoked";

/** A certificate of a state, by its lineage. */
export interface LineageEntry extends ExportedCertificate {
  readonly urn: string;
}

export type Lineages = ReadonlyMap<string, LineageEntry>;

/** One version of a lineage, as far as the states know it. */
export interface KnownVersion {
  readonly role: Role;
  /** Null: nobody has written down who holds it. */
  readonly heldBy: readonly string[] | null;
  /** Null where no state holds its certificate. */
  readonly certificate: LineageEntry | null;
}

/** Of all states together: a link may be in another stack than its certificate. */
export function lineagesOf(states: readonly StackExport[]): Lineages {
  const found = new Map<string, LineageEntry>();
  for (const { certificates } of states) {
    for (const { urn, outputs, waitsForDeletion } of certificates) {
      if (outputs?.lineage && (!waitsForDeletion || !found.has(outputs.lineage))) {
        // Everybody who was listed while it was current has it, also whoever has left since.
        const heldBy = [...new Set([...outputs.heldBy, ...(outputs.holders ?? [])])];
        found.set(outputs.lineage, { ...outputs, heldBy, urn });
      }
    }
  }
  return found;
}

/** Which version of its lineage a link's registered certificate is. */
export function versionOf(link: ExportedLink, thumbprint: string, lineages: Lineages): KnownVersion {
  const certificate = (link.lineage ? lineages.get(link.lineage) : undefined) ?? null;
  if (certificate === null) {
    const heldBy = link.holder == null ? null : [link.holder];
    return { role: thumbprint === link.thumbprint ? "current" : "previous", heldBy, certificate };
  }
  if (certificate.thumbprint === thumbprint) {
    return { role: "current", heldBy: known(certificate.heldBy), certificate };
  }
  const version = certificate.previous.find((one) => one.thumbprint === thumbprint);
  return {
    role: version?.revoked ? "revoked" : "previous",
    heldBy: known(version?.heldBy ?? []),
    certificate,
  };
}

function known(people: readonly string[]): readonly string[] | null {
  return people.length === 0 ? null : people;
}
