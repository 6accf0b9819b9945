// Compiles the package into dist/ from nothing, so that a deleted source file never lives on in a build. The new build
// takes the place of the old one when it is complete: whatever runs meanwhile never finds half a package.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const workshop = mkdtempSync(".build-");
try {
  const next = join(workshop, "next");
  writeSchema(join(next, "provider/hosts/plugin/schema.json"));
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--outDir", next];
  execFileSync(process.execPath, tsc, { stdio: "inherit" });
  // A browser runs them as they are.
  mkdirSync(join(next, "cli/report/page"));
  for (const asset of ["page.css", "page.js"]) {
    copyFileSync(join("cli/report/page", asset), join(next, "cli/report/page", asset));
  }
  for (const command of ["cli/main.js", "provider/hosts/plugin/main.js"]) {
    chmodSync(join(next, command), 0o755);
  }
  if (existsSync("dist")) {
    renameSync("dist", join(workshop, "previous"));
  }
  renameSync(next, "dist");
} catch (error) {
  // The compiler has said what is wrong.
  process.exitCode = typeof error.status === "number" ? error.status : 1;
  if (typeof error.status !== "number") {
    throw error;
  }
} finally {
  rmSync(workshop, { recursive: true, force: true });
}

/** What the plugin serves, and what Pulumi makes SDKs of: schema.yaml, with the version of this build. */
function writeSchema(path) {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const { name, displayName, ...rest } = parse(readFileSync("schema.yaml", "utf8"));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ name, displayName, version, ...rest })}\n`);
}
