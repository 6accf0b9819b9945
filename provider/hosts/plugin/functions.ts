import { InvalidInputError } from "../../errors";
import type { Configured } from "../../resources/context";
import type { Values } from "../../resources/lifecycle";
import { packageName } from "./resources";

interface ProviderFunction {
  readonly name: string;
  run(inputs: Values, context: Configured): Promise<Values>;
}

const functions: readonly ProviderFunction[] = [];

/** @throws InvalidInputError ERR_INPUT_INVALID for a function that this provider does not have */
export function functionOf(token: string): ProviderFunction {
  const known = functions.find(({ name }) => token === `${packageName}:index:${name}`);
  if (known === undefined) {
    throw new InvalidInputError("tok", { what: `This provider has no function ${token}.` });
  }
  return known;
}
