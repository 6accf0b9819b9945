import { InvalidInputError } from "../../errors";

/** What the engine says of a resource with every call. */
export interface Identity {
  readonly urn: string;
  /** As `azure-certificates:index:ManagementCertificate`. */
  readonly type: string;
  readonly name: string;
  readonly project: string;
  readonly stack: string;
}

const prefix = "urn:pulumi:";

/**
 * `urn:pulumi:<stack>::<project>::<type of the parent>$<type>::<name>`; a name may hold anything.
 *
 * @throws InvalidInputError ERR_INPUT_INVALID for what is no URN
 */
export function identityOf(urn: string): Identity {
  const [stack, project, types, ...name] = urn.slice(prefix.length).split("::");
  const type = types?.split("$").at(-1);
  if (!urn.startsWith(prefix) || !stack || !project || !type || name.length === 0) {
    throw new InvalidInputError("urn", {
      what: `urn is ${JSON.stringify(urn.slice(0, 200))}, which is no URN of a resource.`,
    });
  }
  return { urn, type, name: name.join("::"), project, stack };
}
