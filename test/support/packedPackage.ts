import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { repositoryRoot } from "./project";

const execute = promisify(execFile);

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  bin: z.record(z.string(), z.string()).default({}),
  exports: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});
type Manifest = z.infer<typeof manifestSchema>;

/** What a registry would hand out, unpacked. */
export interface PackedPackage {
  readonly manifest: Manifest;
  readonly directory: string;
  /** Every file, relative to `directory`, sorted. */
  readonly files: readonly string[];
  read(file: string): string;
  remove(): void;
}

/** Packs this repository as `npm publish` would, and unpacks the result. */
export async function pack(): Promise<PackedPackage> {
  if (!existsSync(join(repositoryRoot, "dist"))) {
    await execute(process.execPath, [join(repositoryRoot, "scripts/build.mjs")]);
  }
  const folder = mkdtempSync(join(tmpdir(), "azure-certificates-packed-"));
  await execute("npm", ["pack", "--pack-destination", folder, "--ignore-scripts", "--offline"], {
    cwd: repositoryRoot,
  });
  const tarballs = readdirSync(folder);
  await execute("tar", ["-xzf", ...tarballs], { cwd: folder });
  const directory = join(folder, "package");
  return {
    manifest: readManifest(directory),
    directory,
    files: readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
      .sort(),
    read: (file) => readFileSync(join(directory, file), "utf8"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Names of packages that stand in this repository's node_modules, by the name that a project knows them under. */
export type Tools = Readonly<Record<string, string>>;

/**
 * What `npm install` would leave in a project: the package as files of its own, beside it what it declares to need and
 * nothing else, and its commands. The rest is linked from this repository, less the Pulumi SDK: that one looks for the
 * project's TypeScript from where its own files are.
 */
export async function installInto(project: string, packed: PackedPackage, tools: Tools = {}): Promise<void> {
  const modules = join(project, "node_modules");
  const { name, bin, dependencies } = packed.manifest;
  await cp(packed.directory, join(modules, name), { recursive: true });
  for (const [command, file] of Object.entries(bin)) {
    link(join("..", name, file), join(modules, ".bin", command));
  }
  for (const dependency of Object.keys(dependencies)) {
    if (dependency === "@pulumi/pulumi") {
      await installSdk(join(modules, dependency));
    } else {
      link(join(repositoryRoot, "node_modules", dependency), join(modules, dependency));
    }
  }
  for (const [tool, source] of Object.entries(tools)) {
    link(join(repositoryRoot, "node_modules", source), join(modules, tool));
  }
}

/** What the SDK needs goes below it, where our package does not see it. */
async function installSdk(target: string): Promise<void> {
  const source = join(repositoryRoot, "node_modules/@pulumi/pulumi");
  await cp(source, target, { recursive: true });
  for (const dependency of Object.keys(readManifest(source).dependencies)) {
    const nested = join(target, "node_modules", dependency);
    if (!existsSync(nested)) {
      link(join(repositoryRoot, "node_modules", dependency), nested);
    }
  }
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function readManifest(directory: string): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(join(directory, "package.json"), "utf8")));
}
