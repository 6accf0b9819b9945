/**
 * The string that stands for "known only during the update" in everything the engine hands a provider, also in
 * place of objects, arrays and numbers (pulumi/pulumi#6310). The same on the wire for every kind of provider.
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether the value is unknown, or holds something unknown at any depth. */
export function containsUnknown(value: unknown): boolean {
  if (value === unknownValue) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some(containsUnknown);
  }
  return typeof value === "object" && value !== null && Object.values(value).some(containsUnknown);
}

/** Sets aside every property that is unknown or holds something unknown, so that a schema only ever sees real values. */
export function setUnknownsAside(values: Readonly<Record<string, unknown>>): {
  readonly known: Record<string, unknown>;
  readonly unknown: Record<string, unknown>;
} {
  const known: Record<string, unknown> = {};
  const unknown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) {
      (containsUnknown(value) ? unknown : known)[key] = value;
    }
  }
  return { known, unknown };
}
