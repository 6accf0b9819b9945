import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines } from "../support/engine";
import { installInto, type PackedPackage, pack, type Tools } from "../support/packedPackage";
import { programKinds, typescriptKinds } from "../support/programKinds";
import { repositoryRoot } from "../support/project";
import { World } from "../support/world";

const execute = promisify(execFile);
const largestUnpackedBytes = 2_000_000;

let packed: PackedPackage;
const folders: string[] = [];

beforeAll(async () => {
  packed = await pack();
});
afterAll(() => {
  packed.remove();
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** One of test/programs in a folder of its own, with the package installed. */
async function projectOf(program: string, tools: Tools = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "azure-certificates-installed-"));
  folders.push(folder);
  cpSync(join(repositoryRoot, "test/programs", program), folder, { recursive: true });
  await installInto(folder, packed, tools);
  return folder;
}

describe("the tarball", () => {
  it("holds the compiled package, its papers, and nothing else", () => {
    expect(packed.files.filter((file) => !file.startsWith("dist/"))).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "package.json",
      "plugin/PulumiPlugin.yaml",
      "plugin/build.cjs",
      "plugin/package.json",
      "roster.schema.json",
    ]);
    const rooms = new Set(packed.files.flatMap((file) => (file.startsWith("dist/") ? [file.split("/")[1]] : [])));
    expect([...rooms].sort()).toEqual(["cli", "emulator", "local-engine", "provider", "sdk"]);
    expect(packed.files.filter((file) => file.startsWith("dist/") && !/\.(js|d\.ts)$/.test(file))).toEqual([
      "dist/cli/report/page/page.css",
      "dist/provider/hosts/plugin/schema.json",
    ]);
    expect(packed.files.filter((file) => /\.test\./.test(file))).toEqual([]);
  });

  it("has every file that its exports and commands name, the commands executable", () => {
    const { exports, bin } = packed.manifest;
    const named = Object.values(exports).flatMap((target) =>
      typeof target === "string" ? target : Object.values(target),
    );
    expect(named).toContain("./dist/sdk/nodejs/index.d.ts");
    for (const file of [...named, ...Object.values(bin)]) {
      expect(existsSync(join(packed.directory, file)), file).toBe(true);
    }
    for (const file of Object.values(bin)) {
      expect(statSync(join(packed.directory, file)).mode & 0o111, file).toBe(0o111);
    }
  });

  it("stays small", () => {
    const bytes = packed.files.reduce((sum, file) => sum + statSync(join(packed.directory, file)).size, 0);
    expect(bytes).toBeLessThan(largestUnpackedBytes);
  });

  it("names no folder of the machine that made it", () => {
    const foreign = [repositoryRoot, `${homedir()}/`];
    expect(packed.files.filter((file) => foreign.some((path) => packed.read(file).includes(path)))).toEqual([]);
  });
});

describe("an installed package", () => {
  it("gives the same names to require and to import, and the resources that state names for ever", async () => {
    const folder = await projectOf("commonjs");
    const script = `
      const names = (module) => Object.keys(module).filter((key) => !["default", "__esModule", "module.exports"].includes(key)).sort();
      const both = async (path) => [names(require(path)), names(await import(path))];
      Promise.all(["pulumi-azure-certificates", "pulumi-azure-certificates/dynamic"].map(both))
        .then((all) => console.log(JSON.stringify(all)));`;
    const { stdout } = await execute(process.execPath, ["-e", script], { cwd: folder });
    const classes = [
      "ApplicationCertificateLink",
      "CertificateFile",
      "CertificateRoster",
      "ManagementCertificate",
      "RosterSnapshot",
      "SubscriptionCertificateLink",
      "credential",
    ];
    const providers = [
      "applicationCertificateLink",
      "certificateFile",
      "managementCertificate",
      "rosterSnapshot",
      "subscriptionCertificateLink",
    ];
    expect(JSON.parse(stdout)).toEqual([
      [classes, classes],
      [providers, providers],
    ]);
  });

  it("has a command that emulates Azure, runs a program, and says what is due", async () => {
    const folder = await projectOf("commonjs");
    const command = join(folder, "node_modules/.bin/azure-certificates");
    // The command begins with `env node`.
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
    const run = (...args: string[]) => execute(command, args, { cwd: folder, env });

    expect((await run("--version")).stdout.trim()).toBe(packed.manifest.version);
    expect((await run("--help")).stdout).toContain("Usage: azure-certificates");

    const emulator = spawn(command, ["emulator"], { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] });
    const ended = new Promise((resolve) => emulator.once("exit", (code, signal) => resolve(code ?? signal)));
    try {
      const line = await new Promise<string>((resolve) => createInterface(emulator.stdout).once("line", resolve));
      const { endpoint, caCertificatePath, credentialPath, subscriptions } = JSON.parse(line);
      const config = {
        "azure-certificates:managementEndpoint": endpoint,
        "azure-certificates:caCertificatePath": caCertificatePath,
        "azure-certificates:clientCertificatePath": credentialPath,
        "packed-commonjs:subscriptions": JSON.stringify(subscriptions),
      };
      writeFileSync(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config }));
      await run("local", "up");
      const state = join(folder, "state.json");
      writeFileSync(state, (await run("local", "export")).stdout, { mode: 0o600 });
      expect((await run("due", "--state", state)).stdout).toContain("Nothing is due before");
      const due = await run("due", "--state", state, "--within", "60w", "--json").catch((failure) => failure);
      expect(due).toMatchObject({ code: 2, stdout: expect.stringContaining("pipeline") });
      expect(due.stdout).not.toContain("PRIVATE KEY");
      await run("local", "destroy");
    } finally {
      emulator.kill("SIGTERM");
    }
    expect(await ended).toBe(0);
  });

  it.concurrent.for(typescriptKinds)("is typed without a fault for $kind", async (kind, { expect }) => {
    const folder = await projectOf(kind.program, kind.tools);
    const checker = join(repositoryRoot, "test/support/typeCheck.cjs");
    const { stdout } = await execute(process.execPath, [checker, folder, "index.ts", "refused.ts"]);
    const { version, files, problems } = JSON.parse(stdout) as {
      version: string;
      files: string[];
      problems: { file: string; line: number; message: string }[];
    };
    expect(version).toMatch(kind.compiler);
    expect(files).toContain("node_modules/pulumi-azure-certificates/dist/sdk/nodejs/index.d.ts");
    const refused = readFileSync(join(folder, "refused.ts"), "utf8")
      .split("\n")
      .flatMap((line, index) => (line.endsWith("// refused") ? [`refused.ts:${index + 1}`] : []));
    expect(
      problems.map(({ file, line }) => `${file}:${line}`),
      JSON.stringify(problems, null, 2),
    ).toEqual(refused);
  });
});

describe.each(engines())("on the $name", (engine) => {
  it.concurrent.for(programKinds)("runs $kind: up, destroy", async ({ program, tools }, { expect }) => {
    const install = (directory: string) => installInto(directory, packed, tools);
    const world = await World.start(engine, { from: `test/programs/${program}`, install });
    try {
      const { outputs, changes } = await world.up();
      expect(changes).toMatchObject({ create: 3 });
      const thumbprint = await world.thumbprint("pipeline");
      expect(outputs).toEqual({ thumbprint, accepted: [thumbprint], combinedPem: "[secret]" });
      expect(world.registered()).toEqual([thumbprint]);

      await world.destroy();
      expect(world.registered()).toEqual([]);
    } finally {
      await world.stop();
    }
  });
});
