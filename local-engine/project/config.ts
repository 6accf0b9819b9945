import { readFileSync } from "node:fs";
import { z } from "zod";
import { LocalEngineError, UnsupportedError } from "../errors";
import { type Decrypter, passphraseDecrypter } from "./passphrase";

/** One configuration value as programs and providers read it: text; objects and lists as JSON. */
export interface ConfigValue {
  readonly text: string;
  readonly secret: boolean;
}

/** By full key, `namespace:name`. */
export type StackConfig = ReadonlyMap<string, ConfigValue>;

export const stackFileSchema = z.looseObject({
  config: z.record(z.string(), z.unknown()).nullish(),
  encryptionsalt: z.string().optional(),
  secretsprovider: z.string().optional(),
});
export type StackFile = z.infer<typeof stackFileSchema>;

const secureSchema = z.strictObject({ secure: z.string() });

/** The configuration of one stack: the project's defaults, then the stack's file, then what the caller gave. */
export function readStackConfig(parts: {
  readonly projectName: string;
  readonly projectConfig: Readonly<Record<string, unknown>>;
  readonly stackFile: StackFile;
  readonly overrides: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): StackConfig {
  const { projectName, stackFile } = parts;
  let decrypter: Decrypter | undefined;
  const decrypt: Decrypter = (ciphertext) => {
    decrypter ??= decrypterOf(stackFile, parts.environment);
    return decrypter(ciphertext);
  };
  const config = new Map<string, ConfigValue>();
  for (const [key, value] of Object.entries(parts.projectConfig)) {
    const declared = declaredDefault(value);
    if (declared !== undefined && declared !== null) {
      config.set(fullKey(projectName, key), toConfigValue(declared, decrypt));
    }
  }
  for (const [key, value] of Object.entries(stackFile.config ?? {})) {
    config.set(fullKey(projectName, key), toConfigValue(value, decrypt));
  }
  for (const [key, text] of Object.entries(parts.overrides)) {
    config.set(fullKey(projectName, key), { text, secret: false });
  }
  return new Map([...config].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** `name` means `<project>:name`; the old form `ns:config:name` means `ns:name`. */
function fullKey(projectName: string, key: string): string {
  const parts = key.split(":");
  if (parts.length === 1) {
    return `${projectName}:${key}`;
  }
  return parts.length === 3 && parts[1] === "config" ? `${parts[0]}:${parts[2]}` : key;
}

/** Pulumi.yaml may declare a key (`type`, `description`, `default`), give it a `value`, or be the value. */
function declaredDefault(value: unknown): unknown {
  const declaration = z
    .looseObject({ value: z.unknown().optional(), default: z.unknown().optional() })
    .safeParse(value);
  return declaration.success ? (declaration.data.value ?? declaration.data.default) : value;
}

function toConfigValue(value: unknown, decrypt: Decrypter): ConfigValue {
  let secret = false;
  const decrypted = decryptDeep(value, (ciphertext) => {
    secret = true;
    return decrypt(ciphertext);
  });
  return { text: typeof decrypted === "object" ? JSON.stringify(decrypted) : String(decrypted), secret };
}

function decryptDeep(value: unknown, decrypt: Decrypter): unknown {
  const secure = secureSchema.safeParse(value);
  if (secure.success) {
    return decrypt(secure.data.secure);
  }
  if (Array.isArray(value)) {
    return value.map((element) => decryptDeep(element, decrypt));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decryptDeep(each, decrypt)]));
  }
  return value;
}

function decrypterOf(file: StackFile, environment: Readonly<Record<string, string | undefined>>): Decrypter {
  if (file.secretsprovider !== undefined && file.secretsprovider !== "passphrase") {
    throw new UnsupportedError(`the secrets provider ${file.secretsprovider}`);
  }
  if (file.encryptionsalt === undefined) {
    throw new LocalEngineError(
      "The stack's configuration has a secure: value but no encryptionsalt to decrypt it with.",
    );
  }
  const passphrase = passphraseOf(environment);
  if (passphrase === undefined) {
    throw new LocalEngineError(
      "The stack's configuration has secure: values. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
    );
  }
  return passphraseDecrypter(file.encryptionsalt, passphrase);
}

/** The passphrase that Pulumi's own variables give, if they do. */
export function passphraseOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const path = environment["PULUMI_CONFIG_PASSPHRASE_FILE"];
  return (
    environment["PULUMI_CONFIG_PASSPHRASE"] ?? (path ? readFileSync(path, "utf8").replace(/\r?\n$/, "") : undefined)
  );
}
