import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newEncryptionSalt, passphraseDecrypter } from "./passphrase";
import { type Project, readProject } from "./project";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "project-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(
  files: Record<string, string>,
  more: { overrides?: Record<string, string>; environment?: Record<string, string>; stack?: string } = {},
): Project {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(directory, name), text);
  }
  return readProject({
    projectDirectory: directory,
    stack: more.stack ?? "dev",
    overrides: more.overrides ?? {},
    environment: more.environment ?? {},
  });
}

const minimal = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };
// Written by Pulumi 3.260 for the passphrase "pw".
const salt = "v1:3tyU7qS+pAs=:v1:BbyI2xzTSYh76JH1:CoC5c22Gisyr49C3fmWyM2tNv3g10w==";
const ciphertext = "v1:vJLvK8dmED6Nu8m/:HHDorNfg/0jf42mu9K4t1iQFLdo+v6PygA==";

describe("Pulumi.yaml", () => {
  it("is read with its runtime's options", () => {
    const project = read({
      "Pulumi.yaml": `
name: shop
runtime: { name: nodejs, options: { typescript: false, nodeargs: "--import tsx" } }
options: { refresh: always }`,
    });
    expect(project).toMatchObject({
      name: "shop",
      stack: "dev",
      typescript: false,
      nodeArguments: ["--import", "tsx"],
      refreshAlways: true,
      entryPoint: ".",
      programDirectory: directory,
    });
  });

  it("may put the program into a folder of its own", () => {
    mkdirSync(join(directory, "program"));
    const project = read({ "Pulumi.yaml": "name: shop\nruntime: nodejs\nmain: program\n" });
    expect(project).toMatchObject({ rootDirectory: directory, programDirectory: join(directory, "program") });
  });

  it.each([
    ["is missing", {}, /There is no Pulumi.yaml/],
    ["is no YAML", { "Pulumi.yaml": "name: [" }, /no valid YAML/],
    ["has no name", { "Pulumi.yaml": "runtime: nodejs" }, /can't be understood/],
    [
      "asks for another runtime",
      { "Pulumi.yaml": "name: shop\nruntime: python" },
      /does not support the runtime python/,
    ],
    ["names a main that is not there", { "Pulumi.yaml": "name: s\nruntime: nodejs\nmain: gone" }, /no such file/],
  ])("is refused where it %s", (_, files, words) => {
    expect(() => read(files)).toThrow(words);
  });

  it("a stack's name stays a name of a file", () => {
    expect(() => read(minimal, { stack: "../other" })).toThrow(/is no stack name/);
  });
});

describe("configuration", () => {
  const texts = (project: Project): Record<string, string> =>
    Object.fromEntries([...project.config].map(([key, { text }]) => [key, text]));

  it("comes from the project, the stack, then the caller; a key without namespace is the project's", () => {
    const project = read(
      {
        "Pulumi.yaml": `
name: shop
runtime: nodejs
config: { a: from project, b: { type: string, default: declared }, c: { value: given }, none: { type: string } }`,
        "Pulumi.dev.yaml": "config: { shop:b: from stack, other:d: true, e: 5, shop:config:f: old form }",
      },
      { overrides: { e: "from caller", "other:g": "x" } },
    );
    expect(texts(project)).toEqual({
      "other:d": "true",
      "other:g": "x",
      "shop:a": "from project",
      "shop:b": "from stack",
      "shop:c": "given",
      "shop:e": "from caller",
      "shop:f": "old form",
    });
  });

  it("gives objects and lists as JSON", () => {
    const project = read({ ...minimal, "Pulumi.dev.yaml": "config: { shop:ids: [a, { b: 1 }] }" });
    expect(texts(project)).toEqual({ "shop:ids": '["a",{"b":1}]' });
  });

  it("decrypts secure values, in objects too, and remembers that they are secret", () => {
    const project = read(
      {
        ...minimal,
        "Pulumi.dev.yaml": `
config:
  shop:open: o
  shop:key: { secure: "${ciphertext}" }
  shop:deep: { user: u, password: { secure: "${ciphertext}" } }
encryptionsalt: ${salt}`,
      },
      { environment: { PULUMI_CONFIG_PASSPHRASE: "pw" } },
    );
    expect(Object.fromEntries(project.config)).toEqual({
      "shop:deep": { text: '{"user":"u","password":"topsecret"}', secret: true },
      "shop:key": { text: "topsecret", secret: true },
      "shop:open": { text: "o", secret: false },
    });
  });

  const secure = `config: { shop:key: { secure: "${ciphertext}" } }\nencryptionsalt: ${salt}\n`;
  it.each([
    ["no passphrase", secure, {}, /Set PULUMI_CONFIG_PASSPHRASE/],
    ["a wrong passphrase", secure, { PULUMI_CONFIG_PASSPHRASE: "no" }, /passphrase is wrong/],
    ["no salt", secure.split("\n")[0] ?? "", { PULUMI_CONFIG_PASSPHRASE: "pw" }, /no encryptionsalt/],
    ["a key in the cloud", `${secure}secretsprovider: awskms://x\n`, {}, /secrets provider awskms/],
  ])("a secure value is a clear error with %s", (_, text, environment, words) => {
    expect(() => read({ ...minimal, "Pulumi.dev.yaml": text }, { environment })).toThrow(words);
  });

  it("that is no YAML is refused with the place, and without what stands there", () => {
    const reading = () => read({ ...minimal, "Pulumi.dev.yaml": "config:\n  shop:key: hush\n  shop:other: [\n" });
    expect(reading).toThrow(/Pulumi\.dev\.yaml is no valid YAML: .* at line 4, column 1\.$/);
    expect(reading).not.toThrow("hush");
  });

  it("without secure values needs no passphrase", () => {
    const project = read({ ...minimal, "Pulumi.dev.yaml": `config: { shop:a: b }\nencryptionsalt: ${salt}\n` });
    expect(texts(project)).toEqual({ "shop:a": "b" });
  });
});

it("a new encryptionsalt knows its passphrase from a wrong one", () => {
  const made = newEncryptionSalt("mine");
  expect(() => passphraseDecrypter(made, "mine")).not.toThrow();
  expect(() => passphraseDecrypter(made, "yours")).toThrow(/wrong/);
});
