// Writes what is generated from the definitions. Run by `make schema`, which formats it too; a test fails when what is
// there differs.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles, generatedFolders } from "./generatedFiles";

const root = join(__dirname, "..");

async function write(): Promise<void> {
  const files = await generatedFiles();
  for (const folder of generatedFolders) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

void write();
