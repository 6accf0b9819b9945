// Pulumi installs a plugin's dependencies before it starts it. A published package has all it needs; a checkout of the
// sources has to be built first, once.
const { execSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
if (!existsSync(join(root, "dist/provider/hosts/plugin"))) {
  execSync("npm ci --no-audit --no-fund && npm run build", { cwd: root, stdio: "inherit" });
}
