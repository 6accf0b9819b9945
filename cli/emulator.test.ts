import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emulatorCommand } from "./emulator";

const subscriptionId = "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10";

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-verb-"));
});

afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
});

/** The verb in a process of its own, as the command would run it. */
async function start(...args: string[]) {
  const program = join(__dirname, "emulator.ts");
  const child = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      "-e",
      `require(${JSON.stringify(program)}).emulatorCommand().parseAsync(process.argv.slice(1), { from: "user" })`,
      "--",
      ...args,
    ],
    { stdio: ["ignore", "pipe", "pipe"], cwd: join(__dirname, "..") },
  );
  children.push(child);
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  await new Promise<void>((resolve) =>
    reader.on("line", (line) => {
      lines.push(line);
      resolve();
    }),
  );
  return { child, exited, lines };
}

describe("the verb emulator", () => {
  it("announces itself with one line of JSON, serves, and goes away on SIGTERM with its files", async () => {
    const { child, exited, lines } = await start("--subscriptions", subscriptionId.toUpperCase(), "--rate", "10/s");
    const ready = JSON.parse(lines[0] ?? "");
    expect(Object.keys(ready)).toEqual([
      "endpoint",
      "publishSettingsPath",
      "caCertificatePath",
      "credentialPath",
      "subscriptions",
      "tenantId",
      "administrator",
      "applications",
    ]);
    expect(ready.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(ready.subscriptions).toEqual([subscriptionId]);
    expect(readFileSync(ready.credentialPath, "utf8")).toContain("BEGIN CERTIFICATE");
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(lines).toHaveLength(1);
    expect(existsSync(ready.credentialPath)).toBe(false);
  });

  it.each([
    [["--port", "99999"], "from 0 to 65535"],
    [["--rate", "fast"], "as 10/s"],
    [["--rate", "0/s"], "as 10/s"],
    [["--rate-scope", "tenant"], "subscription, service"],
    [["--certificate-limit", "0"], "from 1"],
    [["--subscriptions", "mine"], '"mine" is no GUID'],
    [["--as-of", "tomorrow"], "2027-03-01T00:00:00Z"],
  ])("refuses %j with what it must be", async (args, words) => {
    let said = "";
    const command = emulatorCommand()
      .exitOverride()
      .configureOutput({ writeErr: (text) => (said += text) });
    await expect(command.parseAsync(args, { from: "user" })).rejects.toThrow();
    expect(said).toContain(words);
  });

  it.each([
    [
      "- do: { kind: explode }",
      'is not a list of faults:\n  Entry 1: do.kind is "explode", but must be one of throttle, ',
    ],
    [
      '[{"do":{"kind":"truncate"}},{"do":{"kind":"reset"}}]',
      "Entry 2: do.when is missing; it must be one of before, after.",
    ],
    ["do: [", "can't be read"],
    [null, "can't be read"],
  ])("refuses the faults file %j", async (content, words) => {
    const file = join(folder, "faults.yaml");
    if (content !== null) {
      writeFileSync(file, content);
    }
    const command = emulatorCommand().exitOverride();
    await expect(command.parseAsync(["--faults", file], { from: "user" })).rejects.toThrow(words);
  });

  it("refuses a data folder with a damaged file by that file's name, and one that is none", async () => {
    const data = join(folder, "data");
    mkdirSync(join(data, "subscriptions"), { recursive: true });
    const file = join(data, "subscriptions", `${subscriptionId}.json`);
    writeFileSync(file, '{"certificates":[');
    const run = (path: string) => emulatorCommand().exitOverride().parseAsync(["--data", path], { from: "user" });
    await expect(run(data)).rejects.toMatchObject({
      code: "ERR_CONFIGURATION",
      message: expect.stringContaining(`${file} is cut off or damaged: it is no JSON. Put a copy of that file back`),
    });
    await expect(run(file)).rejects.toMatchObject({
      code: "ERR_CONFIGURATION",
      message: expect.stringContaining(`The data folder ${file} can't be used: `),
    });
  });
});
