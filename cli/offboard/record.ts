import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ConfigurationError } from "../../provider/errors";
import type { Holdings } from "./holdings";
import { keptSettings } from "./providerSettings";

/** What is kept of an offboarding: a state forgets the person's own certificates once they are deleted. */
export interface OffboardingRecord {
  readonly holdings: Holdings;
  /** Of the providers that go to their doors, by `<urn>::<id>`; without keys. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const texts = z.array(z.string());
const schema = z.object({
  version: z.literal(1),
  settings: z.record(z.string(), z.record(z.string(), z.unknown())),
  holdings: z.object({
    person: z.string(),
    certificates: z.array(
      z.object({
        urn: z.string(),
        name: z.string(),
        lineage: z.string().nullable(),
        issuedAt: z.string(),
        held: texts,
        unattributed: texts,
        othersHeld: texts,
        own: z.boolean(),
        listed: z.boolean(),
        tracked: z.boolean(),
        sharedWith: texts,
      }),
    ),
    links: z.array(
      z.object({
        urn: z.string(),
        name: z.string(),
        place: z.object({ kind: z.enum(["subscription", "application"]), address: z.record(z.string(), z.string()) }),
        provider: z.string().nullable(),
        lineage: z.string().nullable(),
        state: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
});

/** Beside the local engine's state, by stack and person. A person's id may be anything, so it is not taken for a path. */
export function recordPath(projectDirectory: string, stack: string, person: string): string {
  const shown = `${stack}-${person}`.replaceAll(/[^\w.@-]+/g, "_").slice(0, 80);
  const exact = createHash("sha256").update(`${stack}\0${person}`).digest("hex").slice(0, 8);
  return join(projectDirectory, ".azure-certificates", "offboarding", `${shown}-${exact}.json`);
}

/** Null where there is none. @throws ConfigurationError ERR_CONFIGURATION: it can't be read, or is about somebody else */
export function readRecord(path: string, person: string): OffboardingRecord | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      return null;
    }
    throw unusable(path, "can't be read", cause);
  }
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data.holdings.person !== person) {
    throw unusable(path, parsed.success ? "is about somebody else" : "is not one that this command wrote");
  }
  const { holdings, settings } = parsed.data;
  return { holdings, settings };
}

/** Replaced at once, before anything is changed: a run that is killed leaves the old one or the new one. */
export function writeRecord(path: string, { holdings, settings }: OffboardingRecord): void {
  const kept = Object.fromEntries(
    Object.entries(settings).map(([provider, values]) => [provider, withoutKeys(values)]),
  );
  const temporary = `${path}.${randomBytes(4).toString("hex")}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify({ version: 1, settings: kept, holdings }, null, 1), { mode: 0o600 });
    renameSync(temporary, path);
  } catch (cause) {
    throw unusable(path, "can't be written", cause);
  }
}

function withoutKeys(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const names = keptSettings.flatMap((key) => [key, `azure-certificates:${key}`]);
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function unusable(path: string, how: string, cause?: unknown): ConfigurationError {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new ConfigurationError({
    what: `The record of this offboarding ${how}${code}.`,
    todo: "It says what the person held before their certificates were deleted. Put it right, or name another file with --record.",
    facts: { file: path },
    cause,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
