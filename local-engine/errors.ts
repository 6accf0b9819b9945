/** A run that can't start or go on, said in a sentence for the person who started it. Anything else that is thrown is a bug. */
export class LocalEngineError extends Error {
  override readonly name = "LocalEngineError";
}

/** Something Pulumi can do and this engine can't. Names the feature: silence would look like success. */
export class UnsupportedError extends LocalEngineError {
  constructor(feature: string, todo = "Run this program with the Pulumi CLI.") {
    super(`The local engine does not support ${feature}. ${todo}`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
