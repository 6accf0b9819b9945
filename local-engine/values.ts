import { isDeepStrictEqual } from "node:util";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Property values as they travel between program, engine and provider: plain JSON, in which a secret is an object with
 * {@link signatureKey} and an unknown value is the string {@link unknown}.
 */
export type Value = null | boolean | number | string | readonly Value[] | Properties;
export interface Properties {
  readonly [key: string]: Value;
}

/** Marks an object as something other than plain data (sdk/go/common/resource/sig). */
export const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Stands for a value that is not known before the update has run. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Secret extends Properties {
  readonly value: Value;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: Value | undefined): value is Secret {
  return isProperties(value) && value[signatureKey] === secretSignature && "value" in value;
}

export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** Which kind of signed object this is, where it is one and no secret: an asset, an archive, a resource reference. */
function otherSignature(value: Value): string | undefined {
  const signature = isProperties(value) && !isSecret(value) ? value[signatureKey] : undefined;
  return typeof signature === "string" ? signature : undefined;
}

export function mapValues(properties: Properties, change: (value: Value) => Value): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, change(value)]));
}

/** The value without secret marks, at any depth. */
export function reveal(value: Value): Value {
  if (isSecret(value)) {
    return reveal(value.value);
  }
  if (isList(value)) {
    return value.map(reveal);
  }
  return isProperties(value) ? mapValues(value, reveal) : value;
}

export function revealProperties(properties: Properties): Properties {
  return mapValues(properties, reveal);
}

/** The value as it may be shown to anybody: secrets and unknown values are named, not told. */
export function mask(value: Value): Value {
  if (isSecret(value)) {
    return "[secret]";
  }
  if (value === unknown) {
    return "[unknown]";
  }
  if (isList(value)) {
    return value.map(mask);
  }
  return isProperties(value) ? mapValues(value, mask) : value;
}

function contains(value: Value, found: (value: Value) => boolean): boolean {
  if (found(value)) {
    return true;
  }
  if (isList(value)) {
    return value.some((element) => contains(element, found));
  }
  return isProperties(value) && Object.values(value).some((element) => contains(element, found));
}

function containsSecret(value: Value): boolean {
  return contains(value, isSecret);
}

export function containsUnknown(value: Value): boolean {
  return contains(value, (each) => each === unknown);
}

/** The first signed object that is no secret, at any depth. */
export function findOtherSignature(value: Value): string | undefined {
  let signature: string | undefined;
  contains(value, (each) => {
    signature = otherSignature(each);
    return signature !== undefined;
  });
  return signature;
}

/**
 * Marks secret what a provider, which saw plaintext, returned under the same name as a secret it was given. Objects are
 * entered; a list with one secret element becomes secret as a whole, because providers reorder lists.
 */
export function annotateSecrets(returned: Properties, given: Properties): Properties {
  const annotated: Record<string, Value> = { ...returned };
  for (const [key, givenValue] of Object.entries(given)) {
    const value = annotated[key];
    if (value === undefined || isSecret(value)) {
      continue;
    }
    if (isProperties(value) && isProperties(givenValue) && !isSecret(givenValue)) {
      annotated[key] = annotateSecrets(value, givenValue);
    } else if (containsSecret(givenValue)) {
      annotated[key] = secret(value);
    }
  }
  return annotated;
}

/** The two rules every step's outputs go through: `additionalSecretOutputs`, and an output named like a secret input. */
export function markSecretOutputs(
  outputs: Properties,
  inputs: Properties,
  additionalSecretOutputs: readonly string[],
): Properties {
  const marked: Record<string, Value> = { ...outputs };
  for (const [key, value] of Object.entries(outputs)) {
    if (isSecret(inputs[key]) || (additionalSecretOutputs.includes(key) && key !== "id")) {
      marked[key] = secret(value);
    }
  }
  return marked;
}

export function sameProperties(left: Properties, right: Properties): boolean {
  return isDeepStrictEqual(left, right);
}

/** The top-level keys whose plaintext differs. */
export function changedKeys(left: Properties, right: Properties): string[] {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].filter((key) => !isDeepStrictEqual(reveal(left[key] ?? null), reveal(right[key] ?? null)));
}

export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as { [key: string]: JavaScriptValue });
}

export function fromStruct(struct: Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}
