import type { Tally } from "./chaosTally";

/** Every suite, in the order of the document, with what it does. */
const suites: readonly { readonly name: string; readonly title: string; readonly text: string }[] = [
  {
    name: "in one process",
    title: "Every request of an operation",
    text: `The resources run in the test's own process against the emulator. At every request that changes something the provider is
killed, before it and after it; and every request meets every fault of the emulator's script, alone and, in cases that are
drawn, two of them. After each of these every follow-up has its turn: the same once more, the link leaves the program, a
holder leaves, the next rotation is due, everything is destroyed. At the end the overlap is let pass. And a failure that
leaves a revoked certificate registered has to begin with STILL OPEN.`,
  },
  {
    name: "in one process, on an application",
    title: "Every change of an application",
    text: `The same operations with links to an Entra app registration, which Microsoft Graph keeps: a change is reads that agree, one
write of the whole collection, and reads that agree again. The provider is killed at every write; which faults meet which
requests is drawn.`,
  },
  {
    name: "real processes",
    title: "Every process of a run",
    text: `Engine, program, provider and Azure are processes of their own, and SIGKILL ends one of them: before the first request,
and after each request has taken effect and before its answer. At places that are drawn, the engine is also ended between
what it writes to its state and in the middle of a line, interrupted with ^C once and twice, and run with a disk that takes
no more. Where the provider lives on, it is held until the next run is done, and has to notice then that nobody waits for
it any more. One follow-up is drawn for each. The state has to be readable whenever it is looked at; a run that did not
succeed has to end with a code other than 0 and say so, in words and without a stack.`,
  },
  {
    name: "real processes, with the native plugin",
    title: "Every process of a run, with the native plugin",
    text: `The same, with the plugin as the provider instead of Pulumi's process for dynamic resources. The provider is
killed at every place again; the other disturbances meet it at places that are drawn.`,
  },
  {
    name: "real processes, on an application",
    title: "Every process of a run that changes an application",
    text: `The same with a link to an Entra app registration, and Pulumi's process for dynamic resources. A change is some twenty requests,
so both who dies and where is drawn.`,
  },
  {
    name: "real processes, on an application, with the native plugin",
    title: "Every process of a run that changes an application, with the native plugin",
    text: "The same, with the plugin as the provider.",
  },
  {
    name: "two stacks",
    title: "Two stacks on one subscription",
    text: `Both run at the same time, each with certificates that are foreign to the other, and each loses a process somewhere on the way.`,
  },
  {
    name: "the emulator's disk",
    title: "An Azure that can't write",
    text: `The disk of the emulator is full while a rotation uploads. Later there is room again.`,
  },
];

/** The document of `make chaos`: what was disturbed, what had to hold, and in how many cases it did. */
export function reliabilityDocument(tallies: readonly Tally[]): string {
  const disturbed = tallies.filter(({ disturbance }) => disturbance !== "nothing");
  const known = suites.filter(({ name }) => disturbed.some(({ suite }) => suite === name));
  return `${head(disturbed)}
${known
  .map(({ name, title, text }) =>
    section(
      title,
      text,
      disturbed.filter(({ suite }) => suite === name),
    ),
  )
  .join("\n")}
${tail}`;
}

function head(tallies: readonly Tally[]): string {
  const failed = sum(tallies, "failed");
  const limit = sum(tallies, "knownLimit");
  return `# Nothing is lost

This page is written by \`make chaos\`. **${number(sum(tallies, "cases"))} cases; ${failed === 0 ? "none" : number(failed)} failed; ${number(limit)} ended in the known limit below.**

Each case begins an operation, disturbs it at one place, and lets something follow: the same run again, a link or a holder taken
out of the program, or a destroy. That is run until it succeeds, four times at most. Then all of this has to hold:

- On the subscription or application is what the program wants, and nothing else of its certificates: no key of somebody who has left, no
  certificate that was uploaded and forgotten.
- The state knows everything that is there, and says until when a superseded certificate stays.
- At no moment, as the service's own record of requests shows, did a linked certificate have no valid version registered, did
  an overlap end early, was the current version removed, or was anything uploaded twice.
- Certificates of others are untouched.
- What says that it succeeded has succeeded.
- A provider whose engine is gone changes nothing more.

What the operations are: \`create\` links a certificate; \`rotate\` uploads a successor; \`retire\` takes the predecessor off when its
overlap ends; \`leave\` rotates at once because a holder has left; \`compromise\` revokes a version by its thumbprint; \`remove\` takes the
link out of the program; \`destroy\` removes everything; \`two\` rotates one link and creates another.
`;
}

function section(title: string, text: string, tallies: readonly Tally[]): string {
  const operations = [...new Set(tallies.map(({ operation }) => operation))];
  const disturbances = [...new Set(tallies.map(({ disturbance }) => disturbance))].toSorted();
  const rows = disturbances.map((disturbance) => {
    const row = tallies.filter((tally) => tally.disturbance === disturbance);
    const cells = operations.map((operation) => {
      const cases = sum(
        row.filter((tally) => tally.operation === operation),
        "cases",
      );
      return cases === 0 ? "" : number(cases);
    });
    return [disturbance, ...cells, number(sum(row, "failed"))];
  });
  const all = operations.map((operation) =>
    number(
      sum(
        tallies.filter((tally) => tally.operation === operation),
        "cases",
      ),
    ),
  );
  const lines = [
    ["cases", ...operations, "failed"],
    ["---", ...operations.map(() => "---:"), "---:"],
    ...rows,
    ["**all**", ...all, number(sum(tallies, "failed"))],
  ].map((cells) => `| ${cells.join(" | ")} |`);
  return `## ${title}\n\n${text}\n\n${lines.join("\n")}\n`;
}

const tail = `## The known limit

A link whose *very first* create was killed after the upload, and that then leaves the program, leaves its certificate behind:
Pulumi stores a resource when its create has ended, so nothing but the pending operation, which the next run names, knows of it.
Declare the link once more and remove it again, or remove the certificate by hand: its subject says whose it is. Every other
way to die there, and a link that stays in the program, converges.

## Run it again

\`make chaos\` runs all of this; what is drawn, is drawn anew each time. \`make test\` runs a sample, always the same. A case that fails is printed with the command that replays it:

    CHAOS_SEED=1 CHAOS_CASE='rotate/provider@request1/removed' npm run test:chaos -- killProcesses
`;

function sum(tallies: readonly Tally[], what: "cases" | "failed" | "knownLimit"): number {
  return tallies.reduce((total, tally) => total + tally[what], 0);
}

function number(value: number): string {
  return value.toLocaleString("en");
}
