import { findPulumi } from "./findPulumi";
import { localRunner } from "./localRunner";
import { pulumiRunner } from "./pulumiRunner";
import type { StackRunner } from "./stackRunner";

export interface StackPlace {
  /** The folder of Pulumi.yaml. */
  readonly cwd: string;
  /** Default: the one that Pulumi has selected there; for the local engine `dev`. */
  readonly stack?: string | undefined;
  /** The local engine even where a Pulumi CLI is found. */
  readonly local?: boolean | undefined;
}

const localDefaultStack = "dev";

/**
 * The stack of a project folder: through the Pulumi CLI where one is found on PATH or in PULUMI_HOME, otherwise through the
 * local engine, which reaches this machine only.
 *
 * @throws ConfigurationError ERR_CONFIGURATION: no stack is selected, or the CLI can't be used
 */
export async function openStack(
  { cwd, stack, local }: StackPlace,
  environment: NodeJS.ProcessEnv,
): Promise<StackRunner> {
  const pulumi = local ? undefined : findPulumi(environment);
  return pulumi === undefined
    ? localRunner(cwd, stack ?? localDefaultStack)
    : pulumiRunner(pulumi, { projectDirectory: cwd, stack });
}
