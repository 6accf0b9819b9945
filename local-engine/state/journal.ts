import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { LocalEngineError } from "../errors";
import { operationTypeSchema, type ResourceState, resourceSchema, toStoredResource } from "./deployment";
import type { Change } from "./snapshot";
import { writing } from "./writing";

// The first line says which state file the changes belong to: a run that died between folding the journal into the state
// and removing it must not apply its changes twice.
const headSchema = z.object({ state: z.string() });

const resource = resourceSchema.transform((stored) => stored as ResourceState);
const changeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("begin"), operation: z.number(), type: operationTypeSchema, resource }),
  z.object({ kind: z.literal("end"), operation: z.number() }),
  z.object({ kind: z.literal("put"), entry: z.number(), resource }),
  z.object({ kind: z.literal("remove"), entry: z.number() }),
]);
const lineSchema = z.array(changeSchema);

/** What a run did so far, one line per step, beside the state file (mode 0600): a run that dies loses nothing. */
export class Journal {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static start(path: string, stateDigest: string): Journal {
    writing(path, () => {
      rmSync(path, { force: true });
      writeFileSync(path, `${JSON.stringify({ state: stateDigest })}\n`, { flag: "wx", mode: 0o600 });
    });
    return new Journal(path);
  }

  /** @throws LocalEngineError where the disk takes no more; the journal ends with a whole line all the same. */
  append(changes: readonly Change[]): void {
    const stored = changes.map((change) =>
      "resource" in change ? { ...change, resource: toStoredResource(change.resource) } : change,
    );
    writing(this.#path, () => {
      const { size } = statSync(this.#path);
      try {
        appendFileSync(this.#path, `${JSON.stringify(stored)}\n`);
      } catch (error) {
        // A full disk takes the beginning of a line, and the next line, if there is room for it, would continue that one.
        truncateSync(this.#path, size);
        throw error;
      }
    });
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** The changes of a run that died; none where there was no such run or its changes are in the state already. */
export function readJournal(path: string, stateDigest: string): Change[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const [head, ...lines] = text.split("\n");
  // A head without line feed was cut off while it was written: no step had been recorded yet.
  if (head === undefined || lines.length === 0 || headSchema.parse(jsonOf(head, path)).state !== stateDigest) {
    return [];
  }
  // What follows the last line feed was cut off while it was written: that step had not been recorded.
  return lines.slice(0, -1).flatMap((line) => lineSchema.parse(jsonOf(line, path)));
}

function jsonOf(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not with the parser's own words: they quote the line, and a line may hold keys.
    throw new LocalEngineError(
      `${path} is damaged: a line of it is no JSON. It holds what the last run did and had no time to put into the state. Repair that line, or remove the file if the rest can be lost.`,
    );
  }
}
