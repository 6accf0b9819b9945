import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secret } from "../values";
import type { ResourceState } from "./deployment";
import { readJournal } from "./journal";
import { readStackState, type StackFiles, stackFiles, WritableState } from "./stackState";

const now = (): Date => new Date("2027-03-01T00:00:00Z");
const resource = (urn: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn,
  custom: true,
  type: "a:b:C",
  id: `id of ${urn}`,
  ...more,
});

let directory: string;
let files: StackFiles;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "state-"));
  files = stackFiles(join(directory, "deep/folder"), "dev");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function save(resources: readonly ResourceState[]): void {
  const writable = new WritableState(files, now);
  for (const each of resources) {
    writable.state.record([{ kind: "put", entry: writable.state.nextNumber(), resource: each }]);
  }
  writable.close();
}

/** Leaves everything as a process that was killed does: the journal written, the lock held by nobody. */
function killed(writable: WritableState): void {
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(files.lock, JSON.stringify({ pid: dead, token: "of a dead process" }));
  void writable;
}

const urnsOf = (): string[] => readStackState(files).resources.map(({ urn }) => urn);

describe("the state of a stack", () => {
  it("is written to files that only their owner can read, and leaves no lock, journal or draft behind", () => {
    const writable = new WritableState(files, now);
    writable.state.record([{ kind: "put", entry: 0, resource: resource("a") }]);
    expect([files.state, files.journal, files.lock].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o600, 0o600, 0o600,
    ]);
    expect(statSync(join(directory, "deep/folder")).mode & 0o777).toBe(0o700);
    writable.close();
    expect([files.journal, files.lock, `${files.state}.new`].filter((path) => existsSync(path))).toEqual([]);
    expect(statSync(files.state).mode & 0o777).toBe(0o600);
  });

  it("keeps a file that had been readable by others for nobody else", () => {
    save([resource("a")]);
    spawnSync("chmod", ["644", files.state]);
    save([]);
    expect(statSync(files.state).mode & 0o777).toBe(0o600);
  });

  it("comes back as it was: secrets at any depth, and fields that only newer engines know", () => {
    const full = resource("a", {
      inputs: { open: [1, null, { deep: secret({ key: "k", again: secret("x") }) }] },
      outputs: { key: secret("hush") },
      ...{ taint: true },
    });
    save([full]);
    expect(readStackState(files).resources).toEqual([full]);
    expect(JSON.parse(readFileSync(files.state, "utf8")).deployment.resources[0].outputs.key.plaintext).toBe('"hush"');
  });

  it("leaves out what is empty or false, except custom", () => {
    save([resource("a", { custom: false, id: "", dependencies: [], protect: false, parent: "" })]);
    expect(readStackState(files).resources).toEqual([{ urn: "a", custom: false, type: "a:b:C" }]);
  });

  it("puts what a run wrote before what it has not come to, so that nothing precedes what it depends on", () => {
    save([resource("a"), resource("b")]);
    const writable = new WritableState(files, now);
    const number = writable.state.nextNumber();
    writable.state.record([
      { kind: "remove", entry: 1 },
      { kind: "put", entry: number, resource: resource("b") },
    ]);
    writable.state.record([{ kind: "put", entry: 0, resource: resource("a", { delete: true }) }]);
    writable.close();
    expect(readStackState(files).resources.map(({ urn, delete: gone }) => [urn, gone])).toEqual([
      ["b", undefined],
      ["a", true],
    ]);
  });

  it("follows a renamed resource in whoever still refers to its old name", () => {
    save([
      resource("old"),
      resource("user", { dependencies: ["old"], parent: "old", propertyDependencies: { x: ["old"] } }),
    ]);
    const writable = new WritableState(files, now);
    writable.state.record([
      { kind: "remove", entry: 0 },
      { kind: "put", entry: writable.state.nextNumber(), resource: resource("new", { aliases: ["old"] }) },
    ]);
    writable.close();
    expect(readStackState(files).resources).toEqual([
      resource("new", { id: "id of new" }),
      resource("user", { dependencies: ["new"], parent: "new", propertyDependencies: { x: ["new"] } }),
    ]);
  });

  it.each([
    ["no JSON", "{", /is no JSON/],
    ["something else", '{"version":3,"checkpoint":{}}', /is no stack export/],
    ["a version with features unknown here", '{"version":4,"deployment":{}}', /version 4/],
  ])("is refused, and kept, where the file is %s", (_, text, words) => {
    save([]);
    writeFileSync(files.state, text);
    expect(() => new WritableState(files, now)).toThrow(words);
    expect(readFileSync(files.state, "utf8")).toBe(text);
    expect(existsSync(files.lock)).toBe(false);
  });

  it("that holds a secret without its quotes is refused without showing it", () => {
    save([resource("a", { outputs: { key: secret("hush") } })]);
    writeFileSync(files.state, readFileSync(files.state, "utf8").replace('"\\"hush\\""', '"hush"'));
    const reading = () => readStackState(files);
    expect(reading).toThrow("a secret whose plaintext is no JSON");
    expect(reading).not.toThrow("hush");
  });

  it("is refused where its secrets are encrypted", () => {
    save([]);
    const encrypted = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:a:b" };
    const deployment = { resources: [{ ...resource("a"), outputs: { key: encrypted } }] };
    writeFileSync(files.state, JSON.stringify({ version: 3, deployment }));
    expect(() => readStackState(files)).toThrow(/--show-secrets/);
  });
});

describe("a run that was killed", () => {
  it("loses nothing that it had recorded, and what was under way is named", () => {
    save([resource("kept"), resource("changed"), resource("gone")]);
    const writable = new WritableState(files, now);
    const { state } = writable;
    const operation = state.nextNumber();
    state.record([{ kind: "begin", operation, type: "updating", resource: resource("changed") }]);
    state.record([
      { kind: "end", operation },
      { kind: "remove", entry: 1 },
      { kind: "put", entry: state.nextNumber(), resource: resource("changed", { outputs: { key: secret("new") } }) },
    ]);
    state.record([{ kind: "remove", entry: 2 }]);
    state.record([{ kind: "begin", operation: state.nextNumber(), type: "creating", resource: resource("half") }]);
    killed(writable);
    expect(readStackState(files)).toEqual({
      resources: [resource("changed", { outputs: { key: secret("new") } }), resource("kept")],
      pendingOperations: [{ type: "creating", resource: resource("half") }],
    });

    const next = new WritableState(files, now);
    next.close();
    expect(urnsOf()).toEqual(["changed", "kept"]);
    expect(readStackState(files).pendingOperations).toHaveLength(1);
  });

  it("while it wrote a line loses that line only", () => {
    const writable = new WritableState(files, now);
    writable.state.record([{ kind: "put", entry: 0, resource: resource("a") }]);
    appendFileSync(files.journal, '[{"kind":"put","entry":1,"resou');
    killed(writable);
    expect(urnsOf()).toEqual(["a"]);
  });

  it("and left a journal that was damaged since is told so, without what stands in it", () => {
    const writable = new WritableState(files, now);
    killed(writable);
    appendFileSync(files.journal, "hush\n");
    const reading = () => readStackState(files);
    expect(reading).toThrow(`${files.journal} is damaged`);
    expect(reading).not.toThrow("hush");
  });

  it("between saving and removing its journal does not do its steps twice", () => {
    save([resource("a"), resource("b")]);
    const writable = new WritableState(files, now);
    writable.state.record([{ kind: "remove", entry: 0 }]);
    const journal = readFileSync(files.journal);
    writable.close();
    writeFileSync(files.journal, journal);
    expect(urnsOf()).toEqual(["b"]);
  });
});

describe("the lock", () => {
  it("keeps a second run out while the first is under way, and names it", () => {
    const first = new WritableState(files, now);
    expect(() => new WritableState(files, now)).toThrow(new RegExp(`process ${process.pid}`));
    first.close();
    new WritableState(files, now).close();
  });

  it("of a dead process is taken over", () => {
    killed(new WritableState(files, now));
    new WritableState(files, now).close();
    expect(existsSync(files.lock)).toBe(false);
  });

  it("that can't be read is taken over", () => {
    save([]);
    writeFileSync(files.lock, "");
    new WritableState(files, now).close();
  });

  it("of somebody else is not released", () => {
    const first = new WritableState(files, now);
    killed(first);
    const second = new WritableState(files, now);
    first.close();
    expect(existsSync(files.lock)).toBe(true);
    second.close();
  });
});

describe("a disk that takes no more", () => {
  it("cuts off no line of the journal: what comes after it, once there is room, is read", () => {
    // The limit is a process's own, so another one runs into it; node itself ignores the signal that comes with it.
    const script = `
      const { Journal } = require(${JSON.stringify(join(__dirname, "journal.ts"))});
      const resource = { urn: "a", custom: true, type: "a:b:C", inputs: { text: "x".repeat(5000) } };
      const journal = Journal.start(process.argv[1], "digest");
      const put = (entry, resource) => journal.append([{ kind: "put", entry, resource }]);
      try { put(1, resource); } catch (error) { console.log(error.name + ": " + error.message); }
      put(2, { ...resource, inputs: {} });
    `;
    const path = join(directory, "dev.json.journal");
    const limited = ["-c", 'ulimit -f 4; exec "$0" "$@"', process.execPath, "--import", "tsx", "-e", script, path];
    const { stdout, stderr } = spawnSync("sh", limited, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toContain("LocalEngineError: The state of this stack can't be written: the file may not grow");
    expect(readJournal(path, "digest")).toMatchObject([{ kind: "put", entry: 2 }]);
  });

  it("keeps what was done for the end of the run, and forgets what did not begin", () => {
    const writable = new WritableState(files, now);
    const { state } = writable;
    rmSync(files.journal);
    mkdirSync(files.journal);
    expect(() => state.record([{ kind: "put", entry: state.nextNumber(), resource: resource("done") }])).toThrow();
    const begin = {
      kind: "begin",
      operation: state.nextNumber(),
      type: "creating",
      resource: resource("new"),
    } as const;
    expect(() => state.record([begin])).toThrow();
    rmSync(files.journal, { recursive: true });
    writable.close();
    expect(readStackState(files)).toMatchObject({ resources: [{ urn: "done" }], pendingOperations: [] });
  });

  it("while the journal is begun loses nothing of the state", () => {
    save([resource("a")]);
    writeFileSync(files.journal, '{"state":"half of a dig');
    expect(readStackState(files).resources).toHaveLength(1);
  });
});
