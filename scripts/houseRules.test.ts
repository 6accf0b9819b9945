import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

const imports = "lint/style/noRestrictedImports";
const globals = "lint/style/noRestrictedGlobals";
const plugin = "plugin";

/** Where the line stands, the line, and the rule that it breaks: null for none. */
const cases: readonly [folder: string, line: string, rule: string | null][] = [
  ["provider", 'export { a } from "./azure/a";', imports],
  ["provider", 'export { a } from "./errors";', null],
  ["provider/rotation", 'export { a } from "../errors";', imports],
  ["provider/rotation", 'export type { A } from "../ports";', imports],
  ["provider/rotation", 'export { a } from "../certificate/a";', imports],
  ["provider/rotation", 'export { readFileSync } from "node:fs";', imports],
  ["provider/rotation", 'export { z } from "zod";', imports],
  ["provider/rotation", 'export const a = import("node:fs");', imports],
  ["provider/rotation", 'export { a } from "./a";', null],
  ["provider/rotation", 'export { a } from "../defaults";', null],
  ["provider/roster", 'export type { A } from "../schedule/types";', null],
  ["provider/roster", 'export { a } from "../schedule/a";', imports],
  ["provider/schedule", 'export { a } from "../rotation/a";', imports],
  ["provider/schedule", 'export { a } from "../resources/a";', imports],
  ["provider/schedule", 'export { readFileSync } from "node:fs";', imports],
  ["provider/schedule", 'export type { A } from "../rotation/types";', null],
  ["provider/schedule", 'export { Cron } from "croner";', null],
  ["provider/certificate", 'export { a } from "../azure/a";', imports],
  ["provider/certificate", 'export { a } from "../resources/a";', imports],
  ["provider/certificate", 'export { a } from "../../emulator/a";', imports],
  ["provider/certificate", 'export { readFileSync } from "node:fs";', imports],
  ["provider/certificate", 'export { sign } from "node:crypto";', null],
  ["provider/certificate", 'export { a } from "../errors";', null],
  ["provider/files", 'export { a } from "../certificate/a";', imports],
  ["provider/files", 'export { a } from "../errors";', null],
  ["provider/evidence", 'export { a } from "../resources/a";', imports],
  ["provider/evidence", 'export { a } from "../ports";', null],
  ["provider/azure", 'export { a } from "../resources/a";', imports],
  ["provider/azure", 'export { a } from "../rotation/a";', imports],
  ["provider/azure", 'export { a } from "../../local-engine/a";', imports],
  ["provider/azure", 'export { a } from "../certificate/a";', null],
  ["provider/azure", 'export { a } from "../ports";', null],
  ["provider/resources", 'export { a } from "../hosts/a";', imports],
  ["provider/resources", 'export { a } from "../../local-engine/a";', imports],
  ["provider/resources", 'export { a } from "../../sdk/nodejs/a";', imports],
  ["provider/resources", 'export { randomUUID } from "node:crypto";', imports],
  ["provider/resources", 'export { setTimeout } from "node:timers/promises";', imports],
  ["provider/resources", 'export { fetch } from "undici";', imports],
  ["provider/resources", 'export { a } from "../azure/a";', null],
  ["provider/resources/link", 'export { a } from "../../hosts/a";', imports],
  ["provider/resources/link", 'export { a } from "../../../cli/a";', imports],
  ["provider/resources/link", 'export { randomUUID } from "node:crypto";', imports],
  ["provider/resources/link", 'export { a } from "../../azure/a";', null],
  ["provider/resources", 'export { a } from "../rotation/a";', null],
  ["provider/functions", 'export { a } from "../hosts/a";', imports],
  ["provider/functions", 'export { readFileSync } from "node:fs";', imports],
  ["provider/functions", 'export { a } from "../resources/a";', null],
  ["provider/hosts", 'export { a } from "../../local-engine/a";', imports],
  ["provider/hosts", 'export { a } from "../../emulator/a";', imports],
  ["provider/hosts", 'export { a } from "../resources/a";', null],
  ["sdk/nodejs", 'export { a } from "../../local-engine/a";', imports],
  ["sdk/nodejs", 'export { a } from "../../provider/azure/a";', imports],
  ["sdk/nodejs", 'export { a } from "../../provider/hosts/a";', imports],
  ["sdk/nodejs", 'export { a } from "./generated/a";', null],
  ["local-engine", 'export { a } from "../provider/errors";', imports],
  ["local-engine/steps", 'export { a } from "../../provider/certificate/a";', imports],
  ["local-engine/steps", 'export { a } from "../../emulator/a";', imports],
  ["local-engine/steps", 'export { a } from "../providers";', null],
  ["emulator", 'export { a } from "../provider/azure/a";', imports],
  ["emulator", 'export { a } from "../provider/resources/a";', imports],
  ["emulator", 'export { a } from "../provider/defaults";', imports],
  ["emulator", 'export { a } from "../local-engine/a";', imports],
  ["emulator", 'export { a } from "../provider/certificate/a";', null],
  ...["provider/rotation", "provider/schedule", "provider/resources", "provider/functions"].flatMap(
    (folder): [string, string, string | null][] => [
      [folder, "export const a = new Date();", plugin],
      [folder, "export const a = Date.now();", plugin],
      [folder, "export const a = [1].map(Date.now);", plugin],
      [folder, "export const a = Math.random();", plugin],
      [folder, "export const a = process.env.HOME;", globals],
      [folder, "export const a = globalThis.process;", globals],
      [folder, 'export const a = require("node:fs");', globals],
      [folder, "setTimeout(() => {}, 1);", globals],
      [folder, "export const a = (now: number) => new Date(now);", null],
      [folder, "export const a = Math.max(1, 2);", null],
    ],
  ),
  ["provider/hosts", "export const a = new Date();", null],
];

const root = join(__dirname, "..");
const reportSchema = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })),
});

describe("the linter", () => {
  let folder = "";
  let found: z.infer<typeof reportSchema>["diagnostics"] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "house-rules-"));
    cpSync(join(root, "biome.json"), join(folder, "biome.json"));
    cpSync(join(root, "scripts/lint"), join(folder, "scripts/lint"), { recursive: true });
    cases.forEach(([where, line], index) => {
      const path = join(folder, where, `case${index}.ts`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${line}\n`);
    });
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const parameters = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
    const { stdout, stderr } = spawnSync(process.execPath, [biome, ...parameters], { cwd: folder, encoding: "utf8" });
    expect(stdout, stderr).toMatch(/^\{/);
    found = reportSchema.parse(JSON.parse(stdout)).diagnostics;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(cases.map(([where, line, rule], index) => ({ where, line, rule, index })))(
    "says $rule in $where to: $line",
    ({ where, rule, index }) => {
      const broken = found.filter(({ location }) => location.path === `${where}/case${index}.ts`);
      expect(broken.map(({ category }) => category)).toEqual(rule === null ? [] : [rule]);
    },
  );
});
