import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { withPlugin } from "../../cli/projectPlugins";

/** A Pulumi project in a folder of its own, for one test. */
export interface Project {
  readonly name: string;
  readonly stack: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Replaces the program's text; the next run runs the new one. */
  setProgram(text: string): void;
  /** Adds to the stack's configuration; a key without namespace is the project's. */
  addConfig(config: Readonly<Record<string, string>>): void;
  /** Puts a module into the project's node_modules. */
  addModule(name: string, text: string): void;
  remove(): void;
}

/** Pulumi's provider of dynamic resources, or the native plugin. */
export const hosts = ["dynamic", "plugin"] as const;
export type Host = (typeof hosts)[number];

export interface ProjectParts {
  /** Programs are written for the dynamic one; for the plugin their import is changed, as a user would. */
  readonly host?: Host;
  /** A folder to copy: `examples/quickstart`, or an absolute path. */
  readonly from?: string;
  /** The program, as text of `file`. */
  readonly program?: string;
  /** Default `index.js`; `index.ts` runs under ts-node. */
  readonly file?: "index.js" | "index.mjs" | "index.ts";
  readonly config?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly stack?: string;
  /** Puts packages into the project's node_modules. Default: this repository and its Pulumi SDK, as links. */
  readonly install?: (directory: string) => Promise<void>;
}

export const repositoryRoot = resolve(__dirname, "../..");

/** The program finds this package and the repository's Pulumi SDK in its own node_modules, as an installed one would. */
export async function makeProject(parts: ProjectParts): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), "azure-certificates-project-"));
  const stack = parts.stack ?? "test";
  if (parts.from !== undefined) {
    copyFolder(isAbsolute(parts.from) ? parts.from : join(repositoryRoot, parts.from), directory);
  }
  const file = parts.file ?? "index.js";
  const projectPath = join(directory, "Pulumi.yaml");
  const existing = existsSync(projectPath) ? (parse(readFileSync(projectPath, "utf8")) as { name: string }) : undefined;
  const name = parts.name ?? existing?.name ?? "trial";
  if (existing === undefined) {
    const runtime = { name: "nodejs", options: { typescript: file === "index.ts" } };
    writeFileSync(projectPath, stringify({ name, runtime }));
  }
  if (!existsSync(join(directory, "package.json"))) {
    const type = file === "index.mjs" ? "module" : "commonjs";
    writeFileSync(join(directory, "package.json"), JSON.stringify({ name, private: true, main: file, type }));
  }
  await (parts.install ?? linkRepository)(directory);
  const hosted = (text: string): string => (parts.host === "plugin" ? withNativeImport(text) : text);
  if (parts.host === "plugin") {
    linkPlugin(directory);
    if (existsSync(join(directory, file))) {
      writeFileSync(join(directory, file), hosted(readFileSync(join(directory, file), "utf8")));
    }
  }
  const project: Project = {
    name,
    stack,
    directory,
    environment: parts.environment ?? {},
    setProgram: (text) => writeFileSync(join(directory, file), hosted(text)),
    addConfig: (config) => {
      const path = join(directory, `Pulumi.${stack}.yaml`);
      // Pulumi writes into this file too.
      const file = existsSync(path) ? (parse(readFileSync(path, "utf8")) as { config?: Record<string, string> }) : {};
      const added = Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${name}:${key}`, value]);
      writeFileSync(path, stringify({ ...file, config: { ...file.config, ...Object.fromEntries(added) } }));
    },
    addModule: (module, text) => {
      const folder = join(directory, "node_modules", module);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "index.js"), text);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  if (parts.program !== undefined) {
    project.setProgram(parts.program);
  }
  project.addConfig(parts.config ?? {});
  return project;
}

function copyFolder(from: string, to: string): void {
  for (const entry of readdirSync(from)) {
    if (entry !== "node_modules") {
      cpSync(join(from, entry), join(to, entry), { recursive: true });
    }
  }
}

function withNativeImport(program: string): string {
  return program.replaceAll('"pulumi-azure-certificates"', '"pulumi-azure-certificates/native"');
}

/** Puts the plugin where `npm install` does. */
export function linkPluginCommand(directory: string): void {
  const bin = join(directory, "node_modules/.bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(
    join(repositoryRoot, "dist/provider/hosts/plugin/main.js"),
    join(bin, "pulumi-resource-azure-certificates"),
  );
}

/** What `npm install` and `azure-certificates install-plugin` leave in a project. */
function linkPlugin(directory: string): void {
  linkPluginCommand(directory);
  const path = join(directory, "Pulumi.yaml");
  writeFileSync(path, withPlugin(readFileSync(path, "utf8"), "node_modules/.bin"));
}

async function linkRepository(directory: string): Promise<void> {
  linkModule(directory, "pulumi-azure-certificates", repositoryRoot);
  linkModule(directory, "@pulumi/pulumi", join(repositoryRoot, "node_modules/@pulumi/pulumi"));
}

function linkModule(directory: string, name: string, target: string): void {
  const path = join(directory, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, "dir");
}
