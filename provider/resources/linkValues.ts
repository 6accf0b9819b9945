import { canonicalEndpoint } from "../azure/configuration";
import type { SubscriptionAddress } from "../azure/subscriptionAddress";
import type { ParsedCertificate } from "../certificate/parse";
import { InvalidInputError } from "../errors";
import type { LinkCertificate, LinkRules, Registration } from "../rotation/types";
import type { Configured } from "./context";
import { dateOf } from "./fields";
import { readValues } from "./inputs";
import type { Values } from "./lifecycle";
import type { LinkWork } from "./linkWork";
import { registrationOf } from "./registrations";
import {
  type SubscriptionCertificateLinkInputs,
  type SubscriptionCertificateLinkState,
  subscriptionCertificateLinkInputs,
  subscriptionCertificateLinkState,
  supersededVersions,
} from "./subscriptionCertificateLinkDefinition";
import { containsUnknown } from "./unknowns";

/** Between the engine's JSON and what a link works with. */

export type GivenCertificate = Pick<SubscriptionCertificateLinkInputs, "certificate" | "certificatePem">;

export function stateOf(olds: Values): SubscriptionCertificateLinkState {
  return readValues(subscriptionCertificateLinkState, olds, "the state");
}

export function inputsOf(news: Values): SubscriptionCertificateLinkInputs {
  return readValues(subscriptionCertificateLinkInputs, news, "the inputs");
}

export function addressOf(inputs: SubscriptionCertificateLinkInputs, context: Configured): SubscriptionAddress {
  return { endpoint: endpointOf(inputs.managementEndpoint, context), subscriptionId: inputs.subscriptionId };
}

export function endpointOf(managementEndpoint: unknown, { configuration }: Configured): string {
  return typeof managementEndpoint === "string"
    ? canonicalEndpoint(managementEndpoint)
    : configuration.managementEndpoint;
}

/** What a link is told beside the current certificate; null unless all of it is known. */
export function versionsOf(certificate: unknown): Pick<LinkCertificate, "previous" | "overlapHours"> | null {
  const { success, data } = supersededVersions.safeParse(certificate);
  return success && !containsUnknown(data)
    ? { previous: data.previous.map(datedVersion), overlapHours: data.overlapHours }
    : null;
}

export function registrationsOf(state: SubscriptionCertificateLinkState): readonly Registration[] {
  return state.registered.map(registrationOf);
}

/** @throws InvalidInputError ERR_INVALID_INPUT; check has refused such inputs already. */
export function parsedFrom(
  { certificate, certificatePem }: GivenCertificate,
  { parsed }: Configured,
): ParsedCertificate {
  if (certificatePem !== undefined) {
    return parsed.parse(certificatePem);
  }
  if (certificate === undefined) {
    throw new InvalidInputError("certificate", { what: "the link has no certificate." });
  }
  return parsed.parse(certificate.der);
}

function datedVersion<T extends { readonly notAfter: string }>(
  version: T,
): Omit<T, "notAfter"> & { readonly notAfter: Date } {
  return { ...version, notAfter: dateOf(version.notAfter) };
}

export function linkCertificateOf(
  inputs: GivenCertificate,
  context: Configured,
): { certificate: LinkCertificate; der: Buffer } {
  const { thumbprint, sha256Fingerprint, lineage, notBefore, notAfter, der } = parsedFrom(inputs, context);
  const { certificate } = inputs;
  return {
    certificate: {
      // A bare certificate may carry somebody's lineage; this link has nothing to do with its other versions.
      lineage: certificate === undefined ? null : lineage,
      current: { thumbprint, sha256Fingerprint, notBefore, notAfter },
      previous: (certificate?.previous ?? []).map(datedVersion),
      overlapHours: certificate?.overlapHours ?? 0,
    },
    der,
  };
}

export function workOf(
  inputs: SubscriptionCertificateLinkInputs,
  registered: LinkWork["registered"],
  context: Configured,
): LinkWork {
  const at = addressOf(inputs, context);
  return { at, ...linkCertificateOf(inputs, context), registered, rules: rulesOf(inputs, at, context) };
}

export function rulesOf(
  inputs: Pick<
    SubscriptionCertificateLinkInputs,
    "allowLast" | "removeFirst" | "whenRemovedElsewhere" | "removeAdopted"
  >,
  at: SubscriptionAddress,
  context: Configured,
): LinkRules {
  const { allowLast, removeFirst, whenRemovedElsewhere, removeAdopted } = inputs;
  const { allow, certificateLimit } = context.configuration;
  const allowed = allow.filter((entry) => entry.subscriptionId === at.subscriptionId).map((entry) => entry.thumbprint);
  return { allowLast, allowed, removeFirst, whenRemovedElsewhere, removeAdopted, certificateLimit };
}

/** Absent rather than null: some of the engine's paths drop nulls and others keep them, and that would look like a change. */
export function withoutNull<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)) as T;
}
