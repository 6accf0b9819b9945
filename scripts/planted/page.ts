import type { PlantedBug } from "../../test/planted/plantedBug";

/** The invariants of DESIGN.md, in a few words each. */
const invariants = [
  "Enough valid certificates while an overlap lasts; no consumer holds a key that a door refuses",
  "A private key is only in memory, in a secret output, or in a file of mode 0600; TLS is verified always",
  "`check` and `diff` touch no network, no clock but `now`, no randomness",
  "Idempotent, convergent after a kill at any point; an orphan stops before its next effect",
  "What is foreign is never changed or removed",
  "Nobody is locked out, and nobody who left is let in: STILL OPEN",
  "The same inputs, state and `now` give the same plan, in the same order",
  "Giving up is an error that says what was done, what was not, and what to do",
];

/** test/scenarios/invariants.md: what breaks each invariant, and what sees it. */
export function invariantsPage(bugs: readonly PlantedBug[]): string {
  return `# The invariants, and the tests that guard them

Written by \`make planted\`, which plants each of these ${bugs.length} bugs in a copy of the code and sees that the named tests fail.
Whoever changes one of these places, or adds a guard, adds a row in \`test/planted/\`. The chaos suites
([docs/reliability.md](../../docs/reliability.md)) look for the same things without knowing where.

${invariants.map((invariant, index) => section(index + 1, invariant, bugs)).join("\n")}
What the errors say is in [docs/errors.md](../../docs/errors.md), and \`scenarios/badInput.test.ts\` sees them there and sees that
nothing is lost. That the scan for keys finds one in every shape is tested beside it: PEM (in JSON, in XML, one line of it),
base64 at each alignment, DER, primes.
`;
}

function section(number: number, invariant: string, bugs: readonly PlantedBug[]): string {
  const rows = bugs
    .filter(({ breaks }) => breaks === number)
    .map(({ bug, file, caughtBy }) => `| ${bug} (\`${file}\`) | ${caughtBy.map(shownTest).join("; ")} |`);
  return `## ${number}. ${invariant}

| what if | then fails |
|---|---|
${rows.join("\n")}
`;
}

function shownTest({ file, test }: PlantedBug["caughtBy"][number]): string {
  return test === "" ? `\`${file}\`` : `\`${file}\`: … ${test} …`;
}
