import { assertMayChangeAsOf } from "../../azure/asOf";
import { drawSerialNumber, issueManagementCertificate } from "../../certificate/issue";
import { generateRsaKeyPair } from "../../certificate/keyPair";
import { InvalidInputError } from "../../errors";
import type { RotationDecision } from "../../rotation/types";
import type { Configured } from "../context";
import { addHours, addMinutes, isoSeconds, wholeSeconds } from "../dates";
import { sameJson, validateInputs, withoutUndefined } from "../inputs";
import type { CheckFailure, CheckResult, Difference, PropertyChange, ResourceLifecycle, Values } from "../lifecycle";
import { setUnknownsAside } from "../unknowns";
import { uuidFrom } from "../uuid";
import { previewCertificate } from "./certificatePreview";
import { inputsOf, stateOf } from "./certificateValues";
import { decidedOf, firstState, type IssuedFields, nextState, renewalTimeOf, subjectOf } from "./certificateVersions";
import { holderFailures } from "./holders";
import {
  type ManagementCertificateInputs,
  type ManagementCertificateState,
  managementCertificateDefinition,
  managementCertificateInputs,
} from "./managementCertificateDefinition";
import { scheduleContradictions, withScheduleDefaults } from "./scheduleInputs";

export const managementCertificate: ResourceLifecycle = {
  type: managementCertificateDefinition.type,
  secretOutputs: managementCertificateDefinition.secretOutputs,
  stableOutputs: ["lineage"],
  check,
  diff,
  preview: previewCertificate,
  create,
  // A certificate is a matter of this state alone: there is nothing out there to compare it with.
  read: async (olds) => olds,
  update,
  delete: async () => {},
  import: refuseImport,
};

// ---- check ----

function check(news: Values): CheckResult {
  const { known, unknown, failures } = validateInputs(managementCertificateInputs, news);
  if (failures.length > 0) {
    return { inputs: { ...known, ...unknown }, failures };
  }
  const inputs = { ...withScheduleDefaults(known, unknown), ...unknown };
  return { inputs, failures: contradictions(inputs) };
}

function contradictions(inputs: Values): readonly CheckFailure[] {
  const failures: CheckFailure[] = [...scheduleContradictions(inputs)];
  if (inputs["commonName"] === undefined && typeof inputs["resourceName"] === "string") {
    if ([...inputs["resourceName"]].length > 64) {
      failures.push({
        property: "commonName",
        reason:
          "the resource's name, which is the default of commonName, has more than 64 characters. Give a commonName of at most 64",
      });
    }
  }
  failures.push(...holderFailures(inputs["holders"]));
  return failures;
}

// ---- diff ----

/** Inputs that are written into the certificate: their change is told by the decision, not by a comparison. */
const specificationInputs = ["commonName", "organization", "organizationalUnit", "rsaBits", "validityPeriodHours"];

function diff(olds: Values, news: Values, context: Configured): Difference {
  const { unknown, known } = setUnknownsAside(news);
  const open = Object.keys(unknown);
  if (open.length > 0) {
    return {
      changes: open.map((property) => ({
        property,
        reason: `may rotate: ${property} is known only during the update`,
        replaces: false,
      })),
      warnings: [],
    };
  }
  const state = stateOf(olds);
  const inputs = inputsOf(known);
  const changes: PropertyChange[] = [];
  const decision = decidedOf(state, inputs, context.ports.now());
  context.decided.record(state.lineage, decision);
  if (decision.kind === "rotate") {
    changes.push({ property: propertyOf(decision, inputs, state), reason: decision.sentence, replaces: false });
  } else if (decision.revoke.length > 0) {
    changes.push({ property: "previous", reason: decision.sentence, replaces: false });
  }
  for (const property of changedInputs(olds, known)) {
    if (!changes.some((change) => change.property === property)) {
      changes.push({ property, reason: `${property} is recorded; the certificate stays as it is`, replaces: false });
    }
  }
  const notes = decision.kind === "wait" && decision.revoke.length === 0 ? [decision.sentence] : [];
  return { changes, warnings: [], notes };
}

function changedInputs(olds: Values, news: Values): readonly string[] {
  return Object.keys(managementCertificateInputs.shape)
    .filter((property) => !specificationInputs.includes(property))
    .filter((property) => !sameJson(olds[property], news[property]))
    .sort();
}

/** The property that a detailed preview names: of the strictest reason. */
function propertyOf(
  decision: RotationDecision & { readonly kind: "rotate" },
  inputs: ManagementCertificateInputs,
  state: ManagementCertificateState,
): string {
  switch (decision.reasons[0]?.kind) {
    case "compromised":
      return "compromised";
    case "holderLeft":
      return "holders";
    case "triggerChanged":
      return "rotationTriggers";
    case "age":
      return "issuedAt";
    case "specificationChanged":
      return (
        specificationInputs.find((property) => {
          const wanted = (inputs as Values)[property];
          return wanted !== undefined && wanted !== (state as Values)[property];
        }) ?? "commonName"
      );
    default:
      return "renewalTime";
  }
}

// ---- create and update ----

/** A step is half a minute of a year: nobody needs it finer, and state stays short. */
const spreadSteps = 1_000_000;

async function create(news: Values, context: Configured): Promise<{ readonly id: string; readonly outputs: Values }> {
  await assertMayChangeAsOf(context.configuration, context.configuration.managementEndpoint);
  const inputs = inputsOf(news);
  const lineage = uuidFrom(context.ports.randomBytes(16));
  const issued = await issueVersion(inputs, lineage, context);
  return { id: lineage, outputs: withoutUndefined({ ...firstState(inputs), ...issued, lineage }) };
}

async function update(_id: string, olds: Values, news: Values, context: Configured): Promise<Values> {
  await assertMayChangeAsOf(context.configuration, context.configuration.managementEndpoint);
  const state = stateOf(olds);
  const inputs = inputsOf(news);
  const now = context.ports.now();
  const next = nextState(state, inputs, now);
  return withoutUndefined(
    next.kind === "kept"
      ? next.state
      : {
          ...next.rest,
          ...(await issueVersion(inputs, state.lineage, context)),
          lastRotation: { at: isoSeconds(now), reasons: next.reasons },
        },
  );
}

async function issueVersion(
  inputs: ManagementCertificateInputs,
  lineage: string,
  context: Configured,
): Promise<IssuedFields> {
  const { privateKeyPem } = await generateRsaKeyPair(inputs.rsaBits);
  const issuedAt = wholeSeconds(context.ports.now());
  const notBefore = addMinutes(issuedAt, -inputs.backdateMinutes);
  const notAfter = addHours(issuedAt, inputs.validityPeriodHours);
  const spreadFraction = drawSpreadFraction(context);
  const subject = subjectOf(inputs);
  const certificate = issueManagementCertificate({
    privateKeyPem,
    subject,
    lineage,
    serialNumber: drawSerialNumber(context.ports.randomBytes),
    notBefore,
    notAfter,
  });
  return {
    issuedAt: isoSeconds(issuedAt),
    thumbprint: certificate.thumbprint,
    sha256Fingerprint: certificate.sha256Fingerprint,
    serialNumber: certificate.serialNumber,
    subject: certificate.subject,
    ...subject,
    notBefore: isoSeconds(notBefore),
    notAfter: isoSeconds(notAfter),
    renewalTime: renewalTimeOf(notAfter, inputs, spreadFraction),
    spreadFraction,
    certificatePem: certificate.pem,
    privateKeyPem,
  };
}

/** Also where nothing is spread: a program that begins to spread has certificates by then. */
function drawSpreadFraction({ ports }: Configured): number {
  return Math.floor(ports.random() * spreadSteps) / spreadSteps;
}

async function refuseImport(): Promise<never> {
  throw new InvalidInputError("id", {
    what: "A ManagementCertificate can't be imported or looked up: an id can't carry its private key.",
    todo: "Declare a new one. A certificate made elsewhere goes to a SubscriptionCertificateLink as certificatePem.",
  });
}
