import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EvidenceHead, EvidenceLine } from "../../provider/evidence/evidenceLine";
import { verifyEvidence } from "../../provider/evidence/verifyEvidence";
import type { Values } from "../../provider/resources/lifecycle";
import { foreignCertificate } from "../support/foreignCertificate";
import { KeyScan } from "../support/keyScan";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evidence-"));
  file = join(folder, "evidence.jsonl");
});
afterEach(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (config: Record<string, string> = { evidencePath: file }) => {
  stack = await SmallStack.start("2027-01-01", { config });
};
const written = () => readFileSync(file, "utf8");
const lines = (): EvidenceLine[] =>
  written()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as EvidenceLine);
const problems = (...names: readonly string[]) =>
  verifyEvidence(
    readFileSync(file),
    names.map((link) => ({ link, ...(stack.stored(link)?.["evidence"] as EvidenceHead) })),
  ).problems;
const historyOf = (name: string) => stack.stored(name)?.["history"] as Values[] | undefined;
const told = ({ action, outcome, because }: EvidenceLine) => `${outcome} ${action}: ${because}`;

describe("what a link leaves behind", () => {
  it("is a line before and after each effect, and the door's own history: when, why, the request and by whom", async () => {
    await start();
    const scan = new KeyScan();
    const first = await stack.certificate("on-call", { holders: ["alice", "bob"] });
    await stack.link("on-call-prod", first);
    stack.at("2027-09-05");
    const second = await stack.certificate("on-call", { holders: ["alice", "bob"] });
    await stack.link("on-call-prod", second);
    stack.at("2027-09-12");
    await stack.link("on-call-prod", second);
    stack.at("2027-10-01");
    const third = await stack.certificate("on-call", { holders: ["alice"] });
    await stack.link("on-call-prod", third);

    const rotation = "successor: the renewal window opened on 2027-09-01 (notAfter 2028-01-01)";
    expect(lines().map(told)).toEqual([
      "intended registered: new here",
      "done registered: new here",
      `intended registered: ${rotation}`,
      `done registered: ${rotation}`,
      "intended removed: previous, its overlap until 2027-09-12 00:00 UTC has ended",
      "done removed: previous, its overlap until 2027-09-12 00:00 UTC has ended",
      "intended registered: successor: bob left",
      "done registered: successor: bob left",
      "intended removed: revoked: bob held it",
      "done removed: revoked: bob held it",
    ]);
    const requests = stack.emulator.journal().filter(({ method }) => method !== "GET");
    const done = lines().filter(({ outcome }) => outcome === "done");
    expect(done.map(({ requestId }) => requestId)).toEqual(requests.map(({ requestId }) => requestId));
    const credential = stack.emulator.credentialThumbprint;
    const door = `subscription ${stack.subscription}`;
    expect(lines().every((line) => line.credential === credential && line.door === door)).toBe(true);
    const entries = done.map(({ at, action, thumbprint, because, requestId }) => {
      return { at, action, thumbprint, because, requestId, credential };
    });
    expect(historyOf("on-call-prod")).toEqual(entries.toReversed());
    expect(stack.stored("on-call-prod")).toMatchObject({ evidence: { sequence: 10, hash: lines()[9]?.hash } });
    expect(problems("on-call-prod")).toEqual([]);
    for (const { privateKeyPem } of [first, second, third]) {
      scan.know(String(privateKeyPem));
    }
    expect(scan.shows(written()) || scan.shows(JSON.stringify(historyOf("on-call-prod")))).toBe(false);
  });

  it("says by which application an app registration was changed", async () => {
    await start();
    const first = await stack.certificate("pipeline");
    await stack.applicationLink("sign-in", first);
    await stack.newRun();
    await stack.remove("sign-in").catch(() => {});
    const [application] = stack.emulator.directory.applications;
    expect(lines().slice(0, 2)).toMatchObject(
      ["intended", "done"].map((outcome) => ({
        outcome,
        door: `application ${application?.appId}`,
        credential: `application ${stack.emulator.directory.administrator.appId}`,
      })),
    );
    const { requestId } = stack.emulator.journal().findLast(({ method }) => method === "PATCH") ?? {};
    expect(lines()[1]?.requestId?.replaceAll("-", "")).toBe(requestId);
  });

  it("is kept without a file too, and a state of an earlier version is no reason for an update", async () => {
    await start({});
    const first = await stack.certificate("alice");
    const { history, ...earlier } = await stack.link("alice-prod", first);
    expect(history).toHaveLength(1);
    expect(earlier).not.toHaveProperty("evidence");
    stack.rollBack("alice-prod", earlier);
    stack.emulator.clearJournal();
    expect(await stack.link("alice-prod", first)).toBe(earlier);
    expect(await stack.refresh("alice-prod")).toEqual(earlier);
    expect(stack.emulator.journal().map(({ method }) => method)).toEqual(["GET"]);
  });

  it("keeps the newest 20 entries", async () => {
    await start({});
    const entry = { at: "2026-01-01T00:00:00Z", action: "removed", thumbprint: "A".repeat(40), because: "revoked" };
    const state = await stack.link("alice-prod", await stack.certificate("alice"));
    stack.rollBack("alice-prod", { ...state, history: Array.from({ length: 20 }, () => entry) });
    stack.at("2027-09-05");
    await stack.link("alice-prod", await stack.certificate("alice"));
    expect(historyOf("alice-prod")).toHaveLength(20);
    expect(historyOf("alice-prod")?.[0]).toMatchObject({ action: "registered", at: "2027-09-05T00:00:00Z" });
  });

  it("says what was found, and by whom nobody knows", async () => {
    await start();
    const foreign = await foreignCertificate();
    stack.emulator.plant(stack.subscription, foreign.der);
    await stack.bareLink("old-one", { certificatePem: foreign.pem });
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    await stack.newRun();
    stack.emulator.take(stack.subscription, String(first["thumbprint"]));
    await stack.refresh("alice-prod");
    await stack.refresh("alice-prod");
    await expect(stack.link("alice-prod", first)).rejects.toMatchObject({ code: "ERR_REMOVED_ELSEWHERE" });
    expect(historyOf("old-one")).toMatchObject([{ action: "adopted", because: "there before this link" }]);
    expect(historyOf("alice-prod")).toMatchObject([{ action: "foundMissing" }, { action: "registered" }]);
    await stack.link("alice-prod", first, { whenRemovedElsewhere: "restore" });
    expect(historyOf("alice-prod")?.[0]).toMatchObject({
      action: "registered",
      because: "current, removed by somebody else and restored",
    });
    expect(problems("old-one", "alice-prod")).toEqual([]);
  });
});

describe("a run that is killed between an effect and its line", () => {
  it("leaves an intention of which nothing is heard, until the next run looks at the door", async () => {
    await start();
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.at("2027-09-05");
    const before = stack.stored("alice-prod") ?? {};
    const second = await stack.certificate("alice");
    await stack.link("alice-prod", second);
    // As if it had died right there: the second line is not written, and no state.
    writeFileSync(file, written().split("\n").slice(0, 3).concat("").join("\n"));
    stack.rollBack("alice-prod", before);
    expect(problems("alice-prod")).toMatchObject([{ kind: "unsettled", place: 3 }]);

    await stack.newRun();
    await stack.link("alice-prod", second);
    expect(lines().slice(3).map(told)).toEqual([
      "seen found: of this lineage and without a record: of a run that was killed, or a renamed link",
    ]);
    expect(problems("alice-prod")).toEqual([]);
    expect(historyOf("alice-prod")?.[0]).toMatchObject({ action: "found", thumbprint: second["thumbprint"] });
  });

  it("while it removed something, is noticed as well", async () => {
    await start();
    await stack.link("alice-prod", await stack.certificate("alice"));
    await stack.newRun();
    const before = stack.snapshot();
    await stack.remove("alice-prod");
    writeFileSync(file, written().split("\n").slice(0, 3).concat("").join("\n"));
    stack.restore(before);
    expect(problems("alice-prod")).toMatchObject([{ kind: "unsettled", place: 3 }]);
    await stack.newRun();
    await stack.remove("alice-prod");
    expect(lines()[3]).toMatchObject({ action: "foundMissing", outcome: "seen" });
    expect(problems()).toEqual([]);
  });
});

/** A folder in the place of the file: nothing can be appended to it, whoever asks. */
function breakEvidence(): void {
  rmSync(file, { force: true });
  mkdirSync(file);
}

describe("evidence that can't be written", () => {
  it("opens nothing: the effect is not carried out", async () => {
    await start();
    breakEvidence();
    const first = await stack.certificate("alice");
    await expect(stack.link("alice-prod", first)).rejects.toMatchObject({
      code: "ERR_EVIDENCE",
      message: expect.stringContaining(file),
    });
    expect(stack.registered()).toEqual([]);
    expect(stack.stored("alice-prod")).toBeUndefined();
    expect(stack.emulator.journal().every(({ method }) => method === "GET")).toBe(true);
  });

  it("retires nothing, and goes on once it can be written again", async () => {
    await start();
    await stack.link("alice-prod", await stack.certificate("alice"));
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    await stack.link("alice-prod", second);
    stack.at("2027-09-12");
    breakEvidence();
    await expect(stack.link("alice-prod", second)).rejects.toMatchObject({ code: "ERR_EVIDENCE" });
    expect(stack.registered()).toHaveLength(2);
    rmSync(file, { recursive: true });
    await stack.link("alice-prod", second);
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  it("keeps nobody's door open: what a leaver held goes all the same, and the failure is told", async () => {
    await start();
    stack.emulator.plant(stack.subscription, (await foreignCertificate()).der);
    const first = await stack.certificate("on-call", { holders: ["alice", "bob"] });
    await stack.link("on-call-prod", first);
    breakEvidence();
    const second = await stack.certificate("on-call", { holders: ["alice"] });
    const foreign = stack.registered().filter((thumbprint) => thumbprint !== first["thumbprint"]);
    await expect(stack.link("on-call-prod", second)).rejects.toMatchObject({ code: "ERR_EVIDENCE" });
    expect(stack.registered()).toEqual(foreign);
    expect(historyOf("on-call-prod")?.[0]).toMatchObject({ action: "removed", because: "revoked: bob held it" });
    rmSync(file, { recursive: true });
    await stack.link("on-call-prod", second);
    expect(stack.registered().toSorted()).toEqual([...foreign, second["thumbprint"]].toSorted());
  });

  it("does not keep a link that is removed either", async () => {
    await start();
    await stack.link("alice-prod", await stack.certificate("alice"));
    await stack.newRun();
    breakEvidence();
    await expect(stack.remove("alice-prod")).rejects.toMatchObject({ code: "ERR_EVIDENCE" });
    expect(stack.registered()).toEqual([]);
    rmSync(file, { recursive: true });
    await stack.remove("alice-prod");
    expect(lines()).toMatchObject([{ action: "foundMissing" }]);
  });

  it("after an effect is told, and the state knows of the effect", async () => {
    await start({ evidenceCommand: '["collector"]' });
    const runCommand = async (_command: readonly string[], input: string) => {
      if (input.includes('"outcome":"done"')) {
        throw new Error("collector ended with 1");
      }
    };
    await stack.newRun({ runCommand });
    const first = await stack.certificate("alice");
    await expect(stack.link("alice-prod", first)).rejects.toThrow(
      /did not take a line of evidence: collector ended with 1/,
    );
    expect(stack.registered()).toEqual([first["thumbprint"]]);
    expect(stack.stored("alice-prod")).toMatchObject({
      registered: [{ thumbprint: first["thumbprint"] }],
      history: [{ action: "registered" }],
    });
  });
});

it("a change that fails says so in the evidence, with the service's words and no others", async () => {
  await start();
  const refused = { kind: "status", status: 400, code: "BadRequest", message: "no" } as const;
  stack.emulator.misbehave([{ match: { method: "POST" }, do: refused }]);
  await expect(stack.link("alice-prod", await stack.certificate("alice"))).rejects.toMatchObject({
    code: "ERR_SERVICE",
  });
  expect(lines()).toMatchObject([{ outcome: "intended" }, { outcome: "failed", error: expect.stringContaining("no") }]);
  expect(problems()).toEqual([]);
});
