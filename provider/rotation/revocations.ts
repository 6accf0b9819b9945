import type { CertificateState, CertificateWishes, Revocation, Version } from "./types";
import { listInWords, shortThumbprint } from "./wording";

interface Cause {
  /** Who held the version and is no holder any more, sorted. */
  readonly leavers: readonly string[];
  readonly compromised: boolean;
}

/**
 * Everybody who held the version and is not listed any more. Holders that are not tracked (undefined) leave nobody:
 * a program that stops saying who holds a key has not said that somebody lost it.
 */
export function leaversOf(
  version: Pick<Version, "heldBy">,
  wishes: Pick<CertificateWishes, "holders">,
): readonly string[] {
  const { holders } = wishes;
  return holders === undefined ? [] : version.heldBy.filter((name) => !holders.includes(name));
}

/** Every version that has to go at once and is not revoked yet: the current one first, then newest first. */
export function revocationsOf(state: CertificateState, wishes: CertificateWishes): readonly Revocation[] {
  return causesOf(state, wishes).map(({ version, cause }) => ({
    thumbprint: version.thumbprint,
    because: causeInWords(cause, "it"),
  }));
}

/** `3F2A1B4C…, 99C1D2E3… (bob held them)`: versions that go for the same cause are named together. */
export function revocationsInWords(state: CertificateState, wishes: CertificateWishes): string {
  const groups = new Map<string, { readonly cause: Cause; readonly thumbprints: string[] }>();
  for (const { version, cause } of causesOf(state, wishes)) {
    const key = causeInWords(cause, "it");
    const group = groups.get(key) ?? { cause, thumbprints: [] };
    group.thumbprints.push(shortThumbprint(version.thumbprint));
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ cause, thumbprints }) => {
      const pronoun = thumbprints.length === 1 ? "it" : "them";
      return `${thumbprints.join(", ")} (${causeInWords(cause, pronoun)})`;
    })
    .join("; ");
}

function causesOf(
  state: CertificateState,
  wishes: CertificateWishes,
): readonly { readonly version: Version; readonly cause: Cause }[] {
  return [state.current, ...state.previous]
    .filter((version) => !version.revoked)
    .map((version) => ({
      version,
      cause: { leavers: leaversOf(version, wishes), compromised: wishes.compromised.includes(version.thumbprint) },
    }))
    .filter(({ cause }) => cause.compromised || cause.leavers.length > 0);
}

function causeInWords(cause: Cause, pronoun: "it" | "them"): string {
  const parts: string[] = [];
  if (cause.leavers.length > 0) {
    parts.push(`${listInWords(cause.leavers)} held ${pronoun}`);
  }
  if (cause.compromised) {
    parts.push("listed as compromised");
  }
  return parts.join(", and ");
}
