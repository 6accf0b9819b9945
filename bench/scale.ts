import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localEngine } from "../test/support/localEngine";
import type { Figure } from "./figure";
import { accessStack, emptyStack, groupSize, type ScaleStack } from "./scaleStacks";
import { timed } from "./statistics";

type Verb = "preview" | "up";
type Kind = "ours" | "plugin" | "emptyProvider" | "empty";

/** Of a run: the wall clock, and what program, provider and engine used of the processor. */
interface Run {
  readonly elapsedMs: number;
  readonly processorMs: number;
  readonly providerBytes: number;
  readonly programMs: number;
  readonly providerMs: number;
}

interface Size {
  readonly resources: number;
  readonly rounds: number;
  readonly kinds: readonly Kind[];
}

type Time = "elapsedMs" | "processorMs";

// The smallest is what starting up costs: it is taken off the others.
const smallest: Size = { resources: groupSize, rounds: 2, kinds: ["ours", "plugin", "emptyProvider", "empty"] };
const thousand: Size = { resources: 1_000, rounds: 2, kinds: ["ours", "plugin", "emptyProvider", "empty"] };
const tenThousand: Size = { resources: 10_000, rounds: 1, kinds: ["ours", "empty"] };
const sizes: readonly Size[] = [smallest, thousand, tenThousand];

const mixture =
  "A tenth ManagementCertificates, the rest SubscriptionCertificateLinks, nothing of it changed, on the local engine; by turns with the other side.";
const lessTheStart = `Processor time of program, provider and engine together, which other work on the machine does not prolong, less that of ${groupSize} resources`;
const whyTheProgram =
  "The time goes into the program, in Pulumi's own runtime, and into carrying the properties: for each property the runtime makes a promise with a stack trace. A link has ten properties and waits for those of its certificate, a certificate has two dozen, an empty resource has one. What our provider adds is the comparison with an empty provider.";

/** What a preview and an update of many resources cost when nothing has changed. */
export async function measureScale(): Promise<readonly Figure[]> {
  const stacks: Readonly<Record<Kind, ScaleStack>> = {
    ours: await accessStack(),
    plugin: await accessStack("plugin"),
    emptyProvider: await accessStack("empty"),
    empty: await emptyStack(),
  };
  const runs = new Map<string, Run>();
  try {
    for (const size of sizes) {
      for (const verb of ["preview", "up"] as const) {
        for (const [kind, run] of await byTurns(stacks, size, verb)) {
          runs.set(keyOf(kind, verb, size), run);
        }
      }
    }
  } finally {
    for (const stack of Object.values(stacks)) {
      stack.remove();
    }
  }
  return figuresOf((kind, verb, size) => {
    const run = runs.get(keyOf(kind, verb, size));
    if (run === undefined) {
      throw new TypeError(`${keyOf(kind, verb, size)} was not measured`);
    }
    return run;
  });
}

type Lookup = (kind: Kind, verb: Verb, size: Size) => Run;

function figuresOf(run: Lookup): readonly Figure[] {
  const verbs: readonly (readonly [Verb, string])[] = [
    ["preview", "Preview"],
    ["up", "Unchanged update"],
  ];
  return [
    ...verbs.map(([verb, title]) => {
      return {
        name: `${title}, each of 1,000 resources, against the same ones with an empty provider`,
        value:
          perResource(run, "processorMs", "ours", verb, thousand) /
          perResource(run, "processorMs", "emptyProvider", verb, thousand),
        unit: "times",
        goal: { atMost: 1.2 },
        how: `${mixture} The same program and state, with a provider that does nothing in the place of ours. ${lessTheStart}; the least of ${thousand.rounds} runs.`,
        whenMissed:
          "Three runs of the same code came out between 0.95 and 1.23: how much the program's process works varies more from run to run than what the provider adds, which has no part in most of it.",
      };
    }),
    ...[thousand, tenThousand].flatMap((size) =>
      verbs.map(([verb, title]) => ({
        name: `${title}, each of ${size.resources.toLocaleString("en")} resources, against empty dynamic resources`,
        value:
          perResource(run, "processorMs", "ours", verb, size) / perResource(run, "processorMs", "empty", verb, size),
        unit: "times",
        goal: { atMost: 1.2 },
        how: `${mixture} The other side: as many of a \`pulumi.dynamic.Resource\` without properties, whose provider does nothing. ${lessTheStart}${size.rounds > 1 ? `; the least of ${size.rounds} runs` : "; one run each"}.`,
        whenMissed: whyTheProgram,
      })),
    ),
    ...verbs.map(([verb, title]) => ({
      name: `${title}, 10,000 resources against 1,000`,
      value: workMs(run, "processorMs", "ours", verb, tenThousand) / workMs(run, "processorMs", "ours", verb, thousand),
      unit: "times",
      goal: { atMost: 11 },
      how: `${lessTheStart}, which is the start of the processes.`,
      whenMissed:
        "Single runs of the same code came out between 8.7 and 14.4. With 10,000 resources the program holds 2.5 GB of Pulumi's promises and their stack traces, and how much work it is to collect that much garbage differs from run to run.",
    })),
    ...[thousand, tenThousand].map((size) => ({
      name: `Preview by the clock, each of ${size.resources.toLocaleString("en")} resources, against empty dynamic resources`,
      value:
        perResource(run, "elapsedMs", "ours", "preview", size) /
        perResource(run, "elapsedMs", "empty", "preview", size),
      unit: "times",
      how: "The same runs, by the time that somebody waits for them.",
    })),
    ...(["programMs", "providerMs"] as const).map((part) => ({
      name: `Processor time of the ${part === "programMs" ? "program" : "provider process"} in a preview of 1,000, against empty dynamic resources`,
      value: run("ours", "preview", thousand)[part] / run("empty", "preview", thousand)[part],
      unit: "times",
      how: "All of the process, from its start to its end.",
    })),
    ...verbs.map(([verb, title]) => ({
      name: `${title}, each of 1,000 resources, with the native plugin against dynamic resources`,
      value:
        perResource(run, "processorMs", "plugin", verb, thousand) /
        perResource(run, "processorMs", "ours", verb, thousand),
      unit: "times",
      how: `${mixture} The same program on both sides. ${lessTheStart}; the least of ${thousand.rounds} runs.`,
    })),
    {
      name: "Memory of the native plugin after a preview of 1,000",
      value: run("plugin", "preview", thousand).providerBytes / 1_000_000,
      unit: "MB",
      goal: { atMost: 150 },
      how: "Resident set at its end.",
    },
    ...[thousand, tenThousand].map((size) => ({
      name: `Memory of the provider process after a preview of ${size.resources.toLocaleString("en")}, against empty dynamic resources`,
      value: run("ours", "preview", size).providerBytes / run("empty", "preview", size).providerBytes,
      unit: "times",
      how: `Resident set at its end: ${megabytes(run("ours", "preview", size))} against ${megabytes(run("empty", "preview", size))}.`,
    })),
  ];
}

function workMs(run: Lookup, time: Time, kind: Kind, verb: Verb, size: Size): number {
  return run(kind, verb, size)[time] - run(kind, verb, smallest)[time];
}

function perResource(run: Lookup, time: Time, kind: Kind, verb: Verb, size: Size): number {
  return workMs(run, time, kind, verb, size) / (size.resources - smallest.resources);
}

function megabytes({ providerBytes }: Run): string {
  return `${Math.round(providerBytes / 1_000_000)} MB`;
}

function keyOf(kind: Kind, verb: Verb, { resources }: Size): string {
  return `${kind} ${verb} ${resources}`;
}

async function byTurns(
  stacks: Readonly<Record<Kind, ScaleStack>>,
  { resources, rounds, kinds }: Size,
  verb: Verb,
): Promise<readonly (readonly [Kind, Run])[]> {
  const collected = kinds.map((kind): [Kind, Run[]] => [kind, []]);
  for (const kind of kinds) {
    await stacks[kind].fill(resources);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, runs] of collected) {
      runs.push(await measuredRun(stacks[kind], kind, verb, resources));
    }
  }
  return collected.map(([kind, runs]) => [kind, leastOf(runs)] as const);
}

/** Whatever disturbs a run makes it longer: the least is nearest to what the work takes. */
function leastOf(runs: readonly Run[]): Run {
  const of = (part: keyof Run): number => Math.min(...runs.map((run) => run[part]));
  return {
    elapsedMs: of("elapsedMs"),
    processorMs: of("processorMs"),
    providerBytes: of("providerBytes"),
    programMs: of("programMs"),
    providerMs: of("providerMs"),
  };
}

async function measuredRun({ project }: ScaleStack, kind: Kind, verb: Verb, resources: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const reportPath = join(folder, "processes");
  const environment = {
    ...project.environment,
    NODE_OPTIONS: `--require ${join(__dirname, "processReport.cjs")}`,
    BENCH_PROCESS_REPORT: reportPath,
  };
  try {
    const before = process.cpuUsage();
    const elapsedMs = await timed(async () => {
      const { succeeded, changes, text } = await localEngine()[verb]({ ...project, environment });
      // The stack itself is one more.
      if (!succeeded || changes["same"] !== resources + 1) {
        throw new Error(`the run was not without changes: ${JSON.stringify(changes)} ${text.slice(0, 2_000)}`);
      }
    });
    const { user, system } = process.cpuUsage(before);
    const provider = processIn(
      reportPath,
      kind === "plugin" ? "pulumi-resource-azure-certificates" : "dynamic-provider",
    );
    const program = processIn(reportPath, join("cmd", "run"));
    return {
      elapsedMs,
      processorMs: (user + system) / 1000 + provider.processorMs + program.processorMs,
      providerBytes: provider.residentBytes,
      providerMs: provider.processorMs,
      programMs: program.processorMs,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface ProcessReport {
  readonly program: string;
  readonly processorMs: number;
  readonly residentBytes: number;
}

/** What processReport.cjs wrote of the process that ran this file. */
function processIn(reportPath: string, file: string): ProcessReport {
  const reports = readFileSync(reportPath, "utf8").trim().split("\n");
  const found = reports.map((line) => JSON.parse(line) as ProcessReport).find(({ program }) => program.includes(file));
  if (found === undefined) {
    throw new Error(`no process of the run said what it used: ${file}`);
  }
  return found;
}
