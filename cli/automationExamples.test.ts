import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { program } from "./program";

const folder = join(__dirname, "../examples/automation");
const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");

const workflow = z
  .object({
    permissions: z.record(z.string(), z.string()),
    jobs: z.record(
      z.string(),
      z.object({
        permissions: z.record(z.string(), z.string()),
        "timeout-minutes": z.number(),
        steps: z.array(
          z.union([
            z.strictObject({
              name: z.string().optional(),
              id: z.string().optional(),
              if: z.string().optional(),
              env: z.record(z.string(), z.string()).optional(),
              run: z.string(),
            }),
            z.strictObject({ uses: z.string(), with: z.record(z.string(), z.unknown()).optional() }),
          ]),
        ),
      }),
    ),
  })
  .parse(parse(textOf("azure-certificates.yml")));
const scripts = Object.values(workflow.jobs).flatMap(({ steps }) =>
  steps.flatMap((step) => ("run" in step ? [step] : [])),
);
const scriptOf = (name: string): string => scripts.find((step) => step.name === name)?.run ?? `no step ${name}`;

/** What follows `azure-certificates` on each line that runs it, as a shell would take it apart. */
function commandLines(text: string): readonly string[][] {
  return [...text.matchAll(/^(?:ExecStart=\S*\/|.*?\bnpx )azure-certificates (?<args>[^|>#`\n]*)/gm)].map((match) =>
    (match.groups?.["args"] ?? "").trim().replaceAll('"', "").split(/\s+/),
  );
}

/** The whole command, without anything that it does. @throws CommanderError where it does not take these arguments */
async function accept(args: readonly string[]): Promise<void> {
  const harmless = (command: Command): void => {
    command.configureOutput({ writeErr: () => {}, outputError: () => {} }).action(() => {});
    command.commands.forEach(harmless);
  };
  const whole = await program();
  whole.commands.forEach(harmless);
  whole.parse(args, { from: "user" });
}

describe("the examples for a schedule", () => {
  it.each([
    { file: "azure-certificates.yml", times: 3 },
    { file: "azure-certificates@.service", times: 1 },
    { file: "README.md", times: 3 },
  ])("give the command arguments that it takes: $file", async ({ file, times }) => {
    const lines = commandLines(textOf(file));
    expect(lines).toHaveLength(times);
    for (const args of lines) {
      await expect(accept(args), args.join(" ")).resolves.toBeUndefined();
    }
    await expect(accept(["rotate", "--only-dew"])).rejects.toThrow(/unknown option/);
  });

  it("give every job its own permissions and an end, and let no text of others into a script", () => {
    expect(workflow.permissions).toEqual({});
    expect(Object.keys(workflow.jobs)).toEqual(["preview", "rotate"]);
    expect(workflow.jobs["preview"]?.permissions).toEqual({ contents: "read", "id-token": "write" });
    for (const { run } of scripts) {
      expect(run).not.toContain("${{");
      execFileSync("bash", ["-n"], { input: run });
    }
  });

  it("are units that systemd understands", (context) => {
    if (spawnSync("systemd-analyze", ["--version"]).error !== undefined) {
      context.skip("there is no systemd on this machine");
    }
    const units = mkdtempSync(join(tmpdir(), "azure-certificates-units-"));
    for (const unit of ["azure-certificates@.service", "azure-certificates@.timer"]) {
      const command = /\/srv\/\S*\/azure-certificates /;
      writeFileSync(join(units, unit), textOf(unit).replace(command, "/bin/true "));
    }
    const files = ["service", "timer"].map((kind) => join(units, `azure-certificates@.${kind}`));
    const { stderr } = spawnSync("systemd-analyze", ["verify", ...files], { encoding: "utf8" });
    rmSync(units, { recursive: true });
    // It also tells what it thinks of this machine's own units.
    expect(stderr.split("\n").filter((line) => line.includes("azure-certificates"))).toEqual([]);
  });
});

describe("the workflow", () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), "azure-certificates-workflow-"));
    mkdirSync(join(place, "bin"));
  });
  afterEach(() => rmSync(place, { recursive: true }));

  function fake(name: string, text: string): void {
    writeFileSync(join(place, "bin", name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(place, "bin", name), 0o755);
  }

  function runStep(name: string, env: Readonly<Record<string, string>>): number | null {
    const all = { GITHUB_STEP_SUMMARY: "summary.md", GITHUB_OUTPUT: "output", STACK: "prod", ...env };
    const PATH = [join(place, "bin"), process.env["PATH"]].join(delimiter);
    // As GitHub runs a step that names no shell.
    return spawnSync("bash", ["-e", "-c", scriptOf(name)], { cwd: place, env: { ...all, PATH } }).status;
  }

  const written = (file: string): string =>
    existsSync(join(place, file)) ? readFileSync(join(place, file), "utf8") : "";

  it.each([
    { code: 0, exits: 0 },
    { code: 1, exits: 1 },
    { code: 2, exits: 0 },
  ])("fails a pull request for an error, and not for what is due: $code", ({ code, exits }) => {
    fake("npx", `echo '\`\`\` alice rotates'; exit ${code}`);
    expect(runStep("What is due, and what else this changes", {})).toBe(exits);
    expect(written("summary.md")).toBe("### Azure certificates of prod\n\n    ``` alice rotates\n");
  });

  it.each([
    { apply: "true", args: "azure-certificates rotate --stack prod --apply --only-due" },
    { apply: "", args: "azure-certificates rotate --stack prod" },
  ])("applies only where that was said: '$apply'", ({ apply, args }) => {
    fake("npx", 'echo "$@"; exit 3');
    expect(runStep("Rotate what is due", { APPLY: apply })).toBe(0);
    expect(written("rotate.txt")).toBe(`${args}\n`);
    expect(written("output")).toBe("code=3\n");
  });

  const title = "Azure certificates of prod need somebody";
  it.each([
    { code: "0", open: "", exits: 0, does: "" },
    { code: "0", open: "7", exits: 0, does: "issue close 7 --comment Nothing is due any more: there\n" },
    {
      code: "2",
      open: "",
      exits: 0,
      does: `issue create --title ${title} --body-file issue.md\n`,
      body: "Something is due, and nobody",
    },
    {
      code: "2",
      open: "7",
      exits: 0,
      does: "issue edit 7 --body-file issue.md\n",
      body: "Something is due, and nobody",
    },
    { code: "3", open: "7", exits: 1, does: "issue edit 7 --body-file issue.md\n", body: "still due" },
    {
      code: "1",
      open: "",
      exits: 1,
      does: `issue create --title ${title} --body-file issue.md\n`,
      body: "the run failed",
    },
    { code: "", open: "7", exits: 1, does: "issue edit 7 --body-file issue.md\n", body: "the run failed" },
  ])(
    "keeps one issue while something is due: code '$code', issue '$open'",
    ({ code, open, exits, does, body = "" }) => {
      fake("gh", 'if [ "$2" = list ]; then echo "[]"; else echo "$@" >> asked; fi');
      fake("jq", `cat > /dev/null; echo "${open}"`);
      writeFileSync(join(place, "rotate.txt"), "alice rotates\n");
      expect(runStep("An issue while something is due", { CODE: code, RUN: "there", GH_TOKEN: "" })).toBe(exits);
      expect(written("asked")).toBe(does);
      expect(written("issue.md")).toContain(body);
      expect(written("issue.md")).toMatch(body === "" ? /^$/ : /\n {4}alice rotates\n$/);
    },
  );
});
