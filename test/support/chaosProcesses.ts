import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export type Role = "engine" | "program" | "provider" | "emulator";

/** Where the engine ends itself, counted by what it writes to the stack's state: the write is not done, or half of it is. */
export interface WriteKill {
  readonly write: number;
  readonly half: boolean;
}

/**
 * Loaded into every process of a world before its own code. It notes who started, so that a test knows whom to kill, and
 * makes an engine count its writes: between two of them nothing else would stop it at a known place.
 */
const preload = `
const fs = require("node:fs");
const { isMainThread } = require("node:worker_threads");
const { CHAOS_NOTES: notes, CHAOS_KILL_AT_WRITE: killAt } = process.env;
const [, script = "", verb] = process.argv;
const role = /dynamic-provider|pulumi-resource|hosts.plugin/.test(script) ? "provider" : /cmd.run/.test(script) ? "program" : verb === "local" ? "engine" : "emulator";
if (isMainThread && notes !== undefined) {
  const append = fs.appendFileSync;
  append(notes, role + " " + process.pid + "\\n");
  if (role === "engine") {
    const [at, how] = (killAt ?? "-1").split(":");
    let writes = 0;
    const counted = (name, pathOf) => {
      const original = fs[name];
      fs[name] = (...args) => {
        if (String(pathOf(args)).includes(".azure-certificates")) {
          if (writes === Number(at)) {
            if (how === "half") { original(args[0], args[1].slice(0, args[1].length / 2), args[2]); }
            process.kill(process.pid, "SIGKILL");
          }
          writes++;
          append(notes, name + " write\\n");
        }
        return original(...args);
      };
    };
    for (const name of ["appendFileSync", "writeFileSync", "rmSync"]) { counted(name, ([path]) => path); }
    counted("renameSync", ([, to]) => to);
  }
}
`;

/** The processes of one world, known by what they are. */
export class Processes {
  readonly #notes: string;
  readonly #preload: string;

  constructor(directory: string) {
    this.#notes = join(directory, "processes.txt");
    this.#preload = join(directory, "note.cjs");
    mkdirSync(directory, { recursive: true });
    writeFileSync(this.#preload, preload);
  }

  environment(killAt?: WriteKill): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --require ${this.#preload}`,
      NODE_COMPILE_CACHE: join(tmpdir(), "azure-certificates-chaos-compiled"),
      CHAOS_NOTES: this.#notes,
      ...(killAt !== undefined && { CHAOS_KILL_AT_WRITE: `${killAt.write}:${killAt.half ? "half" : "whole"}` }),
    };
  }

  /** Those that started since the last {@link forget} and still live. */
  living(role: Role): readonly number[] {
    return this.#lines()
      .flatMap(([word, pid]) => (word === role ? [Number(pid)] : []))
      .filter(isAlive);
  }

  /** The writes of engines since the last {@link forget}, by the function that wrote. */
  writes(): readonly string[] {
    return this.#lines().flatMap(([name = "", word]) => (word === "write" ? [name] : []));
  }

  /** A signal takes its time to arrive. @returns those that still live after a second */
  async survivors(roles: readonly Role[]): Promise<readonly Role[]> {
    const left = () => roles.filter((role) => this.living(role).length > 0);
    for (let look = 0; look < 40 && left().length > 0; look++) {
      await wait(25);
    }
    return left();
  }

  kill(role: Role): void {
    this.signal(role, "SIGKILL");
  }

  signal(role: Role, signal: NodeJS.Signals): void {
    for (const pid of this.living(role)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended in this very moment.
      }
    }
  }

  /** Ends everything but the emulator, which has its own life. */
  endRun(): void {
    for (const role of ["engine", "program", "provider"] as const) {
      this.kill(role);
    }
  }

  forget(): void {
    const emulators = this.living("emulator");
    writeFileSync(this.#notes, "");
    for (const pid of emulators) {
      appendFileSync(this.#notes, `emulator ${pid}\n`);
    }
  }

  #lines(): readonly (readonly string[])[] {
    const text = existsSync(this.#notes) ? readFileSync(this.#notes, "utf8") : "";
    return text.split("\n").map((line) => line.split(" "));
  }
}

/** A zombie is dead: it only waits for somebody to ask how it ended. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self/stat") || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
