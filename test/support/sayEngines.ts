import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { chromiumPath } from "./chromium";
import { engines } from "./engine";
import { repositoryRoot } from "./project";

/** Providers end by a signal and leave nothing compiled behind: this one ends by itself, and has loaded what they load. */
export function setup(): void {
  const provider = join(repositoryRoot, "dist/provider/hosts/dynamic.js");
  const load = `for (const name of [${JSON.stringify(provider)}, "undici", "node-forge"]) require(name);`;
  const env = { ...process.env, NODE_COMPILE_CACHE: join(repositoryRoot, ".tests/compiled") };
  execFileSync(process.execPath, ["-e", load], { cwd: repositoryRoot, env });
}

/** The last line of the scenarios says what they were seen working on. */
export function teardown(): void {
  const names = engines().map(({ name }) => (name === "pulumi" ? "the Pulumi CLI" : `the ${name}`));
  const missing = names.length === 1 ? " (no Pulumi CLI was found on PATH or in PULUMI_HOME)" : "";
  if (chromiumPath === null) {
    process.stdout.write("The page of a report was not looked at: no chromium was found on PATH.\n");
  }
  process.stdout.write(`The scenarios ran on ${names.join(" and ")}${missing}.\n`);
}
