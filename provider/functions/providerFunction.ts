import type { z } from "zod";
import { InvalidInputError } from "../errors";
import type { Configured } from "../resources/context";
import { validateInputs } from "../resources/inputs";
import type { Values } from "../resources/lifecycle";

/** What a host calls for `Invoke`. */
export interface ProviderFunction {
  /** As `getManagementCertificates`: the last part of its token. */
  readonly name: string;
  /** @throws InvalidInputError ERR_INPUT_INVALID naming the argument at fault, or any other error of `errors.ts` */
  run(inputs: Values, context: Configured): Promise<Values>;
}

/** @throws InvalidInputError ERR_INPUT_INVALID for the first argument that is wrong, or not known yet */
export function argumentsOf<Schema extends z.ZodObject>(schema: Schema, inputs: Values): z.output<Schema> {
  const { known, unknown, failures } = validateInputs(schema, inputs);
  const [failure] = failures;
  if (failure !== undefined) {
    throw new InvalidInputError(failure.property, { what: failure.reason });
  }
  const [property] = Object.keys(unknown);
  if (property !== undefined) {
    throw new InvalidInputError(property, { what: `${property} is known only during the update` });
  }
  return known as z.output<Schema>;
}
