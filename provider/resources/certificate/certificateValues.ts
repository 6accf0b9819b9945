import type { CertificateState, CertificateWishes, Version } from "../../rotation/types";
import { dateOf } from "../fields";
import { readValues } from "../inputs";
import type { Values } from "../lifecycle";
import { normaliseHolders } from "./holders";
import {
  type ManagementCertificateInputs,
  type ManagementCertificateState,
  managementCertificateInputs,
  managementCertificateState,
} from "./managementCertificateDefinition";

/** Between the engine's JSON and the values of the decisions. */

export function stateOf(olds: Values): ManagementCertificateState {
  return readValues(managementCertificateState, olds, "the state");
}

export function inputsOf(news: Values): ManagementCertificateInputs {
  return readValues(managementCertificateInputs, news, "the inputs") as ManagementCertificateInputs;
}

export function certificateStateOf(state: ManagementCertificateState): CertificateState {
  return {
    current: {
      ...versionOf({ ...state, revoked: false }),
      issuedAt: dateOf(state.issuedAt),
      specification: {
        commonName: state.commonName,
        organization: state.organization,
        organizationalUnit: state.organizationalUnit,
        rsaBits: state.rsaBits,
        validityPeriodHours: state.validityPeriodHours,
      },
      spreadFraction: state.spreadFraction ?? 0,
    },
    previous: state.previous.map(versionOf),
    rotationTriggers: state.rotationTriggers,
  };
}

function versionOf(version: {
  readonly thumbprint: string;
  readonly notAfter: string;
  readonly revoked: boolean;
  readonly heldBy: readonly string[];
}): Version {
  return {
    thumbprint: version.thumbprint,
    notAfter: dateOf(version.notAfter),
    revoked: version.revoked,
    heldBy: version.heldBy,
  };
}

export function wishesOf(inputs: ManagementCertificateInputs): CertificateWishes {
  return {
    specification: {
      commonName: inputs.commonName,
      organization: inputs.organization,
      organizationalUnit: inputs.organizationalUnit,
      rsaBits: inputs.rsaBits,
      validityPeriodHours: inputs.validityPeriodHours,
    },
    renewBeforeHours: inputs.renewBeforeHours,
    rotateEveryHours: inputs.rotateEveryHours,
    spreadHours: inputs.spreadHours ?? 0,
    overlapHours: inputs.overlapHours,
    rotationTriggers: inputs.rotationTriggers,
    holders: normaliseHolders(inputs.holders),
    compromised: inputs.compromised,
  };
}
