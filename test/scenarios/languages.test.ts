import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findPulumi } from "../../cli/stackRunner/findPulumi";
import { type Engine, engines } from "../support/engine";
import { repositoryRoot } from "../support/project";
import { pulumiEngine } from "../support/pulumiEngine";
import { World } from "../support/world";

let world: World;
afterEach(() => world.stop());

async function expectUploadsAndTakesAway(): Promise<void> {
  const preview = await world.preview();
  expect(preview.succeeded, preview.text).toBe(true);
  expect(preview.changes).toMatchObject({ create: 4 });
  const { outputs } = await world.up();
  const { thumbprint } = outputs;
  expect([world.registered(0), world.registered(1)]).toEqual([[thumbprint], [thumbprint]]);
  expect((await world.preview()).changes).toMatchObject({ same: 4 });
  await world.destroy();
  expect([world.registered(0), world.registered(1)]).toEqual([[], []]);
}

describe.each(engines())("the quickstart on the $name", (engine) => {
  it("does the same in TypeScript", async () => {
    world = await World.start(engine, { from: "examples/quickstart-typescript", file: "index.ts" });
    await expectUploadsAndTakesAway();
  });
});

const pulumi = findPulumi() ?? "";
const plugin = (): Engine => ({ ...pulumiEngine(pulumi), host: "plugin" });

/** Pulumi finds what runs a language beside itself. */
function runs(language: string): boolean {
  return existsSync(join(dirname(pulumi), `pulumi-language-${language}`));
}

describe.runIf(runs("yaml"))("the quickstart under the Pulumi CLI", () => {
  it("does the same in YAML", async () => {
    world = await World.start(plugin(), { from: "examples/quickstart-yaml" });
    world.project.addConfig({ production: world.subscription(0), staging: world.subscription(1) });
    await expectUploadsAndTakesAway();
  });
});

/** Whether the `python3` that Pulumi will find can install an SDK that Pulumi makes, without the internet. */
function canInstall(): boolean {
  try {
    execFileSync("python3", ["-c", "import setuptools, pip, pulumi, parver, semver"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(runs("python") && canInstall())("the quickstart under the Pulumi CLI", () => {
  it("does the same in Python, with the SDK that Pulumi makes of the schema", async () => {
    // What `pulumi package add` does.
    const sdks = mkdtempSync(join(tmpdir(), "sdks-"));
    const schema = join(repositoryRoot, "dist/provider/hosts/plugin/schema.json");
    execFileSync(pulumi, ["package", "gen-sdk", schema, "--language", "python", "--out", sdks], {
      env: { ...process.env, PULUMI_HOME: sdks, PULUMI_SKIP_UPDATE_CHECK: "1" },
      stdio: "pipe",
    });
    const installed = join(sdks, "installed");
    const asGiven = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"];
    execFileSync("python3", ["-m", "pip", "install", ...asGiven, "--target", installed, join(sdks, "python")], {
      stdio: "pipe",
    });
    world = await World.start(plugin(), {
      from: "examples/quickstart-python",
      environment: { PYTHONPATH: installed },
    });
    await expectUploadsAndTakesAway();
  });
});
