// Writes sdk/nodejs/generated/ from the resource definitions. Run by `make schema`, which formats it too; a test fails
// when what is there differs.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./generatedFiles";

const directory = join(__dirname, "../sdk/nodejs/generated");

rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const [name, text] of generatedFiles()) {
  writeFileSync(join(directory, name), text);
}
