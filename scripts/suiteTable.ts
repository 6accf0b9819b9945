// The table that `make test` ends with, from the reports of its suites; written to docs/tests.md too.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const root = join(__dirname, "..");

const suites = [
  ["unit", "decisions, definitions, certificates, the command: beside the code, without network"],
  ["contract", "client and emulator over real mutual TLS; the resources against the emulator"],
  ["chaos", "a fixed sample of what `make chaos` does in full: faults at every request, killed processes, full disks"],
  [
    "properties",
    "sequences of joins, leaves, rotations and failures against a model; 110,000 mutations of what comes from outside",
  ],
  ["scenarios", "whole programs through an engine, packed and installed as users have them"],
] as const;

const reportSchema = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

/** Where a Pulumi CLI is found, scenarios run on it once more: the page must not depend on that. */
const isOfTheLocalEngine = ({ fullName }: { readonly fullName: string }) => !fullName.includes("on the pulumi");

const rows = suites.map(([suite, what]) => {
  const { testResults } = reportSchema.parse(JSON.parse(readFileSync(join(root, `.tests/${suite}.json`), "utf8")));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults).filter(isOfTheLocalEngine);
  return { suite, what, files: testResults.length, tests: tests.length };
});

for (const { suite, files, tests } of rows) {
  process.stdout.write(
    `${suite.padEnd(12)} ${String(tests).padStart(5)} tests in ${String(files).padStart(3)} files\n`,
  );
}
writeFileSync(
  join(root, "docs/tests.md"),
  `<!-- Written by \`make test\`. Do not edit. -->

# What \`make test\` runs

Nothing in it sleeps, uses a fixed port or needs the internet. Scenarios run on the local engine, and once more on the Pulumi CLI
where one is found, which is not counted here. A test that needs a tool which is not there (the Pulumi CLI, Chromium, \`openssl\`) is
counted and says so. Before them come lint, types and dead code, after them the checks of the packed package.

| suite | tests | files | what it looks at |
|---|---:|---:|---|
${rows.map(({ suite, what, files, tests }) => `| ${suite} | ${tests} | ${files} | ${what} |`).join("\n")}

[reliability.md](reliability.md) is what \`make chaos\` found, [performance.md](performance.md) what \`make bench\` measured, and
[invariants.md](../test/scenarios/invariants.md) which test fails when an invariant is broken (\`make planted\`).
`,
);
