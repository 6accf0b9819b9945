import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type DeploymentContent,
  type PendingOperation,
  parseDeployment,
  type ResourceState,
  toDeployment,
} from "./deployment";
import { Journal, readJournal } from "./journal";
import { type Lock, takeLock } from "./lock";
import { type Change, Snapshot } from "./snapshot";
import { writing } from "./writing";

/** What a run may do with a stack's state. A preview works on a copy that is never written. */
export interface StackState {
  entries(): { entry: number; resource: ResourceState }[];
  get(entry: number): ResourceState | undefined;
  pendingOperations(): (PendingOperation & { readonly operation: number })[];
  /** Applies the changes of one step and, unless this is a preview, records them before it returns. */
  record(changes: readonly Change[]): void;
  /** Numbers for entries and operations of this run. */
  nextNumber(): number;
  content(): DeploymentContent;
}

export interface StackFiles {
  readonly state: string;
  readonly journal: string;
  readonly lock: string;
}

export const defaultStateFolder = ".azure-certificates";

export function stackFiles(directory: string, stack: string): StackFiles {
  const state = join(directory, `${stack}.json`);
  return { state, journal: `${state}.journal`, lock: `${state}.lock` };
}

/** The state as the last run left it, with the journal of one that died. Writes nothing. */
export function readStackState(files: StackFiles): DeploymentContent {
  const text = readText(files.state);
  const snapshot = new Snapshot(
    text === undefined ? { resources: [], pendingOperations: [] } : parseDeployment(text, files.state),
  );
  for (const change of readJournal(files.journal, digest(text))) {
    snapshot.apply(change);
  }
  return snapshot.content();
}

/** A state that a preview may change: nothing of it is ever written. */
export function copyState(content: DeploymentContent): StackState {
  return new OpenState(content, () => {});
}

/** Locks the stack, folds in what a run that died left behind, and opens the state for changes. */
export class WritableState {
  readonly #files: StackFiles;
  readonly #lock: Lock;
  readonly #now: () => Date;
  #journal: Journal;
  #open: StackState;

  constructor(files: StackFiles, now: () => Date) {
    this.#files = files;
    this.#now = now;
    this.#lock = takeLock(files.lock);
    try {
      this.#journal = this.#begin(readStackState(files));
      this.#open = this.#openState();
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  get state(): StackState {
    return this.#open;
  }

  /** Folds the journal into the state file and begins a new one: what follows sees the state as a new run would. */
  fold(): StackState {
    this.#journal = this.#begin(this.#open.content());
    this.#open = this.#openState();
    return this.#open;
  }

  close(): void {
    try {
      writeState(this.#files.state, this.#open.content(), this.#now());
      this.#journal.remove();
    } finally {
      this.#lock.release();
    }
  }

  #begin(content: DeploymentContent): Journal {
    const written = writeState(this.#files.state, content, this.#now());
    return Journal.start(this.#files.journal, digest(written));
  }

  #openState(): StackState {
    const journal = this.#journal;
    return new OpenState(parseDeployment(readText(this.#files.state) ?? "", this.#files.state), (changes) => {
      journal.append(changes);
    });
  }
}

class OpenState implements StackState {
  readonly #snapshot: Snapshot;
  readonly #write: (changes: readonly Change[]) => void;
  #next: number;

  constructor(content: DeploymentContent, write: (changes: readonly Change[]) => void) {
    this.#snapshot = new Snapshot(content);
    this.#write = write;
    this.#next = this.#snapshot.firstFreeNumber();
  }

  entries(): { entry: number; resource: ResourceState }[] {
    return this.#snapshot.entries();
  }

  get(entry: number): ResourceState | undefined {
    return this.#snapshot.get(entry);
  }

  pendingOperations(): (PendingOperation & { readonly operation: number })[] {
    return this.#snapshot.pendingOperations();
  }

  record(changes: readonly Change[]): void {
    if (changes.length === 0) {
      return;
    }
    try {
      this.#write(changes);
    } catch (error) {
      // What has happened has happened: the end of the run tries to write it once more. What was to begin does not.
      this.#apply(changes.filter(({ kind }) => kind !== "begin"));
      throw error;
    }
    this.#apply(changes);
  }

  #apply(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#snapshot.apply(change);
    }
  }

  nextNumber(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  content(): DeploymentContent {
    return this.#snapshot.content();
  }
}

function writeState(path: string, content: DeploymentContent, now: Date): string {
  const text = `${JSON.stringify(toDeployment(content, now), undefined, 2)}\n`;
  writing(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.new`;
    // A leftover would keep its own mode.
    rmSync(draft, { force: true });
    try {
      writeDraft(draft, text);
    } catch (error) {
      // Half a draft is of no use to anybody, and takes room on a disk that has none.
      rmSync(draft, { force: true });
      throw error;
    }
    renameSync(draft, path);
  });
  return text;
}

function writeDraft(draft: string, text: string): void {
  const file = openSync(draft, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

function digest(text: string | undefined): string {
  return text === undefined ? "" : createHash("sha256").update(text).digest("hex");
}
