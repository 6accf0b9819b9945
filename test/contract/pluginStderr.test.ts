import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { repositoryRoot } from "../support/project";
import { untilIdle } from "../support/untilIdle";

let directory: string;
let plugin: ChildProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "azure-certificates-plugin-"));
});
afterEach(() => {
  plugin?.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

it("an error that nobody waits for, which nobody can be told either, leaves the plugin alive and idle", async () => {
  const fault = join(directory, "fault.cjs");
  writeFileSync(fault, `process.on("SIGUSR2", () => { throw new Error("nobody waits for this"); });`);
  const main = join(repositoryRoot, "dist/provider/hosts/plugin/main.js");
  const child = spawn(process.execPath, ["--require", fault, main], { stdio: ["ignore", "pipe", "pipe"] });
  plugin = child;
  await once(child.stdout, "data");
  child.stderr.destroy();
  await once(child.stderr, "close");
  const pid = child.pid ?? 0;
  for (let times = 0; times < 3; times++) {
    process.kill(pid, "SIGUSR2");
    await untilIdle([pid]);
  }
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
});
