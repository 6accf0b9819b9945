import type { FunctionDefinition } from "../../provider/functions/definition";
import { getManagementCertificatesDefinition } from "../../provider/functions/getManagementCertificatesDefinition";
import { parsePublishSettingsDefinition } from "../../provider/functions/parsePublishSettingsDefinition";
import { managementCertificateDefinition } from "../../provider/resources/certificate/managementCertificateDefinition";
import type { ResourceDefinition } from "../../provider/resources/definition";
import { certificateFileDefinition } from "../../provider/resources/file/certificateFileDefinition";
import { applicationCertificateLinkDefinition } from "../../provider/resources/link/applicationCertificateLinkDefinition";
import { subscriptionCertificateLinkDefinition } from "../../provider/resources/link/subscriptionCertificateLinkDefinition";
import { rosterSnapshotDefinition } from "../../provider/resources/roster/rosterSnapshotDefinition";

/** All that the package offers. */
export const resourceDefinitions: readonly ResourceDefinition[] = [
  managementCertificateDefinition,
  subscriptionCertificateLinkDefinition,
  applicationCertificateLinkDefinition,
  certificateFileDefinition,
  rosterSnapshotDefinition,
];

export const functionDefinitions: readonly FunctionDefinition[] = [
  getManagementCertificatesDefinition,
  parsePublishSettingsDefinition,
];
