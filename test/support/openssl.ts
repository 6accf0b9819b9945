import { spawnSync } from "node:child_process";

/** Runs the `openssl` command; answers its output, standard error included, or throws it. */
export function openssl(parameters: readonly string[], input?: string | Buffer): Buffer {
  const result = spawnSync("openssl", parameters, { input: input ?? "" });
  if (result.status !== 0) {
    throw new Error(`openssl ${parameters.join(" ")}\n${result.stderr}${result.stdout}`);
  }
  return result.stdout;
}

/** A second opinion for tests on machines that have one. What the tests prove without it does not depend on it. */
export const hasOpenssl: boolean = /^OpenSSL ([3-9]|1\.1)/.test(
  spawnSync("openssl", ["version"]).stdout?.toString() ?? "",
);
