import type { KeyAndCertificate } from "../../certificate/pairing";
import type { ParsedCertificate } from "../../certificate/parse";
import { InvalidInputError } from "../../errors";
import type { LinkCertificate, LinkRules } from "../../rotation/types";
import type { Configured } from "../context";
import { dateOf } from "../fields";
import { readValues } from "../inputs";
import type { Values } from "../lifecycle";
import { containsUnknown } from "../unknowns";
import type { Door } from "./door";
import { type LinkInputs, type LinkState, supersededVersions } from "./linkDefinition";
import type { LinkKind } from "./linkKind";
import type { LinkWork } from "./linkWork";

/** Between the engine's JSON and what a link works with. */

export type GivenCertificate = Pick<LinkInputs, "certificate" | "certificatePem">;

export function stateOf(kind: LinkKind, olds: Values): LinkState {
  return readValues(kind.state, olds, "the state");
}

export function inputsOf(kind: LinkKind, news: Values): LinkInputs {
  return readValues(kind.inputs, news, "the inputs");
}

/** What a link is told beside the current certificate; null unless all of it is known. */
export function versionsOf(certificate: unknown): Pick<LinkCertificate, "previous" | "overlapHours"> | null {
  const { success, data } = supersededVersions.safeParse(certificate);
  return success && !containsUnknown(data)
    ? { previous: data.previous.map(datedVersion), overlapHours: data.overlapHours }
    : null;
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
  kind: LinkKind,
  news: Values,
  inputs: LinkInputs,
  state: LinkState | null,
  context: Configured,
): LinkWork {
  const door = kind.doorOf(news, context);
  const rules = rulesOf(kind, inputs, door, context);
  return {
    door,
    ...linkCertificateOf(inputs, context),
    proveWith: proofOf(inputs, context),
    rules,
    link: inputs.resourceName,
    ...rememberedOf(state),
  };
}

/** What a link's work goes on from. */
export function rememberedOf(state: LinkState | null): Pick<LinkWork, "registered" | "history" | "evidence"> {
  return {
    registered: state?.registered ?? [],
    history: state?.history ?? [],
    evidence: state?.evidence ?? null,
  };
}

function proofOf({ verify, ...given }: LinkInputs, context: Configured): KeyAndCertificate | null {
  const privateKeyPem = given.certificate?.privateKeyPem;
  return verify === "used" && privateKeyPem !== undefined
    ? { privateKeyPem, certificatePem: parsedFrom(given, context).pem }
    : null;
}

export function rulesOf(
  kind: LinkKind,
  {
    allowLast,
    removeFirst,
    whenRemovedElsewhere,
    removeAdopted,
  }: Pick<LinkInputs, "allowLast" | "removeFirst" | "whenRemovedElsewhere" | "removeAdopted">,
  { facts }: Door,
  context: Configured,
): LinkRules {
  const { allow } = context.configuration;
  const allowed = allow
    .filter(
      ({ subscriptionId, application }) => subscriptionId === facts.subscription && application === facts.application,
    )
    .map(({ thumbprint }) => thumbprint);
  const certificateLimit = kind.limitOf(context);
  return { allowLast, allowed, removeFirst, whenRemovedElsewhere, removeAdopted, certificateLimit };
}

/** Absent rather than null: some of the engine's paths drop nulls and others keep them, and that would look like a change. */
export function withoutNull<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)) as T;
}
