import type { z } from "zod";
import { parseCertificate } from "../certificate/parse";
import { parsePublishSettings as parse } from "../certificate/publishSettings";
import { CertificateError, InvalidInputError } from "../errors";
import { isoSeconds } from "../resources/dates";
import type { Values } from "../resources/lifecycle";
import {
  parsePublishSettingsDefinition,
  parsePublishSettingsInputs,
  type parsePublishSettingsOutputs,
} from "./parsePublishSettingsDefinition";
import { argumentsOf, type ProviderFunction } from "./providerFunction";

export const parsePublishSettings: ProviderFunction = {
  name: parsePublishSettingsDefinition.name,
  run: async (inputs) => subscriptionsIn(inputs),
};

function subscriptionsIn(inputs: Values): z.output<typeof parsePublishSettingsOutputs> {
  const { content } = argumentsOf(parsePublishSettingsInputs, inputs);
  try {
    return {
      subscriptions: parse(content).map(({ id, name, managementEndpoint, certificatePem }) => {
        const { thumbprint, notAfter } = parseCertificate(certificatePem);
        return { id, name, managementEndpoint, certificatePem, thumbprint, notAfter: isoSeconds(notAfter) };
      }),
    };
  } catch (error) {
    if (error instanceof CertificateError) {
      throw new InvalidInputError("content", { what: error.message });
    }
    throw error;
  }
}
