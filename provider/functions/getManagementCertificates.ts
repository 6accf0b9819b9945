import type { z } from "zod";
import { canonicalEndpoint } from "../azure/configuration";
import type { ListedCertificate } from "../azure/managementCertificates";
import { tryParseCertificate } from "../certificate/parse";
import { ConfigurationError, InvalidInputError } from "../errors";
import type { Configured } from "../resources/context";
import { isoSeconds } from "../resources/dates";
import { withoutUndefined } from "../resources/inputs";
import type { Values } from "../resources/lifecycle";
import { isValid } from "../rotation/linkFacts";
import {
  getManagementCertificatesDefinition,
  getManagementCertificatesInputs,
  type getManagementCertificatesOutputs,
} from "./getManagementCertificatesDefinition";
import { argumentsOf, type ProviderFunction } from "./providerFunction";

export const getManagementCertificates: ProviderFunction = { name: getManagementCertificatesDefinition.name, run };

type Outputs = z.output<typeof getManagementCertificatesOutputs>;

async function run(inputs: Values, context: Configured): Promise<Values> {
  const { subscriptionId, managementEndpoint } = argumentsOf(getManagementCertificatesInputs, inputs);
  const endpoint = endpointOf(managementEndpoint, context);
  const listing = await context.connection.managementCertificates.list({ endpoint, subscriptionId });
  const now = context.ports.now();
  return {
    subscriptionId,
    managementEndpoint: endpoint,
    certificates: listing.certificates
      .map((listed) => withoutUndefined(described(listed, now)))
      .toSorted((left, right) => (String(left["thumbprint"]) < String(right["thumbprint"]) ? -1 : 1)),
  } satisfies Record<keyof Outputs, unknown>;
}

function endpointOf(given: string | undefined, { configuration }: Configured): string {
  try {
    return given === undefined ? configuration.managementEndpoint : canonicalEndpoint(given);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      throw new InvalidInputError("managementEndpoint", { what: error.message });
    }
    throw error;
  }
}

function described({ thumbprint, createdAt, data }: ListedCertificate, now: Date): Outputs["certificates"][number] {
  const parsed = tryParseCertificate(data);
  return {
    thumbprint,
    valid: isValid({ validity: parsed }, now),
    createdAt,
    subject: parsed?.subject,
    notBefore: parsed === null ? undefined : isoSeconds(parsed.notBefore),
    notAfter: parsed === null ? undefined : isoSeconds(parsed.notAfter),
    rsaBits: parsed?.rsaBits ?? undefined,
    lineage: parsed?.lineage ?? undefined,
  };
}
