import type { z } from "zod";

/**
 * One resource as users see it. From it come validation, the arguments and outputs of the SDK's classes, and the
 * reference documentation: nothing about a resource is written down twice.
 */
export interface ResourceDefinition {
  /** As `ManagementCertificate`. */
  readonly type: string;
  readonly description: string;
  readonly inputs: z.ZodObject;
  /** Inputs that the SDK's class fills in and no program gives: what the engine does not tell every kind of provider. */
  readonly filledIn: readonly string[];
  readonly outputs: z.ZodObject;
  readonly secretOutputs: readonly string[];
}
