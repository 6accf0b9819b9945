import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { InvalidInputError } from "../../errors";
import type { Values } from "../../resources/lifecycle";
import { unknownValue } from "../../resources/unknowns";

/**
 * Values as the engine sends and takes them: plain JSON, in which an object with this key is something else
 * (pulumi/pulumi sdk/go/common/resource/sig).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What came in a request: `values` in plain text for the resources, and `marked` as it came, which says what is secret. */
export interface Received {
  readonly values: Values;
  readonly marked: Values;
}

/**
 * @param struct absent where the engine has nothing to say
 * @throws InvalidInputError ERR_INPUT_INVALID for a signed value that is none, naming where it stands
 */
export function received(struct: Struct | undefined): Received {
  // What a dynamic provider stores of its own code; a stack that came from there still has it.
  const { __provider: _, ...marked } = (struct?.toJavaScript() ?? {}) as Values;
  return { values: mapValues(marked, plain), marked };
}

export function toStruct(values: Values): Struct {
  return Struct.fromJavaScript(values as { [key: string]: JavaScriptValue });
}

function secret(value: unknown): unknown {
  return isSigned(value, secretSignature) ? value : { [signatureKey]: secretSignature, value };
}

/** Marks what the resource declares secret, and what came in as a secret under the same name. */
export function withSecrets(values: Values, secretOutputs: readonly string[], ...like: readonly Values[]): Values {
  const declared = mapValues(values, (value, key) => (secretOutputs.includes(key) ? secret(value) : value));
  return like.reduce<Values>(
    (marked, given) => mapValues(marked, (value, key) => secretLike(value, given[key])),
    declared,
  );
}

/** A list with a secret element is secret as a whole: elements get reordered. So is an object that took a secret in under another name. */
function secretLike(value: unknown, given: unknown): unknown {
  if (!containsSecret(given)) {
    return value;
  }
  if (isObject(value) && isObject(given) && !(signatureKey in given) && !(signatureKey in value)) {
    const moved = Object.entries(given).some(([key, inner]) => !(key in value) && containsSecret(inner));
    return moved ? secret(value) : mapValues(value, (inner, key) => secretLike(inner, given[key]));
  }
  return secret(value);
}

function containsSecret(value: unknown): boolean {
  if (isSigned(value, secretSignature) || (isSigned(value, outputSignature) && value["secret"] === true)) {
    return true;
  }
  return typeof value === "object" && value !== null && Object.values(value).some(containsSecret);
}

function plain(value: unknown, path: string): unknown {
  if (Array.isArray(value)) {
    return value.map((element, index) => plain(element, `${path}[${index}]`));
  }
  if (!isObject(value)) {
    return value;
  }
  if (isSigned(value, outputSignature)) {
    return "value" in value ? plain(value["value"], path) : unknownValue;
  }
  if (isSigned(value, secretSignature)) {
    if (!("value" in value)) {
      throw new InvalidInputError(path, { what: `${path} is marked as a secret and has no value.` });
    }
    return plain(value["value"], path);
  }
  if (signatureKey in value) {
    throw new InvalidInputError(path, {
      what: `${path} is an asset, an archive or a resource, and none of those is taken there.`,
      todo: "Give it the resource's outputs instead, as certificatePem.",
    });
  }
  return mapValues(value, (inner, key) => plain(inner, `${path}.${key}`));
}

function isSigned(value: unknown, signature: string): value is Values {
  return isObject(value) && value[signatureKey] === signature;
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(values: Values, change: (value: unknown, key: string) => unknown): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}
