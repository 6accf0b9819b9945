import * as pulumi from "@pulumi/pulumi";
import { secretProviderInputNames } from "./generated/provider";
import { programError } from "./programError";

const namespace = "azure-certificates";

/** Exported by Pulumi's runtime and left out of its declarations; what an inline program of the Automation API is told goes there too. */
const { isConfigSecret } = pulumi.runtime as { readonly isConfigSecret?: (key: string) => boolean };

/**
 * Ends the program if a credential stands in the stack's configuration in plain text: it would be committed with
 * `Pulumi.<stack>.yaml` and stored in the state. Only the program is told which values are secret; a provider is not.
 */
export function assertCredentialsAreSecret(): void {
  for (const key of secretProviderInputNames) {
    const name = `${namespace}:${key}`;
    if (pulumi.runtime.getConfig(name) !== undefined && isConfigSecret?.(name) === false) {
      throw programError(
        `${name} stands in the stack's configuration in plain text. Consider it known to whoever can read the repository, and set another one with \`pulumi config set --secret ${name}\`, or give the path of a file instead.`,
      );
    }
  }
}
