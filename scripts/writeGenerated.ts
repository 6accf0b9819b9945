// Writes what is generated from the definitions. Run by `make schema`, which formats it too; a test fails when what is
// there differs.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { definedFiles, generatedFolders, referenceFiles } from "./generatedFiles";

const root = join(__dirname, "..");

async function write(): Promise<void> {
  for (const folder of generatedFolders) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
  writeAll(definedFiles());
  writeAll(await referenceFiles());
}

function writeAll(files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

void write();
