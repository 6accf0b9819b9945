import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../test/support/virtualClock";
import { evidenceLockStaleMs } from "../defaults";
import type { Ports } from "../ports";
import { Evidence } from "./evidence";
import { type EvidenceEntry, type EvidenceLine, encodeLine } from "./evidenceLine";
import { verifyEvidence } from "./verifyEvidence";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evidence-"));
  path = join(folder, "evidence.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const thumbprint = "3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C";
const entry = (overrides: Partial<EvidenceEntry> = {}): EvidenceEntry => ({
  at: "2027-09-05T00:00:00Z",
  stack: "access/prod",
  link: "alice-prod",
  door: "subscription 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b",
  action: "registered",
  outcome: "done",
  thumbprint,
  because: "new here",
  ...overrides,
});

const evidence = (ports: Partial<Ports> = {}, command: readonly string[] | null = null, file: string | null = path) =>
  new Evidence({ path: file, command }, new VirtualClock().ports(ports));
const lines = (): EvidenceLine[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .flatMap((text) => (text.endsWith("}") ? [JSON.parse(text) as EvidenceLine] : []));
const problems = () => verifyEvidence(readFileSync(path), []).problems;

describe("a file of evidence", () => {
  it("is its owner's alone, one line for each entry, each with the hash of the one before", async () => {
    const log = evidence();
    const heads = [await log.record(entry()), await log.record(entry({ action: "removed", because: "revoked" }))];
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lines()).toMatchObject([
      { sequence: 1, action: "registered", previousHash: null, hash: heads[0]?.hash, stack: "access/prod" },
      { sequence: 2, action: "removed", previousHash: heads[0]?.hash, hash: heads[1]?.hash },
    ]);
    expect(readFileSync(path, "utf8")).toMatch(/\n$/);
    expect(problems()).toEqual([]);
  });

  it("can be verified by hand: the hash is that of the bytes before it", async () => {
    await evidence().record(entry());
    const child = spawn("sh", ["-c", `sed 's/,"hash":"[0-9a-f]*"}$/}/' ${path} | tr -d '\\n' | sha256sum`]);
    const [said] = (await child.stdout.toArray()).map(String);
    expect(said).toContain(lines()[0]?.hash);
  });

  it("puts what many ask for at once in the order of asking", async () => {
    const log = evidence();
    const names = Array.from({ length: 50 }, (_, index) => `link-${index}`);
    const heads = await Promise.all(names.map((link) => log.record(entry({ link }))));
    expect(lines().map(({ link }) => link)).toEqual(names);
    expect(heads.map(({ sequence }) => sequence)).toEqual(names.map((_, index) => index + 1));
    expect(problems()).toEqual([]);
  });

  it("is continued by the next process", async () => {
    const { hash } = await evidence().record(entry());
    await evidence().record(entry());
    expect(lines()[1]).toMatchObject({ sequence: 2, previousHash: hash });
  });

  it("holds no line that somebody's name could break, or make long", async () => {
    await evidence().record(entry({ link: "a\nb\u2028\ud800\u0000", because: "long ".repeat(1000) }));
    await evidence().record(entry());
    const [first] = lines();
    expect(first?.link).toBe("a\nb\u2028\ufffd\u0000");
    expect(first?.because).toHaveLength(300);
    expect(problems()).toEqual([]);
  });

  it.each([
    ["a line", 30],
    ["a line less its last byte", 1],
  ])(
    "keeps %s that a killed process has half-written, says so, and goes on from the last whole one",
    async (_, cut) => {
      const first = await evidence().record(entry());
      await evidence().record(entry());
      truncateSync(path, lstatSync(path).size - cut - 1);
      expect(problems()).toMatchObject([{ kind: "cutOff", place: 2, since: "2027-09-05T00:00:00Z" }]);
      const before = readFileSync(path);
      await evidence().record(entry({ action: "removed" }));
      await evidence().record(entry());
      expect(readFileSync(path).subarray(0, before.length)).toEqual(before);
      expect(lines()).toMatchObject([
        { sequence: 1 },
        { sequence: 2, action: "removed", previousHash: first.hash, tear: { bytes: expect.any(Number) } },
        { sequence: 3 },
      ]);
      const { problems: found, notes } = verifyEvidence(readFileSync(path), []);
      expect(found).toEqual([]);
      expect(notes).toEqual([expect.stringMatching(/^line 2 is not whole: .*Line 3 says so/)]);
    },
  );

  it("heals what two processes in a row have left, and a first line too", async () => {
    writeFileSync(path, '{"sequence":1,"at":"20');
    await evidence().record(entry());
    appendFileSync(path, '{"sequence":2,"at');
    appendFileSync(path, '\n{"sequence":2');
    await evidence().record(entry());
    expect(lines().map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(problems()).toEqual([]);
  });

  it("misses nothing where only the last line feed is gone", async () => {
    await evidence().record(entry());
    truncateSync(path, lstatSync(path).size - 1);
    expect(problems()).toEqual([]);
    await evidence().record(entry());
    expect(lines().map(({ tear }) => tear)).toEqual([undefined, undefined]);
    expect(problems()).toEqual([]);
  });

  it("is no other file", async () => {
    for (const content of ["# notes\n", '{"a":1}\n', "\n", `${"x".repeat(300_000)}\n`]) {
      writeFileSync(path, content);
      await expect(evidence().record(entry())).rejects.toMatchObject({
        code: "ERR_EVIDENCE",
        message: expect.stringContaining("holds something else than evidence"),
      });
      expect(readFileSync(path, "utf8")).toBe(content);
    }
  });

  it("is no folder, no device and no symbolic link, and nothing is left of the attempt", async () => {
    const link = join(folder, "link");
    writeFileSync(path, "");
    symlinkSync(path, link);
    for (const [wrong, why] of [
      [folder, /EISDIR/],
      [link, /symbolic link/],
      [join(folder, "absent/evidence.jsonl"), /ENOENT/],
    ] as const) {
      const refused = evidence({}, null, wrong).record(entry());
      await expect(refused).rejects.toMatchObject({ code: "ERR_EVIDENCE", message: expect.stringMatching(why) });
    }
    expect(readdirSync(folder).sort()).toEqual(["evidence.jsonl", "link"]);
  });

  it.skipIf(process.getuid?.() === 0)("that can't be written is an error that names it", async () => {
    writeFileSync(path, "", { mode: 0o400 });
    await expect(evidence().record(entry())).rejects.toThrow(/can't be written \(EACCES\)/);
    chmodSync(folder, 0o500);
    await expect(evidence().record(entry())).rejects.toMatchObject({ code: "ERR_EVIDENCE" });
    chmodSync(folder, 0o700);
  });

  it("on a full disk is an error, and no part of the line stays", async () => {
    await evidence().record(entry());
    const size = lstatSync(path).size;
    // A file may have 512 bytes: the first line has its place there, and a part of the second one.
    const { code, said } = await writer("full", "ulimit -f 1; ");
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringMatching(/^ERR_EVIDENCE .*can't be written \(EFBIG\)/),
    });
    expect(size).toBeLessThan(512);
    expect(lstatSync(path).size).toBe(size);
    await evidence().record(entry());
    expect(lines().map(({ tear }) => tear)).toEqual([undefined, undefined]);
  });
});

/** A process of its own that writes 40 lines, and says why one was not taken; one called "killed" ends after 21. */
async function writer(name: string, before = ""): Promise<{ code: number | null; said: string }> {
  const script = join(folder, `${name}.mts`);
  writeFileSync(
    script,
    `import { Evidence } from ${JSON.stringify(join(__dirname, "evidence.ts"))};
    import { systemPorts } from ${JSON.stringify(join(__dirname, "../hosts/systemPorts.ts"))};
    const log = new Evidence({ path: ${JSON.stringify(path)}, command: null }, systemPorts(null, null, new AbortController().signal));
    for (let index = 0; index < 40; index++) {
      try {
        await log.record({ ...${JSON.stringify(entry())}, link: "${name}" + index });
      } catch (error) {
        process.stdout.write(error.code + " " + error.message);
        break;
      }
      if ("${name}" === "killed" && index === 20) process.kill(process.pid, "SIGKILL");
    }`,
  );
  const child = spawn("sh", ["-c", `${before}exec "$0" "$@"`, process.execPath, "--import", "tsx", script], {
    cwd: join(__dirname, "../.."),
    env: { ...process.env, TSX_DISABLE_CACHE: "1", NODE_COMPILE_CACHE: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  const said = (await child.stdout.toArray()).join("");
  return { code: await ended, said };
}

describe("the lock of a file of evidence", () => {
  it("is gone when nobody writes", async () => {
    await evidence().record(entry());
    expect(readdirSync(folder)).toEqual(["evidence.jsonl"]);
  });

  it("that a killed process has left is taken away after 10 seconds, by one of those who wait", async () => {
    writeFileSync(`${path}.lock`, "");
    const clock = new VirtualClock();
    const others = Array.from({ length: 5 }, () => new Evidence({ path, command: null }, clock.ports()));
    await Promise.all(others.map((log) => log.record(entry())));
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(evidenceLockStaleMs);
    expect(readdirSync(folder)).toEqual(["evidence.jsonl"]);
    expect(problems()).toEqual([]);
    expect(lines()).toHaveLength(5);
  });

  it("that somebody keeps is an error that says what to remove", async () => {
    const clock = new VirtualClock();
    const sleep: Ports["sleep"] = async (milliseconds, signal) => {
      // Another one each time: they are alive.
      rmSync(`${path}.lock`, { force: true });
      writeFileSync(`${path}.lock`, "");
      await clock.ports().sleep(milliseconds * 50, signal);
    };
    writeFileSync(`${path}.lock`, "");
    const log = new Evidence({ path, command: null }, clock.ports({ sleep }));
    await expect(log.record(entry())).rejects.toThrow(/Others kept .*\.lock for 60 seconds/);
  });

  it("keeps several processes apart, also where one of them is killed", async () => {
    const run = async (name: string) => (await writer(name)).code;
    expect(await Promise.all([run("one"), run("other"), run("killed")])).toEqual([0, 0, null]);
    expect(problems()).toEqual([]);
    expect(lines()).toHaveLength(40 + 40 + 21);
  });
});

describe("a command that takes evidence", () => {
  const taken: string[] = [];
  let fails: boolean;
  const runCommand: Ports["runCommand"] = async (command, input) => {
    if (fails) {
      throw new Error(`${command[0]} ended with 1`);
    }
    taken.push(input);
  };
  beforeEach(() => {
    fails = false;
    taken.length = 0;
  });

  it("gets each line, the one of the file where there is one", async () => {
    await evidence({ runCommand }, ["logger", "-t", "azure"]).record(entry());
    expect(taken).toEqual([readFileSync(path, "utf8")]);
  });

  it("gets a chain for each run where there is no file", async () => {
    const [one, other] = [evidence({ runCommand }, ["logger"], null), evidence({ runCommand }, ["logger"], null)];
    await one.record(entry());
    await other.record(entry());
    await one.record(entry({ action: "removed" }));
    await other.record(entry());
    expect(existsSync(path)).toBe(false);
    expect(verifyEvidence(Buffer.from(taken.join("")), []).problems).toEqual([]);
    const withoutOne = taken.filter((_line, index) => index !== 0).join("");
    expect(verifyEvidence(Buffer.from(withoutOne), []).problems).toMatchObject([{ kind: "missing" }]);
  });

  it("that fails is an error, and the file does not keep saying that something is about to be done", async () => {
    fails = true;
    const refused = evidence({ runCommand }, ["logger"]).record(entry({ outcome: "intended" }));
    await expect(refused).rejects.toMatchObject({
      code: "ERR_EVIDENCE",
      message: expect.stringContaining("logger ended with 1"),
    });
    expect(lines()).toMatchObject([
      { outcome: "intended" },
      { outcome: "failed", error: expect.stringContaining("logger ended with 1") },
    ]);
    expect(problems()).toEqual([]);
  });
});

it("a line is what it was made of, and nothing else", () => {
  const { text } = encodeLine({ ...entry(), privateKeyPem: "hush" } as EvidenceEntry, { previous: null });
  expect(text).not.toContain("hush");
});
