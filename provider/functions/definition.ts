import type { z } from "zod";

/** A function of the provider as users see it: something that is looked up and changes nothing. */
export interface FunctionDefinition {
  /** As `getManagementCertificates`. */
  readonly name: string;
  /** Markdown. */
  readonly description: string;
  readonly inputs: z.ZodObject;
  readonly secretInputs: readonly string[];
  /** Holds no secret. */
  readonly outputs: z.ZodObject;
}
