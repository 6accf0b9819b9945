import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export type OutputStream = "stdout" | "stderr";

export interface Child {
  readonly process: ChildProcess;
  /** Resolves with the exit code once the process has ended and all its lines have been given out. */
  readonly ended: Promise<number | null>;
  /** Ends the process: SIGINT, and SIGKILL to its whole group after the grace, as the Pulumi engine does. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

/**
 * Starts a process in a group of its own, so that a ^C in the terminal reaches the engine only: it is the engine that
 * decides what is still finished.
 */
export function startProcess(options: {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string, stream: OutputStream) => void;
}): Child {
  const child = spawn(options.command, options.arguments, {
    cwd: options.directory,
    env: { ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines = (["stdout", "stderr"] as const).map(async (stream) => {
    for await (const line of createInterface({ input: child[stream] })) {
      options.onLine(line, stream);
    }
  });
  const ended = once(child, "close").then(async ([code]) => {
    await Promise.all(lines);
    return code as number | null;
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    try {
      process.kill(-child.pid, name);
    } catch {
      // It ended in this very moment.
    }
  };
  return {
    process: child,
    ended,
    stop: async (graceMs) => {
      signal("SIGINT");
      const timer = setTimeout(() => signal("SIGKILL"), graceMs);
      await ended.catch(() => undefined);
      clearTimeout(timer);
    },
    kill: () => signal("SIGKILL"),
  };
}
