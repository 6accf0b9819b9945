import { type Document, isNode, LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";
import { defaultCertificateLimit } from "../defaults";
import type { Group, Person, Roster, RosterSubscription, RotationSettings } from "../roster/roster";

/** Something that is wrong in a roster file, and where. */
export interface RosterProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The line of the file as it is. */
  readonly text: string;
  readonly reason: string;
}

export type ReadRoster =
  | { readonly roster: Roster; readonly problems: null }
  | { readonly roster: null; readonly problems: readonly RosterProblem[] };

/** 5,000 people on 200 subscriptions are less than a megabyte. */
const longestRosterCharacters = 16 * 1024 * 1024;
const longestName = 64;
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const idForm = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const nameText = z
  .string({ error: "a name must be a text" })
  .refine((text) => text.trim() !== "" && text.length <= longestName && !control.test(text), {
    error: `a name has 1 to ${longestName} characters, none of them invisible`,
  });
const hours = (property: string) =>
  z
    .number({ error: `${property} must be a number of hours` })
    .positive({ error: `${property} must be more than 0 hours` });

const rotationShape = {
  validityPeriodHours: hours("validityPeriodHours").optional(),
  renewBeforeHours: hours("renewBeforeHours").optional(),
  rotateEveryHours: hours("rotateEveryHours").optional(),
  overlapHours: hours("overlapHours").optional(),
};
const guid = z.guid({ error: "a subscription needs its GUID, as 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b" }).toLowerCase();
const limit = z
  .int({ error: "certificateLimit must be a whole number" })
  .min(1, { error: "certificateLimit must be at least 1" });
const references = (what: string) =>
  z.array(z.string({ error: `${what} must be a list of names` }), { error: `${what} must be a list of names` });

const unknownKeys = (where: string) => (issue: { readonly code?: string; readonly keys?: readonly string[] }) =>
  issue.code === "unrecognized_keys" ? `${where} has no ${issue.keys?.join(", ")}` : undefined;

const fileSchema = z.strictObject(
  {
    defaults: z
      .strictObject({ ...rotationShape, certificateLimit: limit.optional() }, { error: unknownKeys("defaults") })
      .default({}),
    subscriptions: z.record(
      z.string(),
      z.union(
        [
          guid.transform((id) => ({ id, certificateLimit: undefined })),
          z.strictObject({ id: guid, certificateLimit: limit.optional() }),
        ],
        {
          error: "a subscription is its GUID, or { id: GUID, certificateLimit: number }",
        },
      ),
      { error: "subscriptions must name at least one subscription with its GUID" },
    ),
    people: z.record(
      z.string(),
      z.strictObject(
        { name: nameText, subscriptions: references("subscriptions").default([]), ...rotationShape },
        { error: (issue) => unknownKeys("a person")(issue) ?? "a person is { name: text, subscriptions: [names] }" },
      ),
      { error: "people must list everybody by their id" },
    ),
    groups: z
      .record(
        z.string(),
        z.strictObject(
          { members: references("members"), subscriptions: references("subscriptions"), ...rotationShape },
          {
            error: (issue) => unknownKeys("a group")(issue) ?? "a group is { members: [ids], subscriptions: [names] }",
          },
        ),
        { error: "groups must list the groups by their id" },
      )
      .default({}),
  },
  {
    error: (issue) =>
      unknownKeys("a roster")(issue) ?? "a roster has subscriptions, people and groups: this file has nothing",
  },
);
type RosterFile = z.output<typeof fileSchema>;
type Path = readonly PropertyKey[];

/** Reads a roster, whole or not at all: what is half understood must never look like people who left. */
export function readRoster(text: string): ReadRoster {
  const lines = new LineCounter();
  const at = (offset: number, reason: string): RosterProblem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, text: text.split("\n", line).at(-1)?.trimEnd() ?? "", reason };
  };
  const failed = (problems: readonly RosterProblem[]): ReadRoster => ({ roster: null, problems });
  if (text.length > longestRosterCharacters) {
    return failed([
      { line: 1, column: 1, text: "", reason: `a roster has at most ${longestRosterCharacters} characters` },
    ]);
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined) {
    return failed([
      { line: 1, column: 1, text: "", reason: "this file has nothing in it, and nobody is removed because of that" },
    ]);
  }
  if (second !== undefined) {
    return failed([at(second.range[0], "a roster is one document: there is a second one after ---")]);
  }
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    return failed(
      broken.map(({ pos, message }) =>
        at(pos[0], message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? ""),
      ),
    );
  }
  let content: unknown;
  try {
    // Without aliases: a page of them can stand for gigabytes.
    content = document.toJS({ maxAliasCount: 0 });
  } catch {
    return failed([
      { line: 1, column: 1, text: "", reason: "a roster has no anchors and aliases (& and *): write it out" },
    ]);
  }
  const parsed = fileSchema.safeParse(content);
  const problems = [
    ...wrongIds(content),
    ...(parsed.success
      ? unknownReferences(parsed.data)
      : parsed.error.issues.map(({ path, message }) => ({ path, reason: message }))),
  ];
  return problems.length > 0 || !parsed.success
    ? failed(problems.map(({ path, reason }) => at(offsetOf(document, path), reason)))
    : { roster: rosterOf(parsed.data), problems: null };
}

/** Where the value of a path begins, or of the nearest thing around it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range != null) {
      return node.range[0];
    }
  }
  return document.contents?.range?.[0] ?? 0;
}

/** Looked at before any schema does: one that leaves out a key which JavaScript has a use for would leave out a person. */
function wrongIds(content: unknown): readonly { readonly path: Path; readonly reason: string }[] {
  const reason = "an id is 1 to 64 lower-case letters, digits, dots, dashes and underscores, as alice or on-call";
  return ["subscriptions", "people", "groups"].flatMap((section) => {
    const ids = Object.keys((content as Record<string, object | null> | null)?.[section] ?? {});
    return ids.filter((id) => !idForm.test(id)).map((id) => ({ path: [section, id], reason }));
  });
}

function unknownReferences({
  subscriptions,
  people,
  groups,
}: RosterFile): readonly { readonly path: Path; readonly reason: string }[] {
  const missing = (path: Path, names: readonly string[], known: object, what: string) =>
    names.flatMap((name, index) => {
      const twice = names.indexOf(name) < index;
      return Object.hasOwn(known, name) && !twice
        ? []
        : [
            {
              path: [...path, index],
              reason: twice ? `${name} is named twice` : `there is no ${what} ${name} in this file`,
            },
          ];
    });
  return [
    ...Object.entries(people).flatMap(([id, person]) =>
      missing(["people", id, "subscriptions"], person.subscriptions, subscriptions, "subscription"),
    ),
    ...Object.entries(groups).flatMap(([id, group]) => [
      ...missing(["groups", id, "members"], group.members, people, "person"),
      ...missing(["groups", id, "subscriptions"], group.subscriptions, subscriptions, "subscription"),
    ]),
  ];
}

function rosterOf({ defaults, subscriptions, people, groups }: RosterFile): Roster {
  const rotationOf = (own: RotationSettings): RotationSettings =>
    Object.fromEntries(
      Object.keys(rotationShape)
        .map((key) => [key, own[key as keyof RotationSettings] ?? defaults[key as keyof RotationSettings]])
        .filter(([, value]) => value !== undefined),
    );
  return {
    subscriptions: byKey(subscriptions).map(([name, { id, certificateLimit }]): RosterSubscription => {
      const most = certificateLimit ?? defaults.certificateLimit ?? defaultCertificateLimit;
      return { name, subscriptionId: id, certificateLimit: most };
    }),
    people: byKey(people).map(([id, { name, subscriptions: theirs, ...own }]): Person => {
      return { id, name, subscriptions: theirs.toSorted(), rotation: rotationOf(own) };
    }),
    groups: byKey(groups).map(([id, { members, subscriptions: theirs, ...own }]): Group => {
      return { id, members: members.toSorted(), subscriptions: theirs.toSorted(), rotation: rotationOf(own) };
    }),
  };
}

function byKey<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1));
}
