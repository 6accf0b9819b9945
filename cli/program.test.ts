import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pemOf } from "../provider/certificate/pem";
import { azureCertificates } from "../test/support/commandLine";
import { oddCertificate } from "../test/support/oddCertificates";

const type = "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate";
const state = JSON.stringify({
  version: 3,
  deployment: {
    resources: [
      {
        urn: `urn:pulumi:prod::access::${type}::alice`,
        type,
        outputs: {
          thumbprint: "3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C",
          issuedAt: "2026-06-01T00:00:00Z",
          renewalTime: "2027-02-01T00:00:00Z",
          notAfter: "2027-06-01T00:00:00Z",
        },
      },
    ],
  },
});

let folder: string;
let stateFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "azure-certificates-"));
  stateFile = join(folder, "state.json");
  writeFileSync(stateFile, state);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the command", () => {
  it("exits with 0 where nothing is due", async () => {
    const outcome = await azureCertificates(["due", "--state", stateFile], "", "2026-07-01T00:00:00Z");
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain("The next date is 2027-02-01: alice rotates");
  });

  it("exits with 2 where something is due, and looks as far as it is told", async () => {
    const outcome = await azureCertificates(
      ["due", "--within", "40w", "--state", stateFile],
      "",
      "2026-07-01T00:00:00Z",
    );
    expect(outcome).toMatchObject({ code: 2, stderr: "" });
    expect(outcome.stdout).toContain("2027-02-01 00:00 UTC  rotation  alice");
  });

  it("reads a state from a pipe, and writes JSON that a program can read", async () => {
    const outcome = await azureCertificates(["due", "--json"], state, "2027-03-01T00:00:00+01:00");
    expect(outcome.code).toBe(2);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      asOf: "2027-02-28T23:00:00Z",
      due: [{ kind: "rotation", overdue: true, name: "alice" }],
    });
  });

  it("reads what Windows PowerShell makes of a redirected export", async () => {
    writeFileSync(stateFile, Buffer.from(`\uFEFF${state}`, "utf16le"));
    const outcome = await azureCertificates(["due", "--state", stateFile], "", "2026-07-01T00:00:00Z");
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    { what: "a missing file", args: ["due", "--state", "/nowhere/state.json"], says: "can't be read (ENOENT)" },
    { what: "a wrong time", args: ["due", "--within", "soon"], says: "as 12h, 30d or 8w" },
    {
      what: "a wrong date",
      args: ["due", "--state", "-"],
      asOf: "tomorrow",
      says: "AZURE_CERTIFICATES_AS_OF must be a date",
    },
    { what: "an unknown verb", args: ["duo"], says: "unknown command 'duo'" },
    { what: "an unknown option", args: ["due", "--stat"], says: "unknown option '--stat'" },
    {
      what: "an offboarding by a stack with --apply",
      args: ["offboard", "alice", "--apply"],
      says: "goes with --state",
    },
    { what: "an empty pipe", args: ["due"], says: "it is not JSON" },
  ])("exits with 1 and one readable block for $what", async ({ args, asOf, says }) => {
    const outcome = await azureCertificates(args, "", asOf);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^error: /);
    expect(outcome.stderr).toContain(says);
    expect(outcome.stderr).not.toMatch(/^ {4}at /m);
    expect(outcome.stderr).not.toContain("\u001b");
  });

  it("teaches: its help has examples and the exit codes", async () => {
    const outcome = await azureCertificates(["--help"]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain("$ azure-certificates emulator");
    expect(outcome.stdout).toContain("Exit codes:");
  });

  it("knows its version", async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
    expect(await azureCertificates(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("azure-certificates roster check", () => {
  const card = {
    subscriptions: ["production", "staging"],
    certificatePem: pemOf("CERTIFICATE", oddCertificate({}).der),
  };
  const team = `subscriptions:
  production: 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b
  staging: { id: b1946ac9-2f5e-4d8a-9c3b-5e6f7a8b9c0d, certificateLimit: 2 }
people:
  alice: { name: Alice Archer, subscriptions: [production] }
  bob: { name: Bob Brown }
  carol: { name: Carol Clark }
  dora: { name: Dora Dunn, certificates: { card: ${JSON.stringify(card)} } }
groups:
  on-call: { members: [alice, bob], subscriptions: [production, staging] }
  night: { members: [bob], subscriptions: [staging] }
`;

  it("shows who signs in where, what a stolen key would open, and how full each subscription gets", async () => {
    const file = join(folder, "team.yaml");
    writeFileSync(file, team);
    const { code, stdout } = await azureCertificates(["roster", "check", file]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `4 people, 2 groups, 2 subscriptions, 4 certificates.

Who signs in where (own: with a key of their own; otherwise with what they bring, or the group that shares one):
                        production     staging
  alice (Alice Archer)  own + on-call  on-call
  bob (Bob Brown)       on-call        night + on-call
  carol (Carol Clark)   -              -
  dora (Dora Dunn)      card           card

What one stolen key would open:
  card, brought by dora: production, staging
  on-call, held by alice, bob: production, staging
  night, held by bob: staging

Without any door: carol.

Certificates of this roster on each subscription; what others have there is not counted:
  production: 3 of 100, 5 while all of them rotate
  staging: 3 of 2, 5 while all of them rotate: more than it takes, so some have to be shared
`,
    });
    const { stdout: json } = await azureCertificates(["roster", "check", file, "--json"]);
    expect(JSON.parse(json).people[1]).toEqual({
      id: "bob",
      name: "Bob Brown",
      subscriptions: {
        production: { own: false, pasted: [], groups: ["on-call"] },
        staging: { own: false, pasted: [], groups: ["night", "on-call"] },
      },
    });
  });

  it("tells each mistake with its place, and exits with 1", async () => {
    const file = join(folder, "team.yaml");
    writeFileSync(file, team.replace("[alice, bob]", "[alice, eve]").replace("[staging]", "[stagin]"));
    const { code, stdout, stderr } = await azureCertificates(["roster", "check", file]);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr: `error: ${file} can't be used: 2 things are wrong with it. Nobody is removed because of that.
  ${file}:10:31: there is no person eve in this file
      on-call: { members: [alice, eve], subscriptions: [production, staging] }
  ${file}:11:44: there is no subscription stagin in this file
      night: { members: [bob], subscriptions: [stagin] }
`,
    });
    const missing = await azureCertificates(["roster", "check", join(folder, "absent.yaml")]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("can't be read (ENOENT)") });
  });
});
