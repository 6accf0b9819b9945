import { withDependents } from "../stackRunner/withDependents";
import { type HeldCertificate, type Holdings, isOf } from "./holdings";
import type { KnownState } from "./knownState";

export interface Targets {
  readonly targets: readonly string[];
  /** Resources on which something depends that has to stay: their deletion would be refused, and with it all others. */
  readonly leftOut: readonly string[];
}

/**
 * What a targeted destroy of these certificates is to name: their links, what depends on them, and themselves.
 *
 * @param mayGo whether what depends on them may be deleted too
 */
export function targetsOf(
  certificates: readonly HeldCertificate[],
  { links }: Pick<Holdings, "links">,
  { stack, text }: Pick<KnownState, "stack" | "text">,
  mayGo: (urn: string) => boolean,
): Targets {
  const present = new Set([...stack.links, ...stack.certificates].map(({ urn }) => urn));
  const wanted = [
    ...links.filter((link) => certificates.some((one) => isOf(one, link))).map(({ urn }) => urn),
    ...certificates.map(({ urn }) => urn),
  ].filter((urn, index, all) => present.has(urn) && all.indexOf(urn) === index);
  const everything = withDependents(wanted, text);
  const isFree = (urn: string) => wanted.includes(urn) || mayGo(urn);
  if (everything.every(isFree)) {
    return { targets: everything, leftOut: [] };
  }
  const free = wanted.filter((urn) => withDependents([urn], text).every(isFree));
  return { targets: withDependents(free, text), leftOut: wanted.filter((urn) => !free.includes(urn)) };
}
