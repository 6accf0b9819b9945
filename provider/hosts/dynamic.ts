/**
 * The resources as Pulumi's dynamic providers. State names this module for ever, as
 * `require("pulumi-azure-certificates/dynamic").managementCertificate`: these exports are never renamed.
 *
 * One process serves all dynamic resources of a program, so everything here is shared by them.
 */
import type { dynamic } from "@pulumi/pulumi";
import { parseConfiguration } from "../azure/configuration";
import { managementCertificate as managementCertificateLifecycle } from "../resources/certificate/managementCertificate";
import { type Configured, configuredWith } from "../resources/context";
import { certificateFile as certificateFileLifecycle } from "../resources/file/certificateFile";
import { type Difference, PartialChangeError, type ResourceLifecycle, type Values } from "../resources/lifecycle";
import { applicationCertificateLink as applicationCertificateLinkLifecycle } from "../resources/link/applicationCertificateLink";
import { subscriptionCertificateLink as subscriptionCertificateLinkLifecycle } from "../resources/link/subscriptionCertificateLink";
import { rosterSnapshot as rosterSnapshotLifecycle } from "../resources/roster/rosterSnapshot";
import { EngineWatch, engineAddressIn } from "./engineWatch";
import { PresentableError, presentable } from "./presentable";
import { withSecrets } from "./signedValues";
import { systemPorts } from "./systemPorts";

let configured: Promise<Configured> | null = null;
const said = new Set<string>();
/** One process, one stack: certificates are told which, and are checked before their links. */
let stackName: string | null = null;

export const managementCertificate = dynamicProvider(managementCertificateLifecycle);
export const subscriptionCertificateLink = dynamicProvider(subscriptionCertificateLinkLifecycle);
export const applicationCertificateLink = dynamicProvider(applicationCertificateLinkLifecycle);
export const certificateFile = dynamicProvider(certificateFileLifecycle);
export const rosterSnapshot = dynamicProvider(rosterSnapshotLifecycle);

function dynamicProvider(resource: ResourceLifecycle): dynamic.ResourceProvider {
  return {
    configure: (request) => {
      // Stored before anything is awaited: the engine's calls do not wait for configure to end, and a failed one must
      // fail them too. Runs once per resource type with the same config, so the first one counts.
      configured ??= configureWith((key) => request.config.get(key));
      configured.catch(() => {});
      return Promise.resolve();
    },
    check: (olds, news) =>
      guarded(news, async (context) => {
        const oldInputs = orNothing(withoutProvider(olds));
        const { inputs, failures, warnings = [] } = resource.check(withoutProvider(news), context, oldInputs);
        sayWhy(nameOf(news) ?? resource.type, { changes: [], warnings });
        return { inputs, failures: [...failures] };
      }),
    diff: (_id, olds, news) =>
      guarded(news, async (context) => {
        const difference = resource.diff(withoutProvider(olds), withoutProvider(news), context);
        sayWhy(nameOf(news) ?? nameOf(olds) ?? resource.type, difference);
        const replaces = difference.changes.filter((change) => change.replaces).map((change) => change.property);
        return { changes: difference.changes.length > 0, replaces, deleteBeforeReplace: false };
      }),
    create: (news) =>
      guarded(news, async (context) => {
        const { id, outputs } = await keepingProvider(news, resource, () =>
          resource.create(withoutProvider(news), context),
        );
        return { id, outs: withSecrets(outputs, resource.secretOutputs) };
      }),
    read: (id, olds = {}) =>
      guarded(olds, async (context) => ({
        id,
        props: withSecrets(await resource.read(withoutProvider(olds), context), resource.secretOutputs),
      })),
    update: (id, olds, news) =>
      guarded(news, async (context) => {
        const outputs = await keepingProvider(news, resource, () =>
          resource.update(id, withoutProvider(olds), withoutProvider(news), context),
        );
        return { outs: withSecrets(outputs, resource.secretOutputs) };
      }),
    delete: (_id, olds) => guarded(olds, (context) => resource.delete(withoutProvider(olds), context)),
  };
}

async function configureWith(config: (key: string) => string | undefined): Promise<Configured> {
  const configuration = parseConfiguration((key) => config(`azure-certificates:${key}`), process.env);
  const watch = new EngineWatch(engineAddressIn(process.argv.slice(2)));
  const ports = systemPorts(configuration.asOf, watch, new AbortController().signal);
  return configuredWith(configuration, ports);
}

/** @param values inputs or outputs of the resource: both hold its name */
async function guarded<T>(values: Values, work: (context: Configured) => Promise<T>): Promise<T> {
  try {
    if (configured === null) {
      throw new TypeError("the engine called a resource before it configured the provider");
    }
    const { project, stack } = values;
    stackName = typeof project === "string" && typeof stack === "string" ? `${project}/${stack}` : stackName;
    return await work({ ...(await configured), stack: stackName });
  } catch (error) {
    throw error instanceof PresentableError ? error : presentable(error, nameOf(values));
  }
}

/** Pulumi says `{}` for a resource that does not exist yet. */
function orNothing(values: Values): Values | null {
  return Object.keys(values).length === 0 ? null : values;
}

function nameOf(values: Values): string | undefined {
  const name = values["resourceName"];
  return typeof name === "string" ? name : undefined;
}

/** After a partial failure the engine stores these outputs as they are: without `__provider` neither refresh nor destroy would work. */
async function keepingProvider<T>(news: Values, resource: ResourceLifecycle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialChangeError)) {
      throw error;
    }
    const outputs = { ...withSecrets(error.outputs, resource.secretOutputs), __provider: news["__provider"] };
    throw Object.assign(presentable(error, nameOf(news)), {
      id: error.id,
      properties: outputs,
      reasons: [error.message],
    });
  }
}

/** The code that state keeps is Pulumi's matter and this host's: no resource sees it. */
function withoutProvider(values: Values): Values {
  const { __provider: _, ...rest } = values;
  return rest;
}

/** A printed line is the only way in which a dynamic provider can explain a change; refresh runs diff a second time. */
function sayWhy(name: string, { changes, warnings, notes = [] }: Difference): void {
  const reasons = changes.map((change) => change.reason);
  for (const sentence of [...reasons, ...notes, ...warnings.map((warning) => `warning: ${warning}`)]) {
    const line = `${name}: ${sentence}`;
    if (!said.has(line)) {
      said.add(line);
      process.stdout.write(`${line}\n`);
    }
  }
}
