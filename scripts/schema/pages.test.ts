import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { pythonCalls } from "../../test/support/pythonCalls";
import { errorCodes } from "./errorCodes";
import type { ObjectTypeSpec, PropertySpec } from "./packageSpec";
import { documentationPages, writtenPages } from "./pages";
import { pulumiSchema } from "./pulumiSchema";

const root = join(__dirname, "../..");
const pages = documentationPages();
const schema = pulumiSchema();

/** Every example of a language, with the page that it stands on. */
function examples(language: string): readonly (readonly [page: string, code: string])[] {
  return [...pages].flatMap(([page, text]) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
      ([, code = ""]) => [page, code] as const,
    ),
  );
}

describe("the reference documentation", () => {
  it("has a page for every one that was written, and leaves no mark in it", () => {
    expect([...pages.keys()].sort()).toEqual([...writtenPages()].sort());
    for (const [path, text] of pages) {
      expect(text, path).not.toMatch(/\{\{\w/);
    }
  });

  it("links to what there is", () => {
    const broken = [...pages].flatMap(([page, text]) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)]
        .map(([, target = ""]) => join(dirname(page), target))
        .filter((target) => !pages.has(target) && !existsSync(join(root, "docs", target))),
    );
    expect(broken).toEqual([]);
  });

  it("tells every error on some page", () => {
    const text = [...pages.values()].join("\n");
    expect([...errorCodes.keys()].filter((code) => !text.includes(`\`${code}\` |`))).toEqual([]);
  });
});

describe("the examples of the documentation", () => {
  it("are accepted by the compiler in TypeScript", () => {
    const texts = new Map(examples("ts").map(([, code], index) => [join(root, `scripts/example${index}.ts`), code]));
    expect(texts.size).toBeGreaterThan(0);
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(
      { ...config, include: [], files: [...texts.keys()] },
      ts.sys,
      root,
    );
    const paths = {
      "pulumi-azure-certificates": [join(root, "sdk/nodejs/index.ts")],
      "pulumi-azure-certificates/native": [join(root, "sdk/nodejs/native.ts")],
    };
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = host;
    host.fileExists = (path) => texts.has(path) || fileExists(path);
    host.readFile = (path) => texts.get(path) ?? readFile(path);
    const program = ts.createProgram([...texts.keys()], { ...options, paths, noEmit: true }, host);
    const complaints = ts
      .getPreEmitDiagnostics(program)
      .map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
    expect(complaints).toEqual([]);
  });

  it.each(examples("yaml"))("name what the schema has, in the YAML of %s", (_page, code) => {
    const { resources = {}, variables = {}, outputs = {} } = parse(code) as YamlProgram;
    const known = new Map<string, readonly string[]>();
    for (const [name, { type, properties }] of Object.entries(resources)) {
      const resource = schema.resources[withModule(type)];
      expect(namesMissingIn(resource?.inputProperties, properties), type).toEqual([]);
      expect(Object.keys(properties)).toEqual(expect.arrayContaining([...(resource?.requiredInputs ?? [])]));
      known.set(name, Object.keys(resource?.properties ?? {}));
    }
    for (const [name, { "fn::invoke": invocation }] of Object.entries(variables)) {
      const called = schema.functions[withModule(invocation.function)];
      expect(namesMissingIn(called?.inputs.properties, invocation.arguments), invocation.function).toEqual([]);
      known.set(name, Object.keys(called?.outputs.properties ?? {}));
    }
    const named = [...JSON.stringify([resources, outputs]).matchAll(/\$\{(\w+)\.(\w+)\}/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [reference, name = "", property = ""] of named) {
      expect(known.get(name), reference).toContain(property);
    }
  });

  it.each(examples("python"))("name what the schema has, in the Python of %s", (_page, code) => {
    const calls = pythonCalls(code, "azure_certificates");
    expect(calls.length).toBeGreaterThan(0);
    for (const { called, given } of calls) {
      const { inputs } = offeredAs(inCamelCase(called.replace(/_output$/, "")));
      const ofPulumi = ["opts"];
      expect(
        given.map(inCamelCase).filter((name) => !(name in inputs) && !ofPulumi.includes(name)),
        called,
      ).toEqual([]);
    }
    // Results, and the keys of nested objects.
    const bare = code.replaceAll(/"[^"]*"(?!:)|#.*$/gm, '""');
    const named = [...bare.matchAll(/\b(?!pulumi|azure_certificates)\w+\.(\w+)\b(?!\()|"(\w+)": /g)];
    const names = named.map(([, result, key]) => inCamelCase(result ?? key ?? ""));
    expect(names.filter((name) => !everyProperty.has(name))).toEqual([]);
  });
});

const everyProperty = new Set(
  [
    ...Object.values(schema.resources).map(({ properties }) => properties ?? {}),
    ...Object.values(schema.functions).map(({ outputs }) => outputs.properties),
    ...Object.values(schema.types).map((type) => ("properties" in type ? type.properties : {})),
  ].flatMap(Object.keys),
);

function inCamelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What a resource, a function or the provider takes. */
function offeredAs(name: string): { readonly inputs: Readonly<Record<string, PropertySpec>> } {
  const token = `azure-certificates:index:${name}`;
  const resource = name === "Provider" ? schema.provider : schema.resources[token];
  const inputs = resource?.inputProperties ?? schema.functions[token]?.inputs.properties;
  return inputs === undefined ? expect.unreachable(`there is no ${name}`) : { inputs };
}

interface YamlProgram {
  readonly resources?: Readonly<Record<string, { readonly type: string; readonly properties: object }>>;
  readonly variables?: Readonly<
    Record<string, { readonly "fn::invoke": { readonly function: string; readonly arguments: object } }>
  >;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** Pulumi YAML lets the module be left out where it is `index`. */
function withModule(token: string): string {
  return token.replace(/^([\w-]+):(\w+)$/, "$1:index:$2");
}

/** Names in a value that its type does not have, at any depth. */
function namesMissingIn(
  properties: Readonly<Record<string, PropertySpec>> | undefined,
  value: object,
): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const property = properties?.[name];
    if (property === undefined) {
      return [name];
    }
    const type = "$ref" in property ? schema.types[property.$ref.slice("#/types/".length)] : undefined;
    return type?.type === "object" && typeof inner === "object"
      ? namesMissingIn((type as ObjectTypeSpec).properties, inner)
      : [];
  });
}
