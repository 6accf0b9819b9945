import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rotate } from "./rotate";
import type { Operation, RunOptions, RunResult, RunStep, StackRunner } from "./stackRunner/stackRunner";

const project = "urn:pulumi:prod::access::";
const certificateType = "azure-certificates:index:ManagementCertificate";
const linkType = "azure-certificates:index:SubscriptionCertificateLink";
const certificate = `${project}${certificateType}::alice`;
const link = `${project}${linkType}::alice/prod`;
const gone = `${project}${linkType}::bob/prod`;
const thumbprint = "3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C";
const now = new Date("2027-03-01T00:00:00Z");

/** A state in which alice's certificate is due from a day on. */
function stateDueFrom(renewalTime: string): string {
  const outputs = { thumbprint, issuedAt: "2026-06-01T00:00:00Z", renewalTime, notAfter: "2028-06-01T00:00:00Z" };
  const resources = [
    { urn: certificate, type: certificateType, outputs },
    { urn: link, type: "things:index:Thing", dependencies: [certificate] },
  ];
  return JSON.stringify({ version: 3, deployment: { resources } });
}
const due = stateDueFrom("2027-02-01T00:00:00Z");
const later = stateDueFrom("2027-10-01T00:00:00Z");

function step(urn: string, operation: Operation, reasons: readonly string[] = []): RunStep {
  const [, , type = "", name = ""] = urn.split("::");
  return { urn, type, name, operation, reasons, failed: false, leftover: false };
}

function result(steps: readonly RunStep[], errors: readonly string[] = []): RunResult {
  const changes = { same: 0, create: 0, update: steps.length, replace: 0, delete: 0 };
  return { succeeded: errors.length === 0, changes, steps, diagnostics: errors };
}

const rotation = [
  step(certificate, "update", [
    "due: rotates now, because the renewal window opened on 2027-02-01 (notAfter 2028-06-01)",
  ]),
  step(link, "update", ["due: registers the successor of 3F2A1B4C… on subscription 5a1f1c9e"]),
];

/** An engine that answers what it is told, and remembers which updates it was asked for. */
function runnerOf(parts: { states: readonly (string | Error)[]; preview?: RunResult; up?: RunResult }) {
  const states = [...parts.states];
  const updates: Omit<RunOptions, "say" | "signal">[] = [];
  const runner: StackRunner = {
    name: "an engine",
    stack: "prod",
    export: async () => {
      const next = states.shift();
      if (typeof next !== "string") {
        throw next;
      }
      return next;
    },
    preview: async () => parts.preview ?? result(rotation),
    up: async ({ say, signal: _, ...options }) => {
      updates.push(options);
      say("alice updated\u001b[2J");
      return parts.up ?? result(rotation);
    },
    destroy: () => Promise.reject(new Error("nobody asked for that")),
  };
  return { runner, updates };
}

let printed: { out: string; err: string };
beforeEach(() => {
  printed = { out: "", err: "" };
  const into = (stream: "out" | "err") => (text: unknown) => {
    printed[stream] += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(into("out"));
  vi.spyOn(process.stderr, "write").mockImplementation(into("err"));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("azure-certificates rotate", () => {
  it("tells what is due, what follows and what is no rotation, and changes nothing", async () => {
    const file = step(`${project}azure-certificates:index:CertificateFile::key`, "update", ["may be written again"]);
    const preview = result([...rotation, file, step(gone, "delete")]);
    const state = JSON.parse(due);
    state.deployment.resources.push({ urn: file.urn, type: "", dependencies: [link] });
    const { runner, updates } = runnerOf({ states: [JSON.stringify(state)], preview });
    expect(await rotate(runner, {}, () => now)).toBe(2);
    expect(updates).toEqual([]);
    expect(printed).toEqual({
      out: `As of 2027-03-01 00:00 UTC, 2 resources have something due (stack prod, previewed with an engine):

  since 2027-02-01 00:00 UTC  alice       rotates now, because the renewal window opened on 2027-02-01 (notAfter 2028-06-01)
  now                         alice/prod  registers the successor of 3F2A1B4C… on subscription 5a1f1c9e

Follows from that:
  update  key  CertificateFile: may be written again

In the same preview, and no rotation; --apply would carry it out too, --apply --only-due would not:
  delete  bob/prod  SubscriptionCertificateLink

Nothing was changed. To carry it out: azure-certificates rotate --stack prod --apply --only-due
`,
      err: "",
    });
  });

  it("carries out what is due, and says when the next date is", async () => {
    const { runner, updates } = runnerOf({ states: [due, later] });
    expect(await rotate(runner, { apply: true }, () => now)).toBe(0);
    expect(updates).toEqual([{ continueOnError: true }]);
    expect(printed.out).toMatch(
      /\n\nDone: 2 updated\. Nothing is due any more\. The next date is 2027-10-01: alice rotates .*\n$/,
    );
    expect(printed.err).toBe("alice updated\uFFFD[2J\n");
  });

  it("aims at what is due and what depends on it, with --only-due", async () => {
    const { runner, updates } = runnerOf({
      states: [due, later],
      preview: result([...rotation, step(gone, "delete")]),
    });
    expect(await rotate(runner, { apply: true, onlyDue: true }, () => now)).toBe(0);
    expect(updates).toEqual([{ targets: [certificate, link], continueOnError: true }]);
  });

  it("refuses to delete what is no rotation, and says how to go on", async () => {
    const { runner, updates } = runnerOf({ states: [due], preview: result([...rotation, step(gone, "delete")]) });
    expect(await rotate(runner, { apply: true }, () => now)).toBe(1);
    expect(updates).toEqual([]);
    expect(printed.err).toMatch(
      /^error: Refused: .* --only-due .* --allow-deletes if it is meant\.\n {2}delete bob\/prod\n$/,
    );
  });

  it.each([
    {
      what: "an update that fails",
      states: [due, due],
      up: result(
        rotation.map((each) => ({ ...each, failed: each.urn === link })),
        ["alice/prod: STILL OPEN: 3F2A1B4C…"],
      ),
      out: "Not all of it was done: 1 updated, 1 failed; what was done is kept.\n\nStill due:\n",
      says: "STILL OPEN",
    },
    {
      what: "something that is still due",
      states: [due, due],
      up: result(rotation),
      out: "done: 2 updated.\n\nStill due:\n",
      says: "",
    },
    {
      what: "a state that can't be read afterwards",
      states: [due, new Error("no network")],
      up: result(rotation),
      out: "done: 2 updated; what was done is kept.\n",
      says: "not known. no network",
    },
  ])("exits with 3 after $what", async ({ states, up, out, says }) => {
    const { runner } = runnerOf({ states, up });
    expect(await rotate(runner, { apply: true }, () => now)).toBe(3);
    expect(printed.out).toContain(out);
    expect(printed.err).toContain(says);
  });

  it("exits with 1 after a preview that failed, and says that nothing was changed", async () => {
    const { runner, updates } = runnerOf({ states: [due], preview: result([], ["incorrect passphrase"]) });
    expect(await rotate(runner, { apply: true }, () => now)).toBe(1);
    expect(updates).toEqual([]);
    expect(printed).toEqual({
      out: "",
      err: "error: The preview of the stack prod failed: nothing was changed.\nincorrect passphrase\n",
    });
  });

  it("runs no update where nothing is due, whatever else the preview holds", async () => {
    const { runner, updates } = runnerOf({ states: [later], preview: result([step(gone, "delete")]) });
    expect(await rotate(runner, { apply: true, allowDeletes: true }, () => now)).toBe(0);
    expect(updates).toEqual([]);
    expect(printed.out).toMatch(
      /^As of 2027-03-01 00:00 UTC, nothing is due .* The next date is 2027-10-01: alice rotates/,
    );
    expect(printed.out).toContain("delete  bob/prod");
  });

  it("prints JSON that a program can read, with its exit code", async () => {
    const { runner } = runnerOf({ states: [due, later] });
    expect(await rotate(runner, { apply: true, json: true, onlyDue: true }, () => now)).toBe(0);
    expect(JSON.parse(printed.out)).toMatchObject({
      asOf: "2027-03-01T00:00:00Z",
      stack: "prod",
      due: [
        { name: "alice", since: "2027-02-01T00:00:00Z" },
        { name: "alice/prod", since: null },
      ],
      decision: "apply",
      applied: { succeeded: true, targets: [certificate, link], stillDue: [], next: { date: "2027-10-01T00:00:00Z" } },
      exitCode: 0,
    });
  });
});
