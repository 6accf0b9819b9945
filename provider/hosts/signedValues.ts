import type { Values } from "../resources/lifecycle";

/**
 * Values as the engine sends and takes them: plain JSON, in which an object with this key is something else
 * (pulumi/pulumi sdk/go/common/resource/sig).
 */
export const signatureKey = "4dabf18193072939515e22adb298388d";
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
export const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

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

function secret(value: unknown): unknown {
  return isSigned(value, secretSignature) ? value : { [signatureKey]: secretSignature, value };
}

export function isSigned(value: unknown, signature: string): value is Values {
  return isObject(value) && value[signatureKey] === signature;
}

export function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function mapValues(values: Values, change: (value: unknown, key: string) => unknown): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}
