import { z } from "zod";
import { tryParseCertificate } from "../provider/certificate/parse";
import { ConfigurationError } from "../provider/errors";
import { evidenceActions } from "../provider/evidence/evidenceLine";
import { windowFields, windowList } from "../provider/schedule/windowFields";
import { harmless } from "./output";
import { type StackName, stackOf } from "./urn";

/** One certificate, as its outputs in a state tell of it. */
export type ExportedCertificate = z.infer<typeof certificateSchema>;
/** One link, as its outputs in a state tell of it. */
export type ExportedLink = z.infer<typeof linkSchema>;
/** The people, groups and subscriptions that a roster's snapshot remembers. */
export type ExportedRoster = z.infer<typeof rosterSchema>;

/** What a link opens: one of the two. */
export interface ExportedDoor {
  readonly subscriptionId: string | null;
  /** Client id or object id of an app registration, as its link names it. */
  readonly application: string | null;
}

export interface Exported<Outputs> {
  readonly urn: string;
  /** Without the package: `ManagementCertificate`. */
  readonly type: string;
  /** The provider resource that serves it, as `<urn>::<id>`; null where none is named. */
  readonly provider: string | null;
  /** Replaced or removed by a run that did not get to its deletion. */
  readonly waitsForDeletion: boolean;
  /** What the last update of it failed with. */
  readonly failures: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  /** All that its outputs hold, as the engine hands it to the resource. */
  readonly recorded: Readonly<Record<string, unknown>>;
  /** Null where the creation failed before there was anything to tell. */
  readonly outputs: Outputs | null;
}

export interface Interrupted {
  readonly urn: string;
  readonly type: string;
  readonly provider: string | null;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly operation: string;
  /** Of a link: what may accept a certificate of which the state has no record. */
  readonly door: ExportedDoor | null;
  /** Of a link: that certificate; null where it can't be read. */
  readonly thumbprint: string | null;
}

/** What belongs to this package in a stack. */
export interface StackExport {
  /** Null where the state holds nothing at all: nothing in it names its stack. */
  readonly stack: StackName | null;
  readonly certificates: readonly Exported<ExportedCertificate>[];
  readonly links: readonly Exported<ExportedLink>[];
  readonly rosters: readonly Exported<ExportedRoster>[];
  /** Operations that had begun when a run was killed: nobody knows whether they happened. */
  readonly interrupted: readonly Interrupted[];
}

const modules = ["pulumi-nodejs:dynamic/azure-certificates", "azure-certificates:index"];
const certificateTypes = ["ManagementCertificate"];
const linkTypes = ["SubscriptionCertificateLink", "ApplicationCertificateLink"];
const secretSignature = { key: "4dabf18193072939515e22adb298388d", value: "1b47061264138c4ac30d75fd1eb44270" };
const aThousandYearsOfHours = 8_766_000;

const date = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: "must be a date" })
  .transform((text) => new Date(Math.floor(Date.parse(text) / 1000) * 1000));
const thumbprint = z
  .string()
  .regex(/^[0-9A-F]{40}$/, { error: "must be a thumbprint: 40 upper-case hexadecimal digits" });
const hours = z.number().min(0).max(aThousandYearsOfHours);
const names = z.array(z.string());

const certificateSchema = z.object({
  lineage: z.string().nullish(),
  revision: z.number().nullish(),
  thumbprint,
  notBefore: date.nullish(),
  issuedAt: date,
  renewalTime: date,
  notAfter: date,
  rotateEveryHours: hours.nullish(),
  overlapHours: hours.default(0),
  spreadHours: hours.default(0),
  spreadFraction: z.number().min(0).max(1).default(0),
  maintenanceWindows: windowList(z.object(windowFields)).default([]),
  holders: names.nullish(),
  heldBy: names.default([]),
  compromised: names.default([]),
  lastRotation: z.object({ at: date, reasons: names.default([]) }).nullish(),
  previous: z
    .array(z.object({ thumbprint, notAfter: date, revoked: z.boolean(), heldBy: names.default([]) }))
    .default([]),
});

const doorSchema = z
  .object({ subscriptionId: z.string().nullish(), appId: z.string().nullish(), objectId: z.string().nullish() })
  .transform(
    ({ subscriptionId, appId, objectId }): ExportedDoor => ({
      subscriptionId: subscriptionId ?? null,
      application: appId ?? objectId ?? null,
    }),
  )
  .refine(({ subscriptionId, application }) => subscriptionId !== null || application !== null, {
    error: "names neither a subscription nor an application",
  });

const registeredSchema = z.object({
  lineage: z.string().nullish(),
  holder: z.string().nullish(),
  thumbprint,
  registered: z
    .array(
      z.object({
        thumbprint,
        registeredAt: date,
        retireAt: date.nullish(),
        origin: z.enum(["created", "adopted"]).default("created"),
        missingSince: date.nullish(),
      }),
    )
    .default([]),
  history: z
    .array(
      z.object({
        at: date,
        action: z.enum(evidenceActions),
        thumbprint,
        because: z.string(),
        requestId: z.string().nullish(),
        credential: z.string().nullish(),
      }),
    )
    .nullish(),
  evidence: z.object({ sequence: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) }).nullish(),
});
const linkSchema = z.intersection(
  registeredSchema,
  doorSchema.transform((door) => ({ door })),
);

// Where it was made secret it can't be read, and nothing depends on it.
const rosterSchema = z.object({
  roster: z
    .object({
      subscriptions: z.array(z.object({ name: z.string(), subscriptionId: z.string() })),
      people: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          subscriptions: names,
          certificates: z.array(z.object({ id: z.string(), subscriptions: names })).default([]),
        }),
      ),
      groups: z.array(z.object({ id: z.string(), members: names, subscriptions: names })),
    })
    .nullish(),
});

/** What one of ours has to be is said by its own schema; a record would copy each property of everybody's. */
const properties = z.unknown().optional();
const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  provider: z.string().nullish(),
  delete: z.boolean().nullish(),
  inputs: properties,
  outputs: properties,
  initErrors: names.nullish(),
});
const exportSchema = z.object({
  version: z.union([z.literal(3), z.literal(4)], { error: "must be 3 or 4" }),
  deployment: z.object({
    resources: z.array(resourceSchema).nullish(),
    pending_operations: z.array(z.object({ type: z.string(), resource: resourceSchema })).nullish(),
  }),
});
type Resource = z.infer<typeof resourceSchema>;

/**
 * Reads what `pulumi stack export` prints, with or without `--show-secrets`; other people's resources are skipped.
 *
 * @param file where it came from, for the errors: whoever gives many has to know which one to mend
 * @throws ConfigurationError ERR_CONFIGURATION. No message repeats a value: an export may hold private keys.
 */
export function parseStackExport(text: string, file?: string): StackExport {
  const { deployment } = checked(exportSchema, jsonOf(text, file), "This is no stack export of version 3 or 4", file);
  const resources = deployment.resources ?? [];
  const [first] = [...resources, ...(deployment.pending_operations ?? []).map(({ resource }) => resource)];
  return {
    stack: first === undefined ? null : stackOf(first.urn),
    certificates: certificateTypes.flatMap((type) => ofType(resources, type, certificateSchema, file)),
    links: linkTypes.flatMap((type) => ofType(resources, type, linkSchema, file)),
    rosters: ofType(resources, "RosterSnapshot", rosterSchema, file),
    interrupted: (deployment.pending_operations ?? [])
      .filter(({ resource }) => modules.some((module) => resource.type.startsWith(`${module}:`)))
      .map(({ type, resource }) => {
        const inputs = revealed(resource.inputs);
        return { ...namesOf(resource), operation: type, inputs, ...registrationWanted(inputs) };
      }),
  };
}

/** Whether a resource of this type is a certificate or a link of this package. */
export function isCertificateOrLink(type: string): boolean {
  return [...certificateTypes, ...linkTypes].some((name) => modules.some((module) => type === `${module}:${name}`));
}

function ofType<Schema extends z.ZodType>(
  resources: readonly Resource[],
  name: string,
  schema: Schema,
  file?: string,
): readonly Exported<z.infer<Schema>>[] {
  return resources
    .filter(({ type }) => modules.some((module) => type === `${module}:${name}`))
    .map((resource) => {
      const failures = resource.initErrors ?? [];
      const outputs = revealed(resource.outputs);
      const isUnfinished = failures.length > 0 && !schema.safeParse(outputs).success;
      return {
        ...namesOf(resource),
        waitsForDeletion: resource.delete === true,
        failures,
        inputs: revealed(resource.inputs),
        recorded: outputs,
        outputs: isUnfinished
          ? null
          : checked(schema, outputs, `The state of ${shown(resource.urn)} can't be understood`, file),
      };
    });
}

function namesOf({ urn, type, provider }: Resource): Pick<Exported<unknown>, "urn" | "type" | "provider"> {
  return { urn, type: type.slice(type.lastIndexOf(":") + 1), provider: provider ?? null };
}

const linkInputsSchema = z.object({
  certificate: z.object({ der: z.base64() }).optional(),
  certificatePem: z.string().optional(),
});

function registrationWanted(inputs: Readonly<Record<string, unknown>>): Pick<Interrupted, "door" | "thumbprint"> {
  const door = doorSchema.safeParse(inputs);
  const { data } = linkInputsSchema.safeParse(inputs);
  if (data === undefined || !door.success) {
    return { door: null, thumbprint: null };
  }
  const certificate = data.certificatePem ?? Buffer.from(data.certificate?.der ?? "", "base64");
  return { door: door.data, thumbprint: tryParseCertificate(certificate)?.thumbprint ?? null };
}

/** The values that can be read: an encrypted one is left out, as if it were not there. */
export function revealed(stored: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(typeof stored === "object" && stored !== null ? stored : {})
      .map(([key, value]) => [key, reveal(value)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function reveal(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, secretSignature.key)) {
    return value;
  }
  const secret = z
    .object({ [secretSignature.key]: z.literal(secretSignature.value), plaintext: z.string() })
    .safeParse(value);
  return secret.success ? jsonOf(secret.data["plaintext"] as string) : undefined;
}

function jsonOf(text: string, file?: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's message quotes the text, and the text may hold keys: it is not passed on.
    throw new ConfigurationError({
      what: "This is no stack export: it is not JSON.",
      todo: "Give it what `pulumi stack export` prints.",
      facts: { file },
    });
  }
}

const problemsNamed = 5;
const longestLine = 300;

/** What comes out of the file, in one line: a file that is all wrong must not become an error of megabytes. */
function shown(text: string): string {
  const line = harmless(text);
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

/** The first few: whoever mends those sees the rest. */
function problemsOf({ issues }: z.ZodError): string {
  const named = z.prettifyError(new z.ZodError(issues.slice(0, problemsNamed)));
  const more = issues.length - problemsNamed;
  return [...named.split("\n").map(shown), ...(more > 0 ? [`… and ${more} more like these`] : [])].join("\n");
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  file?: string,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new ConfigurationError({
      what: `${what}:\n${problemsOf(result.error)}\n`,
      todo: "Give it what `pulumi stack export` prints; if values that are needed here were made secret, use `--show-secrets`.",
      facts: { file },
    });
  }
  return result.data;
}
