/** Outputs have to be declared to Pulumi before they have a value. */
export function declared(outputNames: readonly string[]): Record<string, undefined> {
  return Object.fromEntries(outputNames.map((output) => [output, undefined]));
}
