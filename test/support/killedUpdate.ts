import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPulumi } from "../../cli/stackRunner/findPulumi";
import type { Engine, RunSettings } from "./engine";
import { runEnvironment } from "./engine";
import { type Project, repositoryRoot } from "./project";
import { pulumiEnvironment } from "./pulumiEngine";

/**
 * An update whose engine is a process of its own, killed when its time has come. What it leaves behind goes on until
 * it notices; afterwards the stack is free for the next run.
 */
export async function killedUpdate(
  engine: Engine,
  project: Project,
  settings: RunSettings,
  /** Resolves when the engine is to die. */
  itsTime: Promise<unknown>,
): Promise<void> {
  const pulumi = engine.name === "pulumi" ? findPulumi() : undefined;
  const env =
    pulumi === undefined
      ? { ...process.env, ...runEnvironment(project, settings) }
      : pulumiEnvironment(pulumi, project, settings);
  const preload = join(project.directory, "noteProcess.cjs");
  const note = `require("node:fs").appendFileSync(${JSON.stringify(notes(project))}, process.pid + "\\n");`;
  writeFileSync(preload, note);
  const child = spawn(
    pulumi ?? process.execPath,
    pulumi === undefined
      ? [join(repositoryRoot, "dist/cli/main.js"), "local", "up", "--stack", project.stack, "--cwd", project.directory]
      : ["up", "--yes", "--skip-preview", "--non-interactive"],
    {
      cwd: project.directory,
      env: { ...env, NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --require ${preload}` },
      stdio: "ignore",
    },
  );
  const exit = exitOf(child);
  await Promise.race([
    itsTime,
    exit.then(() => {
      throw new Error("the engine ended before it could be killed");
    }),
  ]);
  child.kill("SIGKILL");
  await exit;
  if (pulumi !== undefined) {
    // A killed run leaves its lock behind.
    execFileSync(pulumi, ["cancel", "--yes"], { cwd: project.directory, env, stdio: "ignore" });
  }
}

/** Ends what killed engines have left behind, where it did not end by itself: nobody else knows of it. */
export function endOrphans(project: Project): void {
  const noted = existsSync(notes(project)) ? readFileSync(notes(project), "utf8").trim().split("\n") : [];
  for (const pid of noted.map(Number)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function notes({ directory }: Project): string {
  return join(directory, "processes.txt");
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
}
