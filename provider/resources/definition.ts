import type { z } from "zod";

/**
 * One resource as users see it. From it come validation, the arguments and outputs of the SDK's classes, `schema.yaml`
 * and the reference documentation: nothing about a resource is written down twice.
 */
export interface ResourceDefinition {
  /** As `ManagementCertificate`. */
  readonly type: string;
  /** Markdown. */
  readonly description: string;
  readonly inputs: z.ZodObject;
  /** Inputs that a host or the SDK's class fills in and no program gives: what the engine does not tell every kind of provider. */
  readonly filledIn: readonly string[];
  /** Optional inputs that the Node SDK's class makes out of another resource, as programs in other languages spell them out. */
  readonly spelledOut: Readonly<Record<string, z.ZodType>>;
  /** Inputs of which a change takes a new resource. */
  readonly replacedBy: readonly string[];
  readonly outputs: z.ZodObject;
  readonly secretOutputs: readonly string[];
}
