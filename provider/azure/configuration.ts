import { z } from "zod";
import {
  defaultAuthorityHost,
  defaultCertificateLimit,
  defaultGraphEndpoint,
  defaultManagementEndpoint,
} from "../defaults";
import { ConfigurationError } from "../errors";
import {
  allowedRemovals,
  authenticationKind,
  type ConfigurationKey,
  certificateLimit,
  evidenceCommand,
  refusedInEnvironment,
} from "./configurationDefinition";
import { canonicalAddress, isLoopback } from "./knownClouds";

/** Where a credential comes from. Secrets are behind functions, so that printing a configuration prints none. */
export type CredentialSource = PublishSettingsSource | ClientCertificateSource | TokenSource;

interface SourceOrigin {
  /** The name of the setting, as `AZURE_CERTIFICATES_PUBLISH_SETTINGS_PATH`: what errors call it. */
  readonly setting: string;
  /** From the stack's configuration, which `refresh` and `destroy` take from the last `up`. */
  readonly stored: boolean;
}

export interface PublishSettingsSource extends SourceOrigin {
  readonly authentication: "publishSettings";
  readonly settings: { readonly path: string } | { readonly content: () => string };
}

export interface ClientCertificateSource extends SourceOrigin {
  readonly authentication: "clientCertificate";
  /** A path holds PEM (key and certificate) or PFX. */
  readonly certificate: { readonly path: string } | { readonly certificatePem: string; readonly keyPem: () => string };
  readonly password: (() => string) | null;
}

export interface TokenSource extends SourceOrigin {
  readonly authentication: "token";
}

/** A certificate that a guard against lock-out may let go, named because a link that left the program has no inputs. */
export interface AllowedRemoval {
  readonly subscriptionId?: string | undefined;
  readonly application?: string | undefined;
  readonly thumbprint: string;
}

/** Who signs in to Entra, and where the directory is. */
export interface EntraConfiguration {
  /** https origins without a trailing slash. */
  readonly graphEndpoint: string;
  readonly authorityHost: string;
  readonly tenantId: string | null;
  /** Null: whatever `DefaultAzureCredential` finds. */
  readonly certificate:
    | (SourceOrigin & { readonly path: string; readonly tenantId: string; readonly clientId: string })
    | null;
}

/** What the provider was told, checked. Holds no credential: those are read at the first network call. */
export interface ProviderConfiguration {
  /** In the order in which they are tried, for each subscription. May be empty: a preview needs none. */
  readonly credentials: readonly CredentialSource[];
  /** An https origin without a trailing slash. Default `https://management.core.windows.net`. */
  readonly managementEndpoint: string;
  readonly entra: EntraConfiguration;
  /** PEM file whose certificates are the only ones trusted; null: those of the machine. */
  readonly caCertificatePath: string | null;
  /** Management certificates that a subscription takes. Default 100. */
  readonly certificateLimit: number;
  readonly allow: readonly AllowedRemoval[];
  /** Where each effect is written down: a file, a command, both, or nowhere. */
  readonly evidence: { readonly path: string | null; readonly command: readonly string[] | null };
  /** The day that decisions are made for, from `AZURE_CERTIFICATES_AS_OF`; null: now. */
  readonly asOf: Date | null;
}

/** One setting that was given, and where. */
interface Given {
  readonly value: string;
  readonly setting: string;
  readonly stored: boolean;
}

const variablePrefix = "AZURE_CERTIFICATES_";

export function environmentVariableOf(key: string): string {
  return variablePrefix + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * Checks what the provider was told. Pure: opens no file and reads no environment but the one it is given.
 * The environment wins over the stack's configuration; a path wins over content.
 *
 * @param config looks a key up in the stack's configuration, as `publishSettingsPath`
 * @throws ConfigurationError ERR_CONFIGURATION, naming the key or the variable at fault
 */
export function parseConfiguration(
  config: (key: ConfigurationKey) => string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ProviderConfiguration {
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    throw new ConfigurationError({
      what: "NODE_TLS_REJECT_UNAUTHORIZED=0 switches the verification of every server off, so a key could be used for anybody's server.",
      todo: "Unset it. To trust a private authority, set azure-certificates:caCertificatePath.",
    });
  }
  const settings: Settings = {
    fromEnvironment: (key) =>
      givenOf(environment[environmentVariableOf(key)], { setting: environmentVariableOf(key), stored: false }),
    fromConfig: (key) => givenOf(config(key), { setting: `azure-certificates:${key}`, stored: true }),
  };
  const either = (key: ConfigurationKey) => settings.fromEnvironment(key) ?? settings.fromConfig(key);
  refuseKeysInEnvironment(settings);

  const endpoint = either("managementEndpoint");
  const authorities = either("caCertificatePath");
  const limit = either("certificateLimit");
  const allow = either("allow");
  const [evidencePath, command] = [either("evidencePath"), either("evidenceCommand")];
  const asOf = settings.fromEnvironment("asOf");
  const managementEndpoint =
    endpoint === undefined ? defaultManagementEndpoint : canonicalAddress(endpoint.value, endpoint.setting);
  return Object.freeze({
    credentials: Object.freeze(credentialSources(settings)),
    managementEndpoint,
    entra: Object.freeze(entraConfiguration(either, managementEndpoint)),
    caCertificatePath: authorities === undefined ? null : pathIn(authorities),
    certificateLimit: limit === undefined ? defaultCertificateLimit : parsed(limitSchema, limit),
    allow: Object.freeze(allow === undefined ? [] : parsed(allowSchema, allow)),
    evidence: Object.freeze({
      path: evidencePath === undefined ? null : pathIn(evidencePath),
      command: command === undefined ? null : parsed(commandSchema, command),
    }),
    asOf: asOf === undefined ? null : parsed(asOfSchema, asOf),
  });
}

/**
 * The one spelling of a management endpoint: an https origin in lower case, without a trailing slash.
 *
 * @throws ConfigurationError ERR_CONFIGURATION
 */
export function canonicalEndpoint(url: string): string {
  return canonicalAddress(url, "The management endpoint");
}

/** @param managementEndpoint an emulator on this machine is all of Azure */
function entraConfiguration(
  either: (key: ConfigurationKey) => Given | undefined,
  managementEndpoint: string,
): EntraConfiguration {
  const addressOf = (key: "graphEndpoint" | "authorityHost", usual: string): string => {
    const given = either(key);
    if (given !== undefined) {
      return canonicalAddress(given.value, given.setting);
    }
    return isLoopback(new URL(managementEndpoint).hostname) ? managementEndpoint : usual;
  };
  const [tenantId, clientId, path] = [either("tenantId"), either("clientId"), either("entraCertificatePath")];
  if (path !== undefined && (tenantId === undefined || clientId === undefined)) {
    throw new ConfigurationError({
      what: `${path.setting} is given without azure-certificates:${tenantId === undefined ? "tenantId" : "clientId"}.`,
      todo: "Who signs in with a certificate names the tenant and the application too.",
    });
  }
  return {
    graphEndpoint: addressOf("graphEndpoint", defaultGraphEndpoint),
    authorityHost: addressOf("authorityHost", defaultAuthorityHost),
    tenantId: tenantId?.value.trim() ?? null,
    certificate:
      path === undefined || tenantId === undefined || clientId === undefined
        ? null
        : {
            setting: path.setting,
            stored: path.stored,
            path: pathIn(path),
            tenantId: tenantId.value.trim(),
            clientId: clientId.value.trim(),
          },
  };
}

/** The files with a key that the provider may sign in with. */
export function ownKeyPaths({ credentials, entra }: ProviderConfiguration): readonly string[] {
  const paths = credentials.flatMap((source) =>
    source.authentication === "clientCertificate" && "path" in source.certificate ? [source.certificate.path] : [],
  );
  return entra.certificate === null ? paths : [...paths, entra.certificate.path];
}

interface Settings {
  /** The day of a decision is for one run, never for a stack. */
  readonly fromEnvironment: (key: ConfigurationKey | "asOf") => Given | undefined;
  readonly fromConfig: (key: ConfigurationKey) => Given | undefined;
}

/** Blank is not given: a pipeline whose secret is missing passes an empty variable. */
function givenOf(value: string | undefined, from: Pick<Given, "setting" | "stored">): Given | undefined {
  return value === undefined || value.trim() === "" ? undefined : { value, ...from };
}

/** A process environment is inherited by every child and shown by every process list, so a private key never lives there. */
function refuseKeysInEnvironment({ fromEnvironment }: Settings): void {
  for (const [key, instead] of refusedInEnvironment) {
    const given = fromEnvironment(key);
    if (given !== undefined) {
      throw new ConfigurationError({
        what: `${given.setting} would hold a private key in the environment, where every child process sees it.`,
        todo: `Write it to a file of mode 0600 and set ${environmentVariableOf(instead)}.`,
      });
    }
  }
}

/** Environment before config paths before config contents; in each, publish settings before client certificate, or as `authentication` says. */
function credentialSources(settings: Settings): CredentialSource[] {
  const order = settings.fromEnvironment("authentication") ?? settings.fromConfig("authentication");
  const kinds = order === undefined ? (["publishSettings", "clientCertificate"] as const) : parsed(kindsSchema, order);
  const tiers = [pathsFrom(settings, "fromEnvironment"), pathsFrom(settings, "fromConfig"), contents(settings)];
  if (order !== undefined) {
    const { setting, stored } = order;
    tiers[stored ? 1 : 0]?.push(Object.freeze({ authentication: "token", setting, stored }));
  }
  const sources = tiers.flatMap((tier) =>
    kinds.flatMap((kind) => tier.filter((source) => source.authentication === kind)),
  );
  for (const kind of order === undefined ? [] : kinds) {
    if (!sources.some((source) => source.authentication === kind)) {
      throw new ConfigurationError({
        what: `${order?.setting} names ${kind}, but no ${kind === "publishSettings" ? "publish settings are" : "client certificate is"} given.`,
        todo: `Set azure-certificates:${kind}Path or ${environmentVariableOf(`${kind}Path`)}, or take ${kind} out of the list.`,
      });
    }
  }
  return sources;
}

function pathsFrom(settings: Settings, where: keyof Settings): CredentialSource[] {
  const sources: CredentialSource[] = [];
  const publishSettings = settings[where]("publishSettingsPath");
  if (publishSettings !== undefined) {
    const { setting, stored } = publishSettings;
    const path = pathIn(publishSettings);
    sources.push(Object.freeze({ authentication: "publishSettings", setting, stored, settings: { path } }));
  }
  const clientCertificate = settings[where]("clientCertificatePath");
  if (clientCertificate !== undefined) {
    const { setting, stored } = clientCertificate;
    const password =
      settings.fromEnvironment("clientCertificatePassword") ?? settings.fromConfig("clientCertificatePassword");
    sources.push(
      Object.freeze({
        authentication: "clientCertificate",
        setting,
        stored,
        certificate: { path: pathIn(clientCertificate) },
        password: password === undefined ? null : () => password.value,
      }),
    );
  }
  return sources;
}

/** Longer than the paths of credentials are, shorter than an RSA key in one line of Base64. */
const longestPathCharacters = 512;
/** PEM, also in Base64, and XML. */
const contentOfAFile = /[\r\n]|-----BEGIN |LS0tLS1CRUdJTi|<\?xml|<PublishData/;

/** A pipeline's secret is easily put where its path belongs, and what says that there is no such file would show it to every reader of the log. */
function pathIn({ value, setting }: Given): string {
  if (value.length > longestPathCharacters || contentOfAFile.test(value.trim())) {
    throw new ConfigurationError({
      what: `${setting} should be the path of a file, and what it is set to looks like the content of one. It is not shown here.`,
      todo: `Write the content to a file of mode 0600 and set ${setting} to its path. If it was a key, whoever can read this setting knows it.`,
    });
  }
  return value;
}

function contents({ fromConfig }: Settings): CredentialSource[] {
  const sources: CredentialSource[] = [];
  const publishSettings = fromConfig("publishSettings");
  if (publishSettings !== undefined) {
    const { value, setting, stored } = publishSettings;
    sources.push(
      Object.freeze({ authentication: "publishSettings", setting, stored, settings: { content: () => value } }),
    );
  }
  const certificate = fromConfig("clientCertificatePem");
  const key = fromConfig("clientKeyPem");
  if (certificate !== undefined && key !== undefined) {
    sources.push(
      Object.freeze({
        authentication: "clientCertificate",
        setting: certificate.setting,
        stored: true,
        certificate: { certificatePem: certificate.value, keyPem: () => key.value },
        password: null,
      }),
    );
  } else if (certificate !== undefined || key !== undefined) {
    throw new ConfigurationError({
      what: `${(certificate ?? key)?.setting} is given without azure-certificates:${certificate === undefined ? "clientCertificatePem" : "clientKeyPem"}.`,
      todo: "A client certificate needs both.",
    });
  }
  return sources;
}

const kindsSchema = z
  .string()
  .transform((text) => text.split(",").map((kind) => kind.trim()))
  .pipe(z.array(authenticationKind).refine((kinds) => new Set(kinds).size === kinds.length, "names a kind twice"));

const limitSchema = z
  .string()
  .regex(/^\s*\d{1,6}\s*$/, "must be a whole number")
  .transform(Number)
  .pipe(certificateLimit);

const asOfSchema = z.iso
  .datetime({ offset: true, error: "must be a date and time with its zone, as 2027-03-01T00:00:00Z" })
  // Dates are whole seconds everywhere in this package.
  .transform((text) => new Date(Math.floor(Date.parse(text) / 1000) * 1000));

const jsonList = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "must be a list, as JSON" });
    return z.NEVER;
  }
});
const allowSchema = jsonList.pipe(allowedRemovals);
const commandSchema = jsonList.pipe(evidenceCommand);

function parsed<Schema extends z.ZodType>(schema: Schema, given: Given): z.output<Schema> {
  const result = schema.safeParse(given.value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = issue?.path.map((part) => `[${String(part)}]`).join("") ?? "";
    throw new ConfigurationError({ what: `${given.setting}${path} can't be used: ${issue?.message ?? "not valid"}.` });
  }
  return result.data;
}
