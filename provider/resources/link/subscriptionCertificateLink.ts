import { canonicalEndpoint } from "../../azure/configuration";
import { ConfigurationError } from "../../errors";
import type { Configured } from "../context";
import { subscriptionGuid } from "../fields";
import type { PropertyChange, Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import { certificateLink } from "./certificateLink";
import { subscriptionDoor } from "./door";
import type { LinkKind } from "./linkKind";
import {
  subscriptionCertificateLinkDefinition,
  subscriptionCertificateLinkInputs,
  subscriptionCertificateLinkState,
} from "./subscriptionCertificateLinkDefinition";

export const subscriptionKind: LinkKind = {
  definition: subscriptionCertificateLinkDefinition,
  inputs: subscriptionCertificateLinkInputs,
  state: subscriptionCertificateLinkState,
  address: ["subscriptionId", "managementEndpoint"],
  stableOutputs: ["subscriptionId", "managementEndpoint", "lineage"],
  doorOf: (values, context) =>
    subscriptionDoor({ endpoint: endpointOf(values, context), subscriptionId: subscriptionIdOf(values) }, context),
  checkDoor: (inputs, context) => {
    const { subscriptionId, managementEndpoint } = inputs;
    if (managementEndpoint === unknownValue) {
      return { door: null, failures: [] };
    }
    try {
      const endpoint = endpointOf(inputs, context);
      const door =
        subscriptionId === unknownValue
          ? null
          : subscriptionDoor({ endpoint, subscriptionId: subscriptionIdOf(inputs) }, context);
      return { door, failures: [] };
    } catch (error) {
      if (error instanceof ConfigurationError) {
        return { door: null, failures: [{ property: "managementEndpoint", reason: error.message }] };
      }
      throw error;
    }
  },
  recorded: (inputs, context) => ({
    subscriptionId: inputs["subscriptionId"],
    managementEndpoint: inputs["managementEndpoint"] === unknownValue ? unknownValue : endpointOf(inputs, context),
  }),
  recordedInputs: [],
  moves,
  idOf: subscriptionIdOf,
  idForm: { begins: "subscription", example: "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b" },
  inputsOfId: (part) => {
    const { success, data } = subscriptionGuid.safeParse(part);
    return success ? { subscriptionId: data } : null;
  },
  limitOf: ({ configuration }) => configuration.certificateLimit,
};

export const subscriptionCertificateLink = certificateLink(subscriptionKind);

function subscriptionIdOf(values: Values): string {
  return String(values["subscriptionId"]);
}

function endpointOf({ managementEndpoint }: Values, { configuration }: Configured): string {
  return typeof managementEndpoint === "string"
    ? canonicalEndpoint(managementEndpoint)
    : configuration.managementEndpoint;
}

function moves(state: Values, inputs: Values, context: Configured): readonly PropertyChange[] {
  const changes: PropertyChange[] = [];
  const [from, to] = [subscriptionIdOf(state), subscriptionIdOf(inputs)];
  if (to !== from) {
    const reason = `moves from subscription ${from} to ${to}: opened there before it is closed here`;
    changes.push({ property: "subscriptionId", reason, replaces: true });
  }
  const [fromEndpoint, toEndpoint] = [state["managementEndpoint"], endpointOf(inputs, context)];
  if (toEndpoint !== fromEndpoint) {
    const reason = `moves from ${fromEndpoint} to ${toEndpoint}`;
    changes.push({ property: "managementEndpoint", reason, replaces: true });
  }
  return changes;
}
