// Writes docs/reliability.md from what the chaos suites left in a folder: `tsx scripts/writeReliability.ts FOLDER`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reliabilityDocument } from "../test/support/chaosDocument";
import { readTallies } from "../test/support/chaosTally";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  throw new TypeError("name the folder with the results");
}
writeFileSync(join(__dirname, "../docs/reliability.md"), reliabilityDocument(readTallies(folder)));
