// Compiles the package into dist/ from nothing, so that a deleted source file never lives on in a build.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
if (existsSync("dist/cli/main.js")) {
  chmodSync("dist/cli/main.js", 0o755);
}
