// Runs every measurement, one after the other and each in a process of its own, and writes down what came out.
//
//   tsx bench/main.ts                 all of them; writes bench/results.json and docs/performance.md
//   tsx bench/main.ts --only issuing  one of them; writes nothing
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Figure } from "./figure";
import { type Measurement, measurements } from "./measurements";
import { closingTable, failuresOf, type Group, type Machine, performancePage } from "./report";

const root = join(__dirname, "..");
const { values } = parseArgs({ options: { only: { type: "string" } } });

async function measured({ name, title }: Measurement): Promise<Group> {
  process.stderr.write(`${title} …`);
  const begin = performance.now();
  const child = fork(join(__dirname, "child.ts"), [name]);
  let figures: readonly Figure[] | undefined;
  child.on("message", (message) => {
    figures = message as readonly Figure[];
  });
  const [code] = await once(child, "close");
  process.stderr.write(` ${Math.round((performance.now() - begin) / 1000)} s\n`);
  return code === 0 && figures !== undefined
    ? { name, title, figures }
    : { name, title, figures: [], failure: `\`npm run bench -- --only ${name}\` ended with exit code ${code}` };
}

async function run(): Promise<void> {
  const chosen = measurements.filter(({ name }) => values.only === undefined || values.only === name);
  if (chosen.length === 0) {
    throw new Error(`there is no measurement ${values.only}: ${measurements.map(({ name }) => name).join(", ")}`);
  }
  const groups: Group[] = [];
  for (const measurement of chosen) {
    groups.push(await measured(measurement));
  }
  console.log(`\n${closingTable(groups)}\n`);
  const failures = failuresOf(groups);
  for (const failure of failures) {
    console.log(failure);
  }
  process.exitCode = failures.length === 0 ? 0 : 1;
  if (values.only === undefined) {
    const machine: Machine = { cores: availableParallelism(), node: process.versions.node, platform: process.platform };
    writeFileSync(join(__dirname, "results.json"), `${JSON.stringify({ machine, groups }, undefined, 2)}\n`);
    writeFileSync(join(root, "docs/performance.md"), performancePage(groups, machine));
  }
}

void run();
