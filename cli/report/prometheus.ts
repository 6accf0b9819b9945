import { harmless } from "../output";
import type { DueKind } from "../whatIsDue";
import type { Report, ReportedStack } from "./report";

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const kinds: Readonly<Record<DueKind, true>> = {
  revocation: true,
  failed: true,
  interrupted: true,
  rotation: true,
  registration: true,
  retirement: true,
  expiry: true,
};

/**
 * For the node exporter's textfile collector. All are gauges; dates are seconds since 1970, and one that does not exist has no
 * sample.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function prometheusReport(report: Report): string {
  return metricsOf(report)
    .flatMap(({ name, help, samples }) => [
      `# HELP azure_certificates_${name} ${help}`,
      `# TYPE azure_certificates_${name} gauge`,
      ...unique(samples.map(({ labels, value }) => [`azure_certificates_${name}${written(labels)}`, value])),
    ])
    .map((line) => `${line}\n`)
    .join("");
}

function metricsOf({ madeAt, stacks, wrong, due, certificates, registrations }: Report): readonly Metric[] {
  const perCertificate = (of: (certificate: Report["certificates"][number]) => Date | null): readonly Sample[] =>
    certificates.flatMap((certificate) => {
      const date = of(certificate);
      const labels = { ...labelsOf(certificate.stack), certificate: certificate.name };
      return date === null ? [] : [{ labels, value: seconds(date) }];
    });
  const items = [...wrong, ...due];
  const now = items.filter(({ date }) => date <= madeAt);
  return [
    {
      name: "report_timestamp_seconds",
      help: "When this report was made. Alert on its age, or nobody notices that it is not made any more.",
      samples: [{ labels: {}, value: seconds(madeAt) }],
    },
    {
      name: "certificate_info",
      help: "The current certificate, by its thumbprint; always 1.",
      samples: certificates.map(({ stack, name, thumbprint, revision }) => ({
        labels: {
          ...labelsOf(stack),
          certificate: name,
          thumbprint,
          ...(revision === null ? {} : { revision: String(revision) }),
        },
        value: 1,
      })),
    },
    {
      name: "certificate_not_before_timestamp_seconds",
      help: "From when on the current certificate is valid.",
      samples: perCertificate(({ notBefore }) => notBefore),
    },
    {
      name: "certificate_not_after_timestamp_seconds",
      help: "Until when the current certificate is valid.",
      samples: perCertificate(({ notAfter }) => notAfter),
    },
    {
      name: "certificate_renewal_timestamp_seconds",
      help: "When the renewal window opens: an update rotates the certificate from then on.",
      samples: perCertificate(({ renewalTime }) => renewalTime),
    },
    {
      name: "certificate_rotation_timestamp_seconds",
      help: "When the next rotation is due, which may be before the renewal window because of age or of a leaver.",
      samples: perCertificate(({ rotatesAt }) => rotatesAt),
    },
    {
      name: "certificate_last_rotation_timestamp_seconds",
      help: "When the certificate was rotated last; no sample until then.",
      samples: perCertificate(({ lastRotation }) => lastRotation?.at ?? null),
    },
    {
      name: "registration_retire_timestamp_seconds",
      help: "When the overlap of a previous certificate on a door ends.",
      samples: registrations.flatMap(({ stack, name, door, thumbprint, retireAt }) =>
        retireAt === null
          ? []
          : [
              {
                labels: {
                  ...labelsOf(stack),
                  link: name,
                  subscription_id: door.subscriptionId ?? "",
                  application: door.application ?? "",
                  thumbprint,
                },
                value: seconds(retireAt),
              },
            ],
      ),
    },
    {
      name: "due_items",
      help: "What is due now, or wrong, by kind, as azure-certificates due lists it.",
      samples: stacks.flatMap((stack) =>
        Object.keys(kinds).map((kind) => ({
          labels: { ...labelsOf(stack), kind },
          value: now.filter((item) => item.stack === stack && item.kind === kind).length,
        })),
      ),
    },
    {
      name: "missed_runs",
      help: "Rotations and retirements that no update has carried out for more than 24 hours.",
      samples: stacks.map((stack) => ({
        labels: labelsOf(stack),
        value: items.filter((item) => item.stack === stack && item.isMissedRun).length,
      })),
    },
    {
      name: "missed_run_since_timestamp_seconds",
      help: "Since when a rotation or retirement waits for an update, if for more than 24 hours.",
      samples: items
        .filter(({ isMissedRun }) => isMissedRun)
        .map(({ stack, kind, name, thumbprint, date }) => ({
          labels: { ...labelsOf(stack), kind, resource: name, thumbprint: thumbprint ?? "" },
          value: seconds(date),
        })),
    },
  ];
}

function labelsOf({ project, stack }: ReportedStack) {
  return { project, stack };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function written(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** A line break ends the sample: none gets this far, and if one did it would be escaped. */
function escaped(value: string): string {
  return harmless(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** The collector refuses a whole file because of one series that is in it twice; a state may hold a resource and its old self. */
function unique(series: readonly (readonly [string, number])[]): readonly string[] {
  return [...new Map(series.toReversed())].toReversed().map(([name, value]) => `${name} ${value}`);
}
