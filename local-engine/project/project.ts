import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { LocalEngineError, messageOf, UnsupportedError } from "../errors";
import { readStackConfig, type StackConfig, stackFileSchema } from "./config";

/** A Pulumi project and one of its stacks, read from `Pulumi.yaml` and `Pulumi.<stack>.yaml`. */
export interface Project {
  readonly name: string;
  readonly stack: string;
  /** Where Pulumi.yaml is. */
  readonly rootDirectory: string;
  /** Where the program is, and where its packages are found from. */
  readonly programDirectory: string;
  /** What the runtime loads, relative to `programDirectory`. */
  readonly entryPoint: string;
  /** Whether the runtime loads ts-node. */
  readonly typescript: boolean;
  /** Flags for node before the script, as `--import tsx`. */
  readonly nodeArguments: readonly string[];
  /** `options: {refresh: always}`: read every resource before each preview and update. */
  readonly refreshAlways: boolean;
  /** The folder of each plugin that `plugins.providers` names, by the name of its package. */
  readonly pluginFolders: ReadonlyMap<string, string>;
  readonly config: StackConfig;
}

const projectSchema = z.looseObject({
  name: z.string().min(1),
  runtime: z.union([
    z.string(),
    z.looseObject({
      name: z.string(),
      options: z
        .looseObject({
          typescript: z.boolean().optional(),
          nodeargs: z.string().optional(),
        })
        .nullish(),
    }),
  ]),
  main: z.string().optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
  options: z.looseObject({ refresh: z.string().optional() }).nullish(),
  plugins: z
    .looseObject({ providers: z.array(z.looseObject({ name: z.string(), path: z.string() })).nullish() })
    .nullish(),
});

const stackNamePattern = /^[A-Za-z0-9_.-]{1,100}$/;

/** @throws LocalEngineError where a file is missing, can't be read, or asks for a runtime other than Node.js. */
export function readProject(options: {
  readonly projectDirectory: string;
  readonly stack: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Project {
  if (!stackNamePattern.test(options.stack)) {
    throw new LocalEngineError(`"${options.stack}" is no stack name: use up to 100 letters, digits, dots, - and _.`);
  }
  const rootDirectory = resolve(options.projectDirectory);
  const path = join(rootDirectory, "Pulumi.yaml");
  const file = readYaml(path, projectSchema);
  if (file === undefined) {
    throw new LocalEngineError(
      `There is no Pulumi.yaml in ${rootDirectory}: run this in the folder of a Pulumi program.`,
    );
  }
  const runtime = typeof file.runtime === "string" ? { name: file.runtime } : file.runtime;
  if (runtime.name !== "nodejs") {
    throw new UnsupportedError(`the runtime ${runtime.name}`);
  }
  const main = resolve(rootDirectory, file.main ?? ".");
  if (!existsSync(main)) {
    throw new LocalEngineError(`${path} names ${file.main} as main, and there is no such file or folder.`);
  }
  const isFolder = statSync(main).isDirectory();
  return {
    name: file.name,
    stack: options.stack,
    rootDirectory,
    programDirectory: isFolder ? main : dirname(main),
    entryPoint: isFolder ? "." : main,
    typescript: runtime.options?.typescript ?? true,
    nodeArguments: (runtime.options?.nodeargs ?? "").split(/\s+/).filter((argument) => argument !== ""),
    refreshAlways: file.options?.refresh === "always",
    pluginFolders: new Map(
      (file.plugins?.providers ?? []).map(({ name, path: folder }) => [name, resolve(rootDirectory, folder)]),
    ),
    config: readStackConfig({
      projectName: file.name,
      projectConfig: file.config ?? {},
      stackFile: readYaml(join(rootDirectory, `Pulumi.${options.stack}.yaml`), stackFileSchema) ?? {},
      overrides: options.overrides,
      environment: options.environment,
    }),
  };
}

/** The `encryptionsalt` of a stack's file, where it has one. */
export function readEncryptionSalt(projectDirectory: string, stack: string): string | undefined {
  return readYaml(join(projectDirectory, `Pulumi.${stack}.yaml`), stackFileSchema)?.encryptionsalt;
}

function readYaml<T>(path: string, schema: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    // The first line says what and where; those after it quote the file, where a secret may stand.
    throw new LocalEngineError(`${path} is no valid YAML: ${messageOf(error).split(/:?\n/)[0]}.`);
  }
  const result = schema.safeParse(content);
  if (!result.success) {
    throw new LocalEngineError(`${path} can't be understood: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}
