import { InvalidInputError } from "../../errors";
import { getManagementCertificates } from "../../functions/getManagementCertificates";
import { parsePublishSettings } from "../../functions/parsePublishSettings";
import type { ProviderFunction } from "../../functions/providerFunction";
import { packageName } from "./resources";

const functions: readonly ProviderFunction[] = [getManagementCertificates, parsePublishSettings];

/** @throws InvalidInputError ERR_INPUT_INVALID for a function that this provider does not have */
export function functionOf(token: string): ProviderFunction {
  const known = functions.find(({ name }) => token === `${packageName}:index:${name}`);
  if (known === undefined) {
    throw new InvalidInputError("tok", {
      what: `This provider has no function ${token}.`,
      todo: `It has ${functions.map(({ name }) => name).join(" and ")}.`,
    });
  }
  return known;
}
