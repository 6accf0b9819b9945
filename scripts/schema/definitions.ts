import type { FunctionDefinition } from "../../provider/functions/definition";
import { getManagementCertificatesDefinition } from "../../provider/functions/getManagementCertificatesDefinition";
import { parsePublishSettingsDefinition } from "../../provider/functions/parsePublishSettingsDefinition";
import { applicationCertificateLinkDefinition } from "../../provider/resources/applicationCertificateLinkDefinition";
import { certificateFileDefinition } from "../../provider/resources/certificateFileDefinition";
import type { ResourceDefinition } from "../../provider/resources/definition";
import { managementCertificateDefinition } from "../../provider/resources/managementCertificateDefinition";
import { subscriptionCertificateLinkDefinition } from "../../provider/resources/subscriptionCertificateLinkDefinition";

/** All that the package offers. */
export const resourceDefinitions: readonly ResourceDefinition[] = [
  managementCertificateDefinition,
  subscriptionCertificateLinkDefinition,
  applicationCertificateLinkDefinition,
  certificateFileDefinition,
];

export const functionDefinitions: readonly FunctionDefinition[] = [
  getManagementCertificatesDefinition,
  parsePublishSettingsDefinition,
];
