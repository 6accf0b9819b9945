import { normaliseHolder } from "../../provider/resources/certificate/holders";
import { compareText } from "../../provider/rotation/wording";
import type { StackExport } from "../stackExport";
import type { FoundCertificate } from "./doors";
import type { Holdings } from "./holdings";
import { thumbprintsOf } from "./holdings";

/** What the states at hand know of certificates on doors. */
export interface Managed {
  /** Whether a state looks after it. */
  manages(found: Pick<FoundCertificate, "thumbprint" | "lineage">): boolean;
  /** Whether a state knows this very version. */
  isKnown(thumbprint: string): boolean;
  /** Who held it, sorted; null where no state says so. */
  holdersOf(thumbprint: string): readonly string[] | null;
}

/** Pure. @param holdings also those of an earlier run, which states may have forgotten */
export function managedBy(states: readonly StackExport[], holdings: Holdings): Managed {
  const lineages = new Set<string>();
  const versions = new Map<string, ReadonlySet<string>>();
  const registered = new Set<string>();
  const know = (thumbprint: string, heldBy: readonly string[]) =>
    versions.set(thumbprint, new Set([...(versions.get(thumbprint) ?? []), ...heldBy.map(normaliseHolder)]));
  for (const { certificates, links } of states) {
    for (const { outputs } of certificates) {
      if (outputs !== null) {
        lineages.add(outputs.lineage ?? "");
        know(outputs.thumbprint, [...outputs.heldBy, ...(outputs.holders ?? [])]);
        for (const { thumbprint, heldBy } of outputs.previous) {
          know(thumbprint, heldBy);
        }
      }
    }
    for (const { outputs } of links) {
      lineages.add(outputs?.lineage ?? "");
      if (outputs?.holder != null) {
        know(outputs.thumbprint, [outputs.holder]);
      }
      for (const { thumbprint } of outputs?.registered ?? []) {
        registered.add(thumbprint);
      }
    }
  }
  for (const certificate of holdings.certificates) {
    lineages.add(certificate.lineage ?? "");
    for (const thumbprint of thumbprintsOf(certificate)) {
      know(thumbprint, [holdings.person]);
    }
  }
  lineages.delete("");
  return {
    manages: ({ thumbprint, lineage }) =>
      versions.has(thumbprint) || registered.has(thumbprint) || (lineage !== null && lineages.has(lineage)),
    isKnown: (thumbprint) => versions.has(thumbprint),
    holdersOf: (thumbprint) => {
      const holders = versions.get(thumbprint);
      return holders === undefined ? null : [...holders].sort(compareText);
    },
  };
}
