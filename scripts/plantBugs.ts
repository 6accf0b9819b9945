// Plants the bugs of test/planted/bugs.ts one by one in copies of this working tree, and sees that each is caught by the
// tests that it names. Then writes what it saw to test/scenarios/invariants.md. Run by `make planted`.
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { bugs } from "../test/planted/bugs";
import type { PlantedBug } from "../test/planted/plantedBug";
import { invariantsPage } from "./planted/page";

const root = join(__dirname, "..");
/** What the tests of whole programs load. */
const built = /^test\/scenarios\//;

interface Verdict {
  readonly bug: PlantedBug;
  /** Sentences; empty: caught as it should be. */
  readonly missed: readonly string[];
}

async function main(only: string | undefined): Promise<number> {
  const chosen = bugs.filter(({ bug }) => only === undefined || bug.includes(only));
  const files = await filesOfTheTree();
  const queue = [...chosen];
  const verdicts: Verdict[] = [];
  await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
      const copy = copyOfTheTree(files);
      try {
        for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
          const verdict = { bug, missed: await plant(bug, copy) };
          verdicts.push(verdict);
          say(verdict);
        }
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    }),
  );
  const missed = verdicts.filter((verdict) => verdict.missed.length > 0);
  process.stdout.write(`planted: ${verdicts.length} bugs, ${verdicts.length - missed.length} caught\n`);
  if (only === undefined && missed.length === 0) {
    writeFileSync(join(root, "test/scenarios/invariants.md"), invariantsPage(bugs));
  }
  return missed.length === 0 ? 0 : 1;
}

async function plant({ file, code, becomes, caughtBy }: PlantedBug, copy: string): Promise<readonly string[]> {
  const path = join(copy, file);
  const original = readFileSync(path, "utf8");
  const places = original.split(code).length - 1;
  if (places !== 1) {
    return [`the code to change stands ${places} times in ${file}, not once`];
  }
  const needsBuild = caughtBy.some((one) => built.test(one.file));
  const build = () => (needsBuild ? run(copy, process.execPath, ["scripts/build.mjs"]) : null);
  const missed: string[] = [];
  try {
    await build();
    for (const { file: tests, test } of caughtBy) {
      const outcomes = await outcomesOf(copy, tests, test);
      if (outcomes.length === 0 || outcomes.includes("failed")) {
        missed.push(`${tests}: "${test}" names no test, or one that fails without the bug`);
      }
    }
    writeFileSync(
      path,
      original.replace(code, () => becomes),
    );
    await build();
    for (const { file: tests, test } of caughtBy) {
      const outcomes = await outcomesOf(copy, tests, test);
      if (!outcomes.includes("failed")) {
        missed.push(`${tests}: no test fails whose name has "${test}" in it`);
      }
    }
    return missed;
  } finally {
    writeFileSync(path, original);
  }
}

const reportSchema = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});
type Outcome = "passed" | "failed";

/** What became of the tests whose names hold these words. */
async function outcomesOf(copy: string, file: string, words: string): Promise<readonly Outcome[]> {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const pattern = words.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  await run(copy, join(root, "node_modules/.bin/vitest"), [
    ...["run", file, "--reporter=json", `--outputFile=${report}`],
    ...(words === "" ? [] : ["-t", pattern]),
  ]);
  const { testResults } = reportSchema.parse(JSON.parse(readFileSync(report, "utf8")));
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ status }) => (status === "passed" || status === "failed" ? [status] : []));
}

/** Never the tree itself: whoever interrupts this must not find a bug planted in what he works on. */
function copyOfTheTree(files: readonly string[]): string {
  const copy = mkdtempSync(join(tmpdir(), "azure-certificates-planted-"));
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    copyFileSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** As it is on the disk, committed or not, without what is ignored. */
async function filesOfTheTree(): Promise<readonly string[]> {
  const list = await run(root, "git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  return list.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
}

/** A test run that fails ends with 1, and that is what is wanted here. */
function run(directory: string, command: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: directory, stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", () => resolve(output));
  });
}

function say({ bug, missed }: Verdict): void {
  const mark = missed.length === 0 ? "caught" : "MISSED";
  process.stdout.write(`${mark}  ${bug.bug}\n${missed.map((sentence) => `        ${sentence}\n`).join("")}`);
}

main(process.argv[2]).then((exitCode) => {
  process.exitCode = exitCode;
});
