import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EvidenceEntry, type EvidenceHead, encodeLine } from "../provider/evidence/evidenceLine";
import { run } from "./program";

const subscription = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const [first, second, signer] = ["3F2A1B4C", "99C1D2E3", "78958B10"].map((start) => start.padEnd(40, "0")) as [
  string,
  string,
  string,
];
const entry = (overrides: Partial<EvidenceEntry>): EvidenceEntry => ({
  at: "2027-01-01T00:00:00Z",
  stack: "access/prod",
  link: "on-call-production",
  door: `subscription ${subscription}`,
  action: "registered",
  outcome: "done",
  thumbprint: first,
  because: "new here",
  credential: signer,
  ...overrides,
});
const entries: readonly EvidenceEntry[] = [
  entry({ outcome: "intended" }),
  entry({ requestId: "r-1" }),
  entry({ at: "2027-09-05T00:00:00Z", thumbprint: second, because: "successor: bob left", outcome: "intended" }),
  entry({ at: "2027-09-05T00:00:00Z", thumbprint: second, because: "successor: bob left" }),
  entry({ at: "2027-09-05T00:00:01Z", action: "removed", because: "revoked: bob held it", outcome: "intended" }),
  entry({
    at: "2027-09-05T00:00:01Z",
    action: "removed",
    because: "revoked: bob held it",
    outcome: "failed",
    error: "gone\u001b[2J",
  }),
  entry({ at: "2027-09-06T00:00:00Z", action: "foundMissing", because: "removed by somebody else", outcome: "seen" }),
];

let folder: string;
let printed: string;
let complained: string;
let file: string;
let texts: string[];
let head: EvidenceHead | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
  file = join(folder, "evidence.jsonl");
  head = null;
  texts = entries.map((one) => {
    const line = encodeLine(one, { previous: head });
    head = line.head;
    return line.text;
  });
  write(texts);
  [printed, complained] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    complained += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  process.exitCode = 0;
  rmSync(folder, { recursive: true, force: true });
});

function write(lines: readonly string[]): void {
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
}

function stateWith(
  evidence: EvidenceHead | null,
  history: readonly object[] = [],
  name = "on-call-production",
): string {
  const path = join(folder, `${name.length}.json`);
  const type = "azure-certificates:index:SubscriptionCertificateLink";
  const outputs = {
    subscriptionId: subscription,
    thumbprint: second,
    registered: [],
    history,
    ...(evidence && { evidence }),
  };
  const resource = { urn: `urn:pulumi:prod::access::${type}::${name}`, type, outputs };
  writeFileSync(path, JSON.stringify({ version: 3, deployment: { resources: [resource] } }));
  return path;
}

const history = (...args: readonly string[]) => run(["history", ...args]);

describe("azure-certificates history", () => {
  it("lists each effect once, why and by whom, and finds the file intact", async () => {
    expect(await history(file, "--state", stateWith(head))).toBe(0);
    const [one = "", two = "", three = "", four = "", _, verdict = ""] = printed.split("\n");
    expect(one).toMatch(
      /^ {2}2027-01-01 00:00 UTC {2}registered +3F2A1B4C… {2}subscription 7e4c1a2b\S* {2}access\/prod on-call-production {2}new here \(by 78958B10…\)$/,
    );
    expect(two).toMatch(/registered .* successor: bob left/);
    expect(three).toMatch(/not removed .* revoked: bob held it: gone\uFFFD\[2J/);
    expect(four).toMatch(/found missing .* removed by somebody else/);
    expect(verdict).toBe(
      `${file} is intact: 7 lines, each with the hash of the one before. It holds the 1 line that the given stacks remember.`,
    );
    expect(complained).toBe("");
  });

  it("says that the end was not compared where no stack is given, or none remembers a line", async () => {
    expect(await history(file)).toBe(0);
    expect(printed).toContain(
      "It was compared with no stack, so what was cut off at its end would not show: add --state.",
    );
    expect(await history(file, "--state", stateWith(null))).toBe(0);
    expect(printed).toContain("The given stacks remember no line of it");
  });

  it("exits with 2 where a line is missing, and says which, and since when", async () => {
    write(texts.toSpliced(3, 1));
    expect(await history(file)).toBe(2);
    expect(printed).toMatch(
      /is NOT intact: 2 things are wrong in 6 lines\..*\n {2}line 4 has the number 5 and follows 3: one line is missing before it \(after 2027-09-05 00:00 UTC\)\./,
    );
    expect(printed).toMatch(/to be registered\? {2}99C1D2E3…/);
  });

  it("exits with 2 where the end was cut off, to a stack that remembers it", async () => {
    write(texts.slice(0, 4));
    expect(await history(file, "--state", stateWith(head))).toBe(2);
    expect(printed).toMatch(
      /It lacks 1 of the 1 line that the given stacks remember\.\n {2}the stack's link access\/prod on-call-production wrote number 7/,
    );
  });

  it("shows what was asked for, and verifies everything all the same", async () => {
    write(texts.toSpliced(1, 1));
    expect(await history(file, "--since", "2027-09-06", "--json")).toBe(2);
    const { entries: shown, verified } = JSON.parse(printed);
    expect(shown).toMatchObject([{ at: "2027-09-06T00:00:00Z", action: "foundMissing", outcome: "seen", place: 6 }]);
    expect(verified).toMatchObject({ intact: false, lines: 6, problems: [{ kind: "missing", place: 2 }] });
  });

  it.each([
    [["--thumbprint", "99:c1:d2"], 1],
    [["--door", subscription.slice(0, 8).toUpperCase()], 4],
    [["--door", "application"], 0],
    [["--since", "8w"], 3],
    [["--since", "24h"], 1],
  ])("with %j shows %d", async (filter, expected) => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2027-09-06T12:00:00Z") });
    expect(await history(file, "--json", ...filter)).toBe(0);
    expect(JSON.parse(printed).entries).toHaveLength(expected);
  });

  it("prints what the links themselves remember where there is no file", async () => {
    const entries = [
      {
        at: "2027-09-05T00:00:00Z",
        action: "registered",
        thumbprint: second,
        because: "successor: bob left",
        credential: signer,
      },
      { at: "2027-01-01T00:00:00Z", action: "adopted", thumbprint: first, because: "there\u202E before" },
    ];
    expect(await history("--state", stateWith(null, entries))).toBe(0);
    expect(printed.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/2027-01-01 00:00 UTC {2}adopted .* there\uFFFD before$/),
      expect.stringMatching(/2027-09-05 00:00 UTC {2}registered .* successor: bob left \(by 78958B10…\)$/),
    ]);
  });

  it("takes the file that the environment names", async () => {
    vi.stubEnv("AZURE_CERTIFICATES_EVIDENCE_PATH", file);
    expect(await history()).toBe(0);
    expect(printed).toContain("is intact: 7 lines");
  });

  it.each([
    [() => [], /There is no evidence to look at/],
    [() => [join(folder, "absent")], /can't be read \(ENOENT\)/],
    [() => [file, "--since", "yesterday"], /It must be a time as 30d/],
    [() => [file, "--state", file], /no stack export/],
  ])("exits with 1 for what can't be read: %#", async (args, sentence) => {
    vi.stubEnv("AZURE_CERTIFICATES_EVIDENCE_PATH", "");
    expect(await history(...args())).toBe(1);
    expect(complained).toMatch(sentence);
  });
});
