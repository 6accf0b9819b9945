import { InvalidInputError } from "../../errors";
import { managementCertificate } from "../../resources/certificate/managementCertificate";
import { managementCertificateDefinition } from "../../resources/certificate/managementCertificateDefinition";
import type { ResourceDefinition } from "../../resources/definition";
import { certificateFile } from "../../resources/file/certificateFile";
import { certificateFileDefinition } from "../../resources/file/certificateFileDefinition";
import type { ResourceLifecycle, Values } from "../../resources/lifecycle";
import { applicationCertificateLink } from "../../resources/link/applicationCertificateLink";
import { applicationCertificateLinkDefinition } from "../../resources/link/applicationCertificateLinkDefinition";
import { subscriptionCertificateLink } from "../../resources/link/subscriptionCertificateLink";
import { subscriptionCertificateLinkDefinition } from "../../resources/link/subscriptionCertificateLinkDefinition";
import { rosterSnapshot } from "../../resources/roster/rosterSnapshot";
import { rosterSnapshotDefinition } from "../../resources/roster/rosterSnapshotDefinition";
import type { Identity } from "./identity";

export const packageName = "azure-certificates";

export interface HostedResource {
  readonly lifecycle: ResourceLifecycle;
  readonly definition: ResourceDefinition;
}

const resources: ReadonlyMap<string, HostedResource> = new Map(
  [
    { lifecycle: managementCertificate, definition: managementCertificateDefinition },
    { lifecycle: subscriptionCertificateLink, definition: subscriptionCertificateLinkDefinition },
    { lifecycle: applicationCertificateLink, definition: applicationCertificateLinkDefinition },
    { lifecycle: certificateFile, definition: certificateFileDefinition },
    { lifecycle: rosterSnapshot, definition: rosterSnapshotDefinition },
  ].map((resource) => [`${packageName}:index:${resource.definition.type}`, resource]),
);

/** @throws InvalidInputError ERR_INPUT_INVALID for a type that this provider does not have */
export function resourceOf({ type }: Identity): HostedResource {
  const resource = resources.get(type);
  if (resource === undefined) {
    throw new InvalidInputError("type", {
      what: `This provider has no resource of the type ${type}.`,
      todo: `It has ${[...resources.keys()].join(" and ")}.`,
    });
  }
  return resource;
}

/** What the dynamic host's class tells the provider as inputs, and the engine tells a plugin: states of both are alike. */
export function filledIn({ definition }: HostedResource, { name, project, stack }: Identity): Values {
  const known: Values = { resourceName: name, project, stack };
  return Object.fromEntries(Object.entries(known).filter(([key]) => definition.filledIn.includes(key)));
}
