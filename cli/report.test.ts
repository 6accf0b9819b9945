import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { azureCertificates } from "../test/support/commandLine";
import { companyState, smallCompany } from "../test/support/companyState";

const asOf = "2027-03-01T12:00:00Z";
const state = (stack: string) => JSON.stringify(companyState(smallCompany, new Date(asOf), stack));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "azure-certificates-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("azure-certificates report", () => {
  it("makes a page of what is piped in, and exits with 0 whatever it says", async () => {
    const outcome = await azureCertificates(["report"], state("prod"), asOf);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  });

  it("makes one file of many states", async () => {
    const files = ["east", "west"].map((stack) => {
      const file = join(folder, `${stack}.json`);
      writeFileSync(file, state(stack));
      return file;
    });
    const output = join(folder, "certificates.prom");
    const states = files.flatMap((file) => ["--state", file]);
    const args = ["report", ...states, "--format", "prometheus", "--output", output];
    expect(await azureCertificates(args, "", asOf)).toEqual({ code: 0, stdout: "", stderr: "" });
    const text = readFileSync(output, "utf8");
    expect(text).toContain('azure_certificates_missed_runs{project="access",stack="east"} 0');
    expect(text).toContain('azure_certificates_missed_runs{project="access",stack="west"} 0');
    expect(readdirSync(folder).sort()).toEqual(["certificates.prom", "east.json", "west.json"]);
  });

  it("exits with 1 and one readable block where it can't write", async () => {
    const outcome = await azureCertificates(["report", "--output", "none/at/all"], state("prod"), asOf);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^error: none\/at\/all can't be written \(ENOENT\)\./);
  });
});
