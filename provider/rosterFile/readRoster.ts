import { type Document, isNode, LineCounter, parseAllDocuments } from "yaml";
import { defaultCertificateLimit } from "../defaults";
import type { Group, Person, RosterFile, RosterSubscription, RotationSettings } from "../roster/roster";
import { privateKeyAt, readPasted, withoutLongWords } from "./pastedCertificates";
import { idForm, type RosterContent, rosterSchema, rotationShape } from "./rosterSchema";

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
  | { readonly file: RosterFile; readonly problems: null }
  | { readonly file: null; readonly problems: readonly RosterProblem[] };

/** 5,000 people on 200 subscriptions are less than a megabyte. */
const longestRosterCharacters = 16 * 1024 * 1024;
type Path = readonly PropertyKey[];

/** Reads a roster, whole or not at all: what is half understood must never look like people who left. */
export function readRoster(text: string): ReadRoster {
  const lines = new LineCounter();
  const at = (offset: number, reason: string): RosterProblem => {
    const { line, col } = lines.linePos(offset);
    const shown = withoutLongWords(text.split("\n", line).at(-1)?.trimEnd() ?? "");
    return { line, column: col, text: shown, reason };
  };
  const failed = (problems: readonly RosterProblem[]): ReadRoster => ({ file: null, problems });
  if (text.length > longestRosterCharacters) {
    return failed([
      { line: 1, column: 1, text: "", reason: `a roster has at most ${longestRosterCharacters} characters` },
    ]);
  }
  const key = privateKeyAt(text);
  if (key >= 0) {
    const line = text.slice(0, key).split("\n").length;
    const reason =
      "a private key stands here, and whoever can read this file has it. Take it out, take its certificate off every door, and make a new one; a roster holds certificates alone";
    return failed([{ line, column: key - text.lastIndexOf("\n", key), text: "", reason }]);
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
  const parsed = rosterSchema.safeParse(content);
  const problems = [
    ...wrongIds(content),
    ...(parsed.success
      ? [...unknownReferences(parsed.data), ...readPasted(parsed.data.people).problems]
      : parsed.error.issues.map(({ path, message }) => ({ path, reason: message }))),
  ];
  return problems.length > 0 || !parsed.success
    ? failed(problems.map(({ path, reason }) => at(offsetOf(document, path), reason)))
    : { file: fileOf(parsed.data), problems: null };
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
  const wrongIn = (path: Path, record: unknown) =>
    idsIn(record)
      .filter((id) => !idForm.test(id))
      .map((id) => ({ path: [...path, id], reason }));
  const section = (name: string) => (content as Record<string, unknown> | null)?.[name];
  const people = section("people") as Record<string, { readonly certificates?: unknown } | null> | null | undefined;
  return [
    ...["subscriptions", "people", "groups"].flatMap((name) => wrongIn([name], section(name))),
    ...idsIn(people).flatMap((id) => wrongIn(["people", id, "certificates"], people?.[id]?.certificates)),
  ];
}

function idsIn(record: unknown): readonly string[] {
  return Object.keys((record as object | null | undefined) ?? {});
}

function unknownReferences({
  subscriptions,
  people,
  groups,
  expected,
}: RosterContent): readonly { readonly path: Path; readonly reason: string }[] {
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
    ...expected.leavers.flatMap((id, index) =>
      Object.hasOwn(people, id)
        ? [
            {
              path: ["expected", "leavers", index],
              reason: `${id} is still among the people: take ${id} out there, or here`,
            },
          ]
        : [],
    ),
    ...Object.entries(people).flatMap(([id, person]) => [
      ...missing(["people", id, "subscriptions"], person.subscriptions, subscriptions, "subscription"),
      ...Object.entries(person.certificates).flatMap(([certificate, { subscriptions: theirs }]) =>
        missing(["people", id, "certificates", certificate, "subscriptions"], theirs, subscriptions, "subscription"),
      ),
    ]),
    ...Object.entries(groups).flatMap(([id, group]) => [
      ...missing(["groups", id, "members"], group.members, people, "person"),
      ...missing(["groups", id, "subscriptions"], group.subscriptions, subscriptions, "subscription"),
    ]),
  ];
}

function fileOf({ defaults, subscriptions, people, groups, expected }: RosterContent): RosterFile {
  const rotationOf = (own: RotationSettings): RotationSettings =>
    Object.fromEntries(
      Object.keys(rotationShape)
        .map((key) => [key, own[key as keyof RotationSettings] ?? defaults[key as keyof RotationSettings]])
        .filter(([, value]) => value !== undefined),
    );
  const { pasted } = readPasted(people);
  const brought = Map.groupBy(pasted, ({ person }) => person);
  return {
    roster: {
      subscriptions: byKey(subscriptions).map(([name, { id, certificateLimit, administrator }]): RosterSubscription => {
        const most = certificateLimit ?? defaults.certificateLimit ?? defaultCertificateLimit;
        return { name, subscriptionId: id, certificateLimit: most, ...(administrator && { administrator }) };
      }),
      people: byKey(people).map(([id, { name, subscriptions: theirs }]): Person => {
        const certificates = (brought.get(id) ?? []).map(({ certificate }) => certificate);
        return {
          id,
          name,
          subscriptions: theirs.toSorted(),
          ...(certificates.length > 0 && {
            certificates: certificates.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
          }),
        };
      }),
      groups: byKey(groups).map(([id, { members, subscriptions: theirs }]): Group => {
        return { id, members: members.toSorted(), subscriptions: theirs.toSorted() };
      }),
    },
    rotation: Object.fromEntries([
      ...byKey(people).map(([id, own]) => [`people/${id}`, rotationOf(own)]),
      ...byKey(groups).map(([id, own]) => [`groups/${id}`, rotationOf(own)]),
    ]),
    pasted: Object.fromEntries(pasted.map(({ path, pem }) => [path, pem])),
    organization: defaults.organization ?? null,
    expected: {
      leavers: expected.leavers.toSorted(),
      closedSubscriptions: expected.closedSubscriptions.map((one) => one.toLowerCase()).toSorted(),
    },
  };
}

function byKey<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1));
}
