import * as pulumi from "@pulumi/pulumi";
import type { ManagementCertificateOutputs } from "./generated/managementCertificate";
import { programError } from "./programError";

/** What the arguments of every kind of link have in common. */
interface LinkArgs {
  readonly certificate?: ManagementCertificateOutputs | undefined;
  readonly certificatePem?: pulumi.Input<string> | undefined;
  readonly verify?: pulumi.Input<"listed" | "used"> | undefined;
}

/** The arguments as a provider takes them: of a certificate, what a link has to know of it. */
export function certificateArgument(name: string, { certificate, ...inputs }: LinkArgs): pulumi.Inputs {
  if (certificate !== undefined && inputs.certificatePem !== undefined) {
    throw programError(`${name}: give either certificate or certificatePem, not both`);
  }
  return certificate === undefined
    ? { ...inputs }
    : { ...inputs, certificate: { ...versionsOf(certificate), ...proofOf(certificate, inputs.verify) } };
}

function versionsOf({ certificatePem, previous, overlapHours }: ManagementCertificateOutputs): pulumi.Inputs {
  // Without its armour: it is in the state of every link.
  const der = certificatePem.apply((pem) => pem.replaceAll(/-----[^-]+-----|\s/g, ""));
  return { der, previous, overlapHours };
}

/** A key in state that nobody uses would only be one more to lose. */
function proofOf({ privateKeyPem }: ManagementCertificateOutputs, verify: LinkArgs["verify"]): pulumi.Inputs {
  return verify === undefined || verify === "listed"
    ? {}
    : {
        privateKeyPem: pulumi
          .all([privateKeyPem, verify])
          .apply(([key, asked]) => (asked === "used" ? key : undefined)),
      };
}
