import type { CheckFailure } from "../lifecycle";
import { containsUnknown } from "../unknowns";

/**
 * One spelling per person: trimmed, NFC, without case. Two spellings of one name must not look like one person
 * leaving and another one joining.
 */
export function normaliseHolder(holder: string): string {
  // Up and down again: that is how ß meets SS, and down before it, how the capital ẞ meets ß.
  return holder.trim().normalize("NFC").toLowerCase().toUpperCase().toLowerCase().normalize("NFC");
}

/** Sorted. Undefined stays undefined: not tracked is not the same as nobody. */
export function normaliseHolders(holders: readonly string[] | undefined): readonly string[] | undefined {
  return holders?.map(normaliseHolder).sort();
}

export function holderFailures(holders: unknown): readonly CheckFailure[] {
  if (!Array.isArray(holders) || containsUnknown(holders)) {
    return [];
  }
  const failures: CheckFailure[] = [];
  const seen = new Map<string, number>();
  for (const [index, holder] of (holders as string[]).entries()) {
    const name = normaliseHolder(holder);
    const first = seen.get(name);
    if (name === "") {
      failures.push({
        property: `holders[${index}]`,
        reason: `holders[${index}] is blank. Name a person, or remove it`,
      });
    } else if (first !== undefined) {
      failures.push({
        property: `holders[${index}]`,
        reason: `holders[${index}] is the same person as holders[${first}] (${name}). Remove one of them`,
      });
    } else {
      seen.set(name, index);
    }
  }
  return failures;
}
