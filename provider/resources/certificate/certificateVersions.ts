import type { Subject } from "../../certificate/issue";
import { rememberedPreviousVersions } from "../../defaults";
import { decideRotation } from "../../rotation/decideRotation";
import type { RotationDecision } from "../../rotation/types";
import { maintenanceAt } from "../../schedule/maintenanceWindows";
import { addHours, isoSeconds } from "../dates";
import { dateOf } from "../fields";
import { certificateStateOf, wishesOf } from "./certificateValues";
import { normaliseHolders } from "./holders";
import {
  type ManagementCertificateInputs,
  type ManagementCertificateState,
  managementCertificateOutputs,
} from "./managementCertificateDefinition";

/** What a new key and certificate bring; the rest of a state is settled without them. */
export type IssuedFields = Pick<
  ManagementCertificateState,
  | "issuedAt"
  | "thumbprint"
  | "sha256Fingerprint"
  | "serialNumber"
  | "subject"
  | "commonName"
  | "organization"
  | "organizationalUnit"
  | "notBefore"
  | "notAfter"
  | "renewalTime"
  | "spreadFraction"
  | "certificatePem"
  | "privateKeyPem"
>;

export type SettledFields = Omit<ManagementCertificateState, keyof IssuedFields | "lastRotation">;

type NextState =
  | { readonly kind: "kept"; readonly state: ManagementCertificateState }
  | { readonly kind: "rotated"; readonly rest: SettledFields; readonly reasons: string[] };

/** The state of the first version, less what is issued or drawn. */
export function firstState(inputs: ManagementCertificateInputs): Omit<SettledFields, "lineage"> {
  return { ...recorded(inputs), revision: 1, heldBy: [...(normaliseHolders(inputs.holders) ?? [])], previous: [] };
}

/** What is to be done now, with what the maintenance windows say about it. */
export function decidedOf(
  state: ManagementCertificateState,
  inputs: ManagementCertificateInputs,
  now: Date,
): RotationDecision {
  const maintenance = maintenanceAt(inputs.maintenanceWindows ?? [], now);
  return decideRotation(certificateStateOf(state), wishesOf(inputs), now, maintenance);
}

/** The state after an update. Pure: what a rotation issues is left to the caller. */
export function nextState(
  state: ManagementCertificateState,
  inputs: ManagementCertificateInputs,
  now: Date,
): NextState {
  const decision = decidedOf(state, inputs, now);
  const revoked = new Set(decision.revoke.map((revocation) => revocation.thumbprint));
  const previous = state.previous.map((version) => ({
    ...version,
    revoked: version.revoked || revoked.has(version.thumbprint),
  }));
  const holders = normaliseHolders(inputs.holders);
  if (decision.kind !== "rotate") {
    const kept: ManagementCertificateState = {
      // The outputs alone: an optional input that the program gave up must not live on in state.
      ...managementCertificateOutputs.parse(state),
      ...recorded(inputs),
      renewalTime: renewalTimeOf(dateOf(state.notAfter), inputs, state.spreadFraction ?? 0),
      heldBy: union(state.heldBy, holders ?? []),
      previous,
    };
    return { kind: "kept", state: kept };
  }
  const superseded = {
    thumbprint: state.thumbprint,
    notAfter: state.notAfter,
    revoked: revoked.has(state.thumbprint),
    heldBy: state.heldBy,
  };
  const rest: SettledFields = {
    ...recorded(inputs),
    lineage: state.lineage,
    revision: state.revision + 1,
    // Untracked holders have not left: whoever held the old key is taken to hold the new one, until a list says otherwise.
    heldBy: [...(holders ?? state.heldBy)],
    previous: [superseded, ...previous].slice(0, rememberedPreviousVersions),
  };
  return { kind: "rotated", rest, reasons: decision.reasons.map((reason) => reason.detail) };
}

export function subjectOf(inputs: ManagementCertificateInputs): Subject {
  return {
    commonName: inputs.commonName ?? inputs.resourceName,
    organization: inputs.organization,
    // Only the default is cut to what X.520 allows: a name that the program gives is refused in check instead.
    organizationalUnit: inputs.organizationalUnit ?? [...`${inputs.project}/${inputs.stack}`].slice(0, 64).join(""),
  };
}

/** @param spreadFraction of the version, as its state has it: a preview and an update find the same time. */
export function renewalTimeOf(notAfter: Date, inputs: ManagementCertificateInputs, spreadFraction: number): string {
  return isoSeconds(addHours(notAfter, -(inputs.renewBeforeHours + spreadFraction * (inputs.spreadHours ?? 0))));
}

/** The inputs that state repeats, because diff, update and delete may see nothing but outputs. */
function recorded(inputs: ManagementCertificateInputs) {
  const { commonName: _1, organization: _2, organizationalUnit: _3, ...rest } = inputs;
  return rest;
}

function union(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])].sort();
}
