import { assertCredentialsAreSecret } from "./secretConfiguration";

/**
 * What every dynamic resource says beside its arguments.
 *
 * `__provider` is stored in every user's state, twice a resource: it stays the same text for ever. It requires the
 * package when it runs, so that no code is stored in state and none goes stale there. The name is told because the
 * engine does not tell it to a dynamic provider.
 */
export function dynamicProps(
  resourceName: string,
  provider:
    | "managementCertificate"
    | "subscriptionCertificateLink"
    | "applicationCertificateLink"
    | "certificateFile"
    | "rosterSnapshot",
  outputNames: readonly string[],
): Record<string, unknown> {
  assertCredentialsAreSecret();
  return {
    ...Object.fromEntries(outputNames.map((output) => [output, undefined])),
    resourceName,
    __provider: `exports.handler = () => require("pulumi-azure-certificates/dynamic").${provider};`,
  };
}
