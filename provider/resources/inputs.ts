import type { z } from "zod";
import { InvalidInputError } from "../errors";
import type { CheckFailure, Values } from "./lifecycle";
import { setUnknownsAside } from "./unknowns";

/**
 * Validates inputs against their schema, whatever part of them is known. What is unknown keeps its place, unseen by
 * the schema, and is checked again when the update runs.
 */
export function validateInputs(
  schema: z.ZodObject,
  news: Values,
): { readonly known: Values; readonly unknown: Values; readonly failures: readonly CheckFailure[] } {
  const { known, unknown } = setUnknownsAside(news);
  const mask: Record<string, true> = {};
  for (const key of Object.keys(unknown)) {
    if (key in schema.shape) {
      mask[key] = true;
    }
  }
  // A schema that is made anew is compiled anew: that would be most of a check.
  const partial = Object.keys(mask).length === 0 ? schema : schema.partial(mask);
  const parsed = partial.safeParse(known);
  if (parsed.success) {
    // The schema puts defaults in the place of what it did not see; nothing may be concluded from those.
    const seen = Object.entries(parsed.data).filter(([key]) => !(key in unknown));
    return { known: withoutUndefined(Object.fromEntries(seen)), unknown, failures: [] };
  }
  return { known, unknown, failures: parsed.error.issues.flatMap(failuresOf) };
}

/**
 * Inputs that went through check, or a state that a lifecycle wrote. Neither needs words for everybody, but somebody may
 * have edited a state by hand.
 *
 * @throws {InvalidInputError} ERR_INPUT_INVALID, naming the property
 */
export function readValues<Schema extends z.ZodObject>(
  schema: Schema,
  values: Values,
  what: "the inputs" | "the state",
): z.output<Schema> {
  const parsed = schema.safeParse(values);
  if (parsed.success) {
    return parsed.data;
  }
  const [failure] = parsed.error.issues.flatMap(failuresOf);
  const property = failure?.property ?? "";
  throw new InvalidInputError(property, {
    what: `${property} in ${what} of this resource can't be used: ${failure?.reason ?? "not valid"}.`,
    todo:
      what === "the state"
        ? "It was not written by this version of the package, or it was edited. Look at it with `pulumi stack export`."
        : "Run it again: the inputs are checked first.",
  });
}

function failuresOf(issue: z.core.$ZodIssue): readonly CheckFailure[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      property: pathOf([...issue.path, key]),
      reason: `there is no input of the name ${key}`,
    }));
  }
  return [{ property: pathOf(issue.path), reason: issue.message }];
}

/** As Pulumi writes property paths: `holders[2]`, `rotationTriggers.team`. */
function pathOf(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    text += typeof part === "number" ? `[${part}]` : `${text === "" ? "" : "."}${String(part)}`;
  }
  return text;
}

const knownDefaults = new WeakMap<z.ZodObject, Values>();

/** What a schema fills in where nothing is given. To ask it takes longer than the rest of a check, hence once. */
export function defaultsOf(schema: z.ZodObject): Values {
  let defaults = knownDefaults.get(schema);
  if (defaults === undefined) {
    const filled = Object.entries(schema.shape).map(([key, field]) => [key, field.safeParse(undefined).data]);
    defaults = withoutUndefined(Object.fromEntries(filled));
    knownDefaults.set(schema, defaults);
  }
  return defaults;
}

/** Without what the schema would fill in anyway: state is smaller, and a preview shows what the program says. */
export function withoutDefaults(defaults: Values, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => !(key in defaults && sameJson(defaults[key], value))),
  );
}

/** The engine's wire format knows no undefined, not even nested (pulumi/pulumi#2205). */
export function withoutUndefined(values: object): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Whether two values of plain JSON are the same, however their keys are ordered. */
export function sameJson(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
