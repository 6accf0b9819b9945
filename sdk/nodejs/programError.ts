import * as pulumi from "@pulumi/pulumi";

/**
 * An error that ends the program with these words alone.
 *
 * It has no stack, and not only because one would say nothing to its reader: Pulumi's runtime formats the stack of every
 * error with colours, and Node 22 does not get to the end of a line that its source maps have written as
 * `node_modules/@pulumi/output.ts`. It tries for half a minute, until its memory for one string is full.
 */
export function programError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
