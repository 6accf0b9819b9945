import type { StackExport } from "../stackExport";
import type { RunResult, RunStep } from "../stackRunner/stackRunner";
import { type HeldCertificate, type Holdings, isOf } from "./holdings";

/** Whether a preview shows that the program has let the person go. */
export interface Verdict {
  /** What the program still gives the person; as long as there is anything, nothing may be closed. */
  readonly stillDeclared: readonly { readonly certificate: string; readonly because: string }[];
  /** Certificates of the person alone that the update would delete. */
  readonly leaving: readonly HeldCertificate[];
}

/**
 * What a preview that succeeded says about the person. A certificate that only they held may go to somebody else instead of
 * going away: then the update rotates it like any other.
 */
export function verdictOf(
  holdings: Holdings,
  preview: Pick<RunResult, "steps">,
  { certificates, links }: StackExport,
): Verdict {
  const steps = new Map(preview.steps.map((step) => [step.urn, step]));
  const present = new Set([...certificates, ...links].map(({ urn }) => urn));
  // What is in the state and goes by another name in the preview was renamed with an alias: it stays.
  const operationOf = (urn: string) => steps.get(urn)?.operation ?? (present.has(urn) ? "same" : "delete");
  const declared = holdings.certificates.filter((one) => one.listed && operationOf(one.urn) !== "delete");
  const loose = holdings.certificates
    .filter((one) => one.own && !declared.includes(one))
    .flatMap((certificate) => {
      const kept = holdings.links.filter((link) => isOf(certificate, link) && operationOf(link.urn) !== "delete");
      return kept.length === 0
        ? []
        : [{ certificate: certificate.name, because: `the link ${kept[0]?.name} would stay` }];
    });
  return {
    stillDeclared: [
      ...declared
        .filter((one) => one.tracked || one.own)
        .flatMap((one) => whyDeclared(one, steps.get(one.urn), holdings.person)),
      ...loose,
    ],
    leaving: holdings.certificates.filter((one) => one.own && operationOf(one.urn) === "delete"),
  };
}

function whyDeclared(
  { name, own }: HeldCertificate,
  step: RunStep | undefined,
  person: string,
): Verdict["stillDeclared"] {
  const left = step?.reasons.some((reason) => /\bleft\b/.test(reason) && reason.includes(person)) ?? false;
  if (left) {
    return [];
  }
  const because = own ? "it would stay" : "it would go on with its present holders";
  return [{ certificate: name, because }];
}
