import type { ApplicationAddress } from "../../azure/applicationAddress";
import type { Configured } from "../context";
import type { PropertyChange, Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import {
  applicationCertificateLinkDefinition,
  applicationCertificateLinkInputs,
  applicationCertificateLinkState,
} from "./applicationCertificateLinkDefinition";
import { certificateLink } from "./certificateLink";
import { applicationDoor, type Door } from "./door";
import type { LinkKind } from "./linkKind";

/** Unknown in a preview, it is taken for the default: no preview writes. */
const writeWithShape = applicationCertificateLinkInputs.shape.writeWith;

export const applicationKind: LinkKind = {
  definition: applicationCertificateLinkDefinition,
  inputs: applicationCertificateLinkInputs,
  state: applicationCertificateLinkState,
  address: ["appId", "objectId"],
  stableOutputs: ["appId", "objectId", "graphEndpoint", "lineage"],
  doorOf,
  checkDoor: (inputs, context) => {
    const given = [inputs["appId"], inputs["objectId"]].filter((id) => id !== undefined);
    if (given.length !== 1) {
      const reason =
        given.length === 0
          ? "give the link the appId or the objectId of an app registration"
          : "give the link either the appId or the objectId of its app registration, not both";
      return { door: null, failures: [{ property: "appId", reason }] };
    }
    const door = given[0] === unknownValue ? null : doorOf(inputs, context);
    return { door, failures: [] };
  },
  recorded: ({ appId, objectId, writeWith }, { configuration }) => ({
    appId,
    objectId,
    writeWith,
    graphEndpoint: configuration.entra.graphEndpoint,
  }),
  recordedInputs: ["writeWith"],
  moves,
  idOf: ({ appId, objectId }) => String(appId ?? objectId),
  idForm: { begins: "appId", example: "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b" },
  inputsOfId: (part) => {
    const { success, data } = applicationCertificateLinkInputs.shape.appId.safeParse(part);
    return success ? { appId: data } : null;
  },
  // No limit of an application is documented: what Entra says at one is told as it comes.
  limitOf: () => Number.POSITIVE_INFINITY,
};

export const applicationCertificateLink = certificateLink(applicationKind);

function doorOf(values: Values, context: Configured): Door {
  const writeWith = writeWithShape.safeParse(values["writeWith"]).data ?? "auto";
  return applicationDoor(addressOf(values, context), writeWith, context);
}

/** @param values inputs, or a state, which says where Graph was too */
function addressOf({ appId, objectId, graphEndpoint }: Values, { configuration }: Configured): ApplicationAddress {
  const endpoint = typeof graphEndpoint === "string" ? graphEndpoint : configuration.entra.graphEndpoint;
  return appId === undefined
    ? { endpoint, by: "objectId", id: String(objectId) }
    : { endpoint, by: "appId", id: String(appId) };
}

function moves(state: Values, inputs: Values): readonly PropertyChange[] {
  return (["appId", "objectId"] as const)
    .filter((property) => state[property] !== inputs[property])
    .map((property) => ({
      property,
      reason: `moves from application ${state["appId"] ?? state["objectId"]} to ${inputs["appId"] ?? inputs["objectId"]}: opened there before it is closed here`,
      replaces: true,
    }));
}
