import { engines } from "./engine";

/** The last line of the scenarios says what they were seen working on. */
export function teardown(): void {
  const names = engines().map(({ name }) => (name === "pulumi" ? "the Pulumi CLI" : `the ${name}`));
  const missing = names.length === 1 ? " (no Pulumi CLI was found on PATH or in PULUMI_HOME)" : "";
  process.stdout.write(`The scenarios ran on ${names.join(" and ")}${missing}.\n`);
}
