import { X509Certificate } from "node:crypto";
import type { Emulator } from "../../emulator/emulator";
import { unknown } from "../../local-engine/values";
import { version } from "../../package.json";

/** As zod reads it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Of these, each value has a name of its own. */
const differing = [
  "privateKeyPem",
  "certificatePem",
  "thumbprint",
  "sha256Fingerprint",
  "serialNumber",
  "lineage",
  "requestId",
  "spreadFraction",
];

/**
 * What differs from run to run has a name in the recording: `<<thumbprint1>>`, or `<<thumbprint1:8>>` for its first eight
 * characters. The first answer that has one says what it stands for from then on.
 */
export class Names {
  readonly #values = new Map<string, string>();
  /** Of values that are no texts, each stands for itself only as a whole. */
  readonly #numbers = new Map<string, number>();

  constructor(known: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(known)) {
      this.#values.set(name, value);
    }
  }

  /** A certificate in PEM also gives its DER a name, which programs pass on. */
  name(name: string, value: string | number): void {
    if (typeof value === "number") {
      this.#numbers.set(name, value);
      return;
    }
    this.#values.set(name, value);
    if (value.startsWith("-----BEGIN CERTIFICATE-----")) {
      this.#values.set(`${name}Der`, new X509Certificate(value).raw.toString("base64"));
    }
  }

  /** With names in the place of values. */
  abstracted<T extends Json>(json: T): T {
    const values = [...this.#values].toSorted(([, one], [, other]) => other.length - one.length);
    const numbers = new Map([...this.#numbers].map(([name, value]) => [value, `<<${name}>>`]));
    return mapLeaves(json, (leaf) =>
      typeof leaf === "number"
        ? (numbers.get(leaf) ?? leaf)
        : values.reduce(
            (result, [name, value]) =>
              value.length < shortestInside
                ? result === value
                  ? `<<${name}>>`
                  : result
                : result.replaceAll(value, `<<${name}>>`).replaceAll(`${value.slice(0, 8)}…`, `<<${name}:8>>…`),
            leaf,
          ),
    ) as T;
  }

  /** With values in the place of names; names that nothing is known of stay. */
  filledIn<T extends Json>(json: T): T {
    return mapLeaves(json, (leaf) => {
      if (typeof leaf === "number") {
        return leaf;
      }
      const [, only] = /^<<(\w+)>>$/.exec(leaf) ?? [];
      const number = only === undefined ? undefined : this.#numbers.get(only);
      return (
        number ??
        leaf.replaceAll(/<<(\w+)(:8)?>>/g, (whole, name: string, prefix?: string) => {
          const value = this.#values.get(name);
          return value === undefined ? whole : prefix === undefined ? value : value.slice(0, 8);
        })
      );
    }) as T;
  }

  /** Learns what the names of a recorded answer stand for. */
  learn(recorded: Json, actual: Json | undefined): void {
    if (typeof recorded === "string" && (typeof actual === "string" || typeof actual === "number")) {
      const [, name] = /^<<(\w+)>>$/.exec(recorded) ?? [];
      if (name !== undefined && !this.#values.has(name) && !this.#numbers.has(name)) {
        this.name(name, actual);
      }
    } else if (typeof recorded === "object" && recorded !== null && typeof actual === "object" && actual !== null) {
      for (const [key, value] of Object.entries(recorded)) {
        this.learn(value, (actual as Readonly<Record<string, Json>>)[key]);
      }
    }
  }
}

/** Of what every run is told: where Azure is, and which package asks. */
export function namesOf(emulator: Emulator): Names {
  return new Names({
    managementEndpoint: emulator.endpoint,
    caCertificatePath: emulator.caCertificatePath,
    clientCertificatePath: emulator.credentialPath,
    version,
    tenantId: emulator.directory.tenantId,
    clientId: emulator.directory.administrator.appId,
    credential: emulator.credentialThumbprint,
  });
}

/** Gives names to what is not the same in the next run. */
export function nameWhatDiffers(
  json: unknown,
  names: Names,
  counts = new Map<string, number>(),
  seen = new Set<string | number>(),
): void {
  if (typeof json !== "object" || json === null) {
    return;
  }
  for (const [key, value] of Object.entries(json)) {
    const text = typeof value === "object" && value !== null && "value" in value ? value.value : value;
    const isOne = (typeof text === "string" && text !== unknown) || typeof text === "number";
    if (differing.includes(key) && isOne && !seen.has(text)) {
      seen.add(text);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      names.name(`${key}${counts.get(key)}`, text);
    }
    nameWhatDiffers(value, names, counts, seen);
  }
}

/** Shorter values stand for themselves only where they are all of a text. */
const shortestInside = 12;

function mapLeaves(json: Json, change: (leaf: string | number) => string | number): Json {
  if (typeof json === "string" || typeof json === "number") {
    return change(json);
  }
  if (Array.isArray(json)) {
    return json.map((each) => mapLeaves(each, change));
  }
  return typeof json === "object" && json !== null
    ? Object.fromEntries(Object.entries(json).map(([key, value]) => [change(key), mapLeaves(value, change)]))
    : json;
}
