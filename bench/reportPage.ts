import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromiumPath, startChromium } from "../test/support/chromium";
import { companyState, largeCompany } from "../test/support/companyState";
import { repositoryRoot } from "../test/support/project";
import type { Figure } from "./figure";
import { median, timed } from "./statistics";

const rounds = 5;
const mostMs = 3_000;
const mostMegabytes = 500;
const megabyte = 1024 * 1024;

const company =
  "5,000 people, of whom 4,000 have a key of their own on two subscriptions each, and 100 groups of 250 people on ten subscriptions each: as many certificates as 200 subscriptions take while all of them rotate, and a quarter of a million of ways in.";

/** From the export of a stack to a page that can be read. */
export async function measureReportPage(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "azure-certificates-bench-"));
  try {
    const state = join(folder, "state.json");
    const page = join(folder, "report.html");
    writeFileSync(state, JSON.stringify(companyState(largeCompany, new Date())));
    const runs: { readonly elapsedMs: number; readonly mostResidentBytes: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      runs.push(await measured(state, page, join(folder, `process-${round}.json`)));
    }
    const whole = `The whole command, from its start to its end, on an export of ${megabytes(statSync(state).size)} MB. ${company}`;
    return [
      {
        name: "azure-certificates report: time",
        value: median(runs.map(({ elapsedMs }) => elapsedMs)),
        unit: "ms",
        goal: { atMost: mostMs },
        how: `${whole} Median of ${rounds}.`,
      },
      {
        name: "azure-certificates report: memory",
        value: Math.max(...runs.map(({ mostResidentBytes }) => mostResidentBytes)) / megabyte,
        unit: "MB",
        goal: { atMost: mostMegabytes },
        how: `${whole} The largest resident set of ${rounds} runs.`,
      },
      { name: "The page", value: statSync(page).size / megabyte, unit: "MB", how: "The file that it writes." },
      ...(chromiumPath === null ? [] : await inBrowser(chromiumPath, page)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measured(state: string, page: string, report: string) {
  const command = [join(repositoryRoot, "dist/cli/main.js"), "report", "--state", state, "--output", page];
  const elapsedMs = await timed(async () => {
    execFileSync(process.execPath, ["--require", join(__dirname, "processReport.cjs"), ...command], {
      env: { ...process.env, BENCH_PROCESS_REPORT: report },
    });
  });
  const { mostResidentBytes } = JSON.parse(readFileSync(report, "utf8")) as { mostResidentBytes: number };
  return { elapsedMs, mostResidentBytes };
}

async function inBrowser(executablePath: string, file: string): Promise<readonly Figure[]> {
  const { browser, close } = await startChromium(executablePath);
  try {
    const times: { readonly opening: number; readonly filtering: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const page = await browser.newPage();
      const opening = await timed(async () => {
        await page.goto(pathToFileURL(file).href);
        await page.locator(".matrix tbody tr").nth(49).waitFor();
      });
      const filtering = await timed(async () => {
        await page.fill("#filter", "lindqvist");
        await page.locator("#found", { hasText: "people" }).waitFor();
      });
      times.push({ opening, filtering });
      await page.close();
    }
    const how = `In Chromium, from a file. Median of ${rounds}.`;
    return [
      {
        name: "The page until its first rows of people are laid out",
        value: median(times.map(({ opening }) => opening)),
        unit: "ms",
        goal: { atMost: mostMs },
        how,
      },
      {
        name: "The first filtering of the page by a name",
        value: median(times.map(({ filtering }) => filtering)),
        unit: "ms",
        goal: { atMost: mostMs },
        how: `From typing it until the page says how much is left. ${how}`,
      },
    ];
  } finally {
    await close();
  }
}

function megabytes(bytes: number): string {
  return (bytes / megabyte).toFixed(0);
}
