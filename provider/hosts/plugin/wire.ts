import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { InvalidInputError } from "../../errors";
import type { Values } from "../../resources/lifecycle";
import { unknownValue } from "../../resources/unknowns";
import { isObject, isSigned, mapValues, outputSignature, secretSignature, signatureKey } from "../signedValues";

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
