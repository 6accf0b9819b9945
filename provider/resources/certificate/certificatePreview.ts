import { subjectText } from "../../certificate/issue";
import type { Configured } from "../context";
import { withoutUndefined } from "../inputs";
import type { Values } from "../lifecycle";
import { setUnknownsAside, unknownValue } from "../unknowns";
import { inputsOf, stateOf } from "./certificateValues";
import { firstState, type IssuedFields, nextState, subjectOf } from "./certificateVersions";
import { type ManagementCertificateInputs, managementCertificateOutputs } from "./managementCertificateDefinition";

/**
 * A certificate's outputs before its update. A rotation leaves unknown what only the new certificate can say: whatever
 * depends on the rest, as the subject or the lineage, does not look changed.
 */
export function previewCertificate(olds: Values | null, news: Values, context: Configured): Values {
  const { known, unknown } = setUnknownsAside(news);
  if (Object.keys(unknown).length > 0) {
    return {
      ...everyOutputUnknown(),
      ...(olds === null ? {} : { lineage: stateOf(olds).lineage }),
      ...inputsAlone(news),
    };
  }
  const inputs = inputsOf(known);
  if (olds === null) {
    return withoutUndefined({ ...firstState(inputs), ...issuedLater(inputs), lineage: unknownValue });
  }
  const next = nextState(stateOf(olds), inputs, context.ports.now());
  return withoutUndefined(
    next.kind === "kept"
      ? next.state
      : { ...next.rest, ...issuedLater(inputs), lastRotation: { at: unknownValue, reasons: next.reasons } },
  );
}

function issuedLater(inputs: ManagementCertificateInputs): Record<keyof IssuedFields, string | undefined> {
  const subject = subjectOf(inputs);
  return {
    issuedAt: unknownValue,
    thumbprint: unknownValue,
    sha256Fingerprint: unknownValue,
    serialNumber: unknownValue,
    subject: subjectText(subject),
    commonName: subject.commonName,
    organization: subject.organization,
    organizationalUnit: subject.organizationalUnit,
    notBefore: unknownValue,
    notAfter: unknownValue,
    renewalTime: unknownValue,
    spreadFraction: unknownValue,
    certificatePem: unknownValue,
    privateKeyPem: unknownValue,
  };
}

function everyOutputUnknown(): Values {
  return Object.fromEntries(Object.keys(managementCertificateOutputs.shape).map((output) => [output, unknownValue]));
}

/** Those that the outputs repeat as they are; the subject's may get a default. */
function inputsAlone({ commonName: _1, organization: _2, organizationalUnit: _3, ...inputs }: Values): Values {
  return inputs;
}
