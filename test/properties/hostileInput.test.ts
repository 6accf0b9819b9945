import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import type { KindReport } from "./hostileRun";
import type { HostileOrder } from "./hostileWorker";
import { seed } from "./seed";

/** One mutation, as `PFX/17`. */
const only = process.env["PROPERTIES_CASE"] ?? null;

/** Far above what one may take, so that only what really hangs is given up. */
const hangsAfterMs = 20_000;
const heapLimitMb = 512;
const mostGrowthMb = 400;

it(`100,000 mutations of what comes from outside are read or refused by name, soon, and in little memory (seed ${seed})`, {
  timeout: 600_000,
}, async () => {
  const { reports, grownMb, ended } = await inAThread();
  process.stdout.write(summaryOf(reports, grownMb));
  expect(ended).toBe("finished");
  expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
  expect(grownMb).toBeLessThan(mostGrowthMb);
});

/** One line for all, then one for each kind, then how to make each failure again. */
function summaryOf(reports: readonly KindReport[], grownMb: number): string {
  const all = totals(reports.map(({ outcomes }) => outcomes));
  const count = reports.reduce((sum, { mutations }) => sum + mutations, 0);
  const slowest = Math.round(Math.max(0, ...reports.map(({ slowestMs }) => slowestMs)));
  const kinds = reports.map(({ name, mutations, outcomes }) => `  ${mutations} of ${name}: ${inWords(outcomes)}\n`);
  const failed = reports.flatMap(({ problems }) => problems).map((problem) => problem.slice(0, problem.indexOf(":")));
  const again = failed.map((name) => `  PROPERTIES_SEED=${seed} PROPERTIES_CASE='${name}' npm run test:properties\n`);
  return (
    `hostile input: ${count} mutations, ${failed.length} failed; ${inWords(all)}; slowest ${slowest} ms, ${grownMb} MB more at most; PROPERTIES_SEED=${seed}\n` +
    [...kinds, ...again].join("")
  );
}

function totals(parts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [name, count] of parts.flatMap((part) => Object.entries(part))) {
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

function inWords(outcomes: Readonly<Record<string, number>>): string {
  return Object.entries(outcomes)
    .sort(([, left], [, right]) => right - left)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}

interface Ended {
  readonly reports: readonly KindReport[];
  readonly grownMb: number;
  /** `finished`, or where it stopped and why. */
  readonly ended: string;
}

async function inAThread(): Promise<Ended> {
  const progress = new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT);
  const [kindAt, numberAt, countAt, peakAt] = [0, 1, 2, 3];
  const seen = new Int32Array(progress);
  const reports: KindReport[] = [];
  const startMb = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const order: HostileOrder = { seed, only, progress };
  const worker = new Worker(join(__dirname, "hostileWorker.ts"), {
    execArgv: ["--import", "tsx"],
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
  });
  worker.on("message", (report: KindReport) => reports.push(report));
  const ended = await new Promise<string>((resolve) => {
    const where = () => `kind ${seen[kindAt]}, mutation ${seen[numberAt]}, seed ${seed}`;
    let before = -1;
    const watch = setInterval(() => {
      if (seen[countAt] === before && before > 0) {
        void worker.terminate();
        resolve(`hangs at ${where()}`);
      }
      before = seen[countAt] ?? 0;
    }, hangsAfterMs);
    worker.on("error", (error) => resolve(`${error.message} at ${where()}`));
    worker.on("exit", (code) => {
      clearInterval(watch);
      resolve(code === 0 ? "finished" : `ends with ${code} at ${where()}`);
    });
  });
  return { reports, grownMb: Math.max(0, (seen[peakAt] ?? 0) - startMb), ended };
}
