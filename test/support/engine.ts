import { findPulumi } from "../../cli/stackRunner/findPulumi";
import type { Deployment } from "../../local-engine/state/deployment";
import { localEngine } from "./localEngine";
import type { Host, Project } from "./project";
import { pulumiEngine } from "./pulumiEngine";

export interface StepRecord {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** What one run did, in the same words on every engine. */
export interface Outcome {
  readonly succeeded: boolean;
  /** How many resources each op happened to. */
  readonly changes: Readonly<Record<string, number>>;
  /** Every step with its op, unchanged resources too; without the engine's own provider resources. */
  readonly steps: readonly StepRecord[];
  /** Everything that a person would have read. */
  readonly text: string;
  /** The stack's outputs; secrets are `[secret]`, values that a preview can't know `[unknown]`. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface RunSettings {
  /** The moment that the program and its providers take as now, as an ISO date. */
  readonly asOf?: string;
  readonly targets?: readonly string[];
  /** Read every resource first. */
  readonly refresh?: boolean;
  readonly continueOnError?: boolean;
}

/** Runs a project's program: the local engine, or the Pulumi CLI. */
export interface Engine {
  readonly name: "local engine" | "pulumi";
  /** What serves the resources of the programs that it runs. */
  readonly host: Host;
  preview(project: Project, settings?: RunSettings): Promise<Outcome>;
  up(project: Project, settings?: RunSettings): Promise<Outcome>;
  refresh(project: Project, settings?: RunSettings): Promise<Outcome>;
  destroy(project: Project, settings?: RunSettings): Promise<Outcome>;
  /** The state with its secrets in plain text. */
  export(project: Project): Promise<Deployment>;
  import(project: Project, deployment: Deployment): Promise<void>;
}

/** The local engine always; the Pulumi CLI too where one is found on PATH or in PULUMI_HOME. */
export function engines(): Engine[] {
  const pulumi = findPulumi();
  return pulumi === undefined ? [localEngine()] : [localEngine(), pulumiEngine(pulumi)];
}

/** Each engine with each host: what happens in Azure must be the same. */
export function stages(): (Engine & { readonly title: string })[] {
  return engines().flatMap((engine) => [
    { ...engine, title: `${engine.name} with dynamic resources` },
    { ...engine, host: "plugin", title: `${engine.name} with the native plugin` },
  ]);
}

/**
 * Where a story runs whose course is decided below the hosts: that they do the same is what the others are for. The plugin
 * starts faster.
 */
export function isStageOfAll({ host }: Engine): boolean {
  return host === "plugin";
}

/** Variables that every run of a project gets, on every engine. */
export function runEnvironment(project: Project, settings: RunSettings): Record<string, string> {
  return {
    ...project.environment,
    ...(settings.asOf !== undefined && { AZURE_CERTIFICATES_AS_OF: settings.asOf }),
  };
}
