import { createHash } from "node:crypto";
import { z } from "zod";

/** What a line is about: something done at a door, or something found there. */
export const evidenceActions = ["registered", "removed", "adopted", "found", "foundMissing"] as const;
export type EvidenceAction = (typeof evidenceActions)[number];

/**
 * `intended` is written before an effect, `done` or `failed` after it: a process that dies in between leaves an intention
 * of which nothing more was heard. What was only `seen` was nobody's effect in this run.
 */
const outcomes = ["intended", "done", "failed", "seen"] as const;

const shape = {
  /** ISO 8601 in UTC, whole seconds. */
  at: z.iso.datetime(),
  /** `project/stack`; absent where the host does not know it. */
  stack: z.string().optional(),
  /** Name of the link in its program. */
  link: z.string(),
  /** As sentences name it: `subscription 7e4c…`. */
  door: z.string(),
  action: z.enum(evidenceActions),
  outcome: z.enum(outcomes),
  thumbprint: z.string(),
  because: z.string(),
  requestId: z.string().optional(),
  /** Who signed in: the thumbprint of a certificate, or `application <client id>`. Never a secret. */
  credential: z.string().optional(),
  /** Of what failed: the first line of its error. */
  error: z.string().optional(),
};
const entrySchema = z.object(shape);
export type EvidenceEntry = z.infer<typeof entrySchema>;

const hashOf = z.string().regex(/^[0-9a-f]{64}$/);
const lineSchema = z.object({
  /** From 1. */
  sequence: z.int().min(1),
  ...shape,
  /** Of lines that only a command was given: each run has a chain of its own. */
  run: z.string().optional(),
  /** What a killed process had written of a line stands in front of this one. */
  tear: z.object({ bytes: z.int().min(1), sha256: hashOf }).optional(),
  previousHash: hashOf.nullable(),
  hash: hashOf,
});
export type EvidenceLine = z.infer<typeof lineSchema>;

/** The newest line, as the state of a link remembers it. */
export interface EvidenceHead {
  readonly sequence: number;
  readonly hash: string;
}

/** What of a line is not its entry. */
export interface Chained {
  readonly previous: EvidenceHead | null;
  readonly run?: string | undefined;
  readonly tear?: EvidenceLine["tear"];
}

/** No line is longer than a few kilobytes, whatever somebody called a resource or a service answered. */
const longestTextCharacters = 300;

/** A line without its line feed. The hash is that of the bytes before it, with a closing brace in its place. */
export function encodeLine(
  entry: EvidenceEntry,
  { previous, run, tear }: Chained,
): { text: string; head: EvidenceHead } {
  const sequence = (previous?.sequence ?? 0) + 1;
  const content = JSON.stringify({
    sequence,
    ...Object.fromEntries(Object.keys(shape).map((key) => [key, shortened(entry[key as keyof EvidenceEntry])])),
    run,
    tear,
    previousHash: previous?.hash ?? null,
  });
  const hash = sha256(content);
  return { text: `${content.slice(0, -1)},"hash":"${hash}"}`, head: { sequence, hash } };
}

/** What was read as a line; `isWhole` says whether it is as it was written. Null: it is none. */
export function decodeLine(text: string): { readonly line: EvidenceLine; readonly isWhole: boolean } | null {
  const [, content, hash] = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/su.exec(text) ?? [];
  if (content === undefined) {
    return null;
  }
  const parsed = lineSchema.safeParse(jsonOf(text));
  return parsed.success ? { line: parsed.data, isWhole: sha256(`${content}}`) === hash } : null;
}

/** A process that is killed leaves the beginning of a line, never its end. */
export function looksTorn(text: string): boolean {
  return !/"hash":"[0-9a-f]{64}"\}/.test(text);
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function shortened(text: string | undefined): string | undefined {
  const characters = text === undefined ? [] : [...text];
  return characters.length > longestTextCharacters
    ? `${characters.slice(0, longestTextCharacters - 1).join("")}…`
    : text?.toWellFormed();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
