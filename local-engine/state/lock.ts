import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { LocalEngineError } from "../errors";
import { writing } from "./writing";

/** Two runs of one stack at a time would each write a state that forgets what the other did. */
export interface Lock {
  release(): void;
}

const ownerSchema = z.object({ pid: z.number().int().positive(), token: z.string() });

/** @throws LocalEngineError while another living process holds the lock. A dead process's lock is taken over. */
export function takeLock(path: string): Lock {
  const token = randomUUID();
  writing(path, () => mkdirSync(dirname(path), { recursive: true, mode: 0o700 }));
  for (;;) {
    try {
      writing(path, () =>
        writeFileSync(path, JSON.stringify({ pid: process.pid, token }), { flag: "wx", mode: 0o600 }),
      );
      return { release: () => releaseLock(path, token) };
    } catch (error) {
      if (!isCode(error, "EEXIST")) {
        throw error;
      }
    }
    const owner = readOwner(path);
    if (owner !== undefined && isAlive(owner.pid)) {
      throw new LocalEngineError(
        `Another run of this stack is under way (process ${owner.pid}). Wait for it; if there is none, remove ${path}.`,
      );
    }
    removeStale(path, owner?.token);
  }
}

/** Renamed before it is judged: of two processes that found the same stale lock, one may already have put its own there. */
function removeStale(path: string, token: string | undefined): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) {
      return;
    }
    throw error;
  }
  if (readOwner(aside)?.token === token) {
    rmSync(aside);
  } else {
    renameSync(aside, path);
  }
}

function releaseLock(path: string, token: string): void {
  if (readOwner(path)?.token === token) {
    rmSync(path, { force: true });
  }
}

function readOwner(path: string): z.infer<typeof ownerSchema> | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
