// Compiles the package into dist/ from nothing, so that a deleted source file never lives on in a build. The new build
// takes the place of the old one when it is complete: whatever runs meanwhile never finds half a package.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const workshop = mkdtempSync(".build-");
try {
  const next = join(workshop, "next");
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--outDir", next];
  execFileSync(process.execPath, tsc, { stdio: "inherit" });
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
