import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EvidenceEntry, type EvidenceHead, encodeLine, evidenceActions, sha256 } from "./evidenceLine";
import { type RememberedHead, verifyEvidence } from "./verifyEvidence";

const at = (index: number) => `2027-01-${String((index % 28) + 1).padStart(2, "0")}T00:00:00Z`;

const entries = fc.array(
  fc.record({
    link: fc.string({ maxLength: 20 }),
    door: fc.constantFrom("subscription a", "application b"),
    action: fc.constantFrom(...evidenceActions),
    thumbprint: fc.constantFrom("A".repeat(40), "B".repeat(40)),
    because: fc.string({ unit: "grapheme", maxLength: 20 }),
    requestId: fc.option(fc.string({ maxLength: 8 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Lines as they are written, less their line feeds, and the head of the last one. */
function written(
  given: readonly Omit<EvidenceEntry, "at" | "outcome">[],
  outcome: EvidenceEntry["outcome"] = "done",
): { texts: string[]; head: EvidenceHead } {
  let previous: EvidenceHead | null = null;
  const texts = given.map((entry, index) => {
    const { text, head } = encodeLine({ at: at(index), outcome, ...entry }, { previous });
    previous = head;
    return text;
  });
  return { texts, head: previous as unknown as EvidenceHead };
}

const fileOf = (texts: readonly string[]) => Buffer.from(texts.map((text) => `${text}\n`).join(""));
const problemsOf = (content: Buffer, heads: readonly RememberedHead[] = []) => verifyEvidence(content, heads).problems;
const remembered = (head: EvidenceHead): readonly RememberedHead[] => [{ link: "alice-prod", ...head }];
const given = (count: number) =>
  Array.from({ length: count }, () => ({
    link: "alice-prod",
    door: "subscription a",
    action: "registered" as const,
    thumbprint: "A".repeat(40),
    because: "new here",
  }));

describe("evidence", () => {
  it("is intact as it was written, whatever names are in it", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const { texts, head } = written(all);
        const { problems, lines, notes } = verifyEvidence(fileOf(texts), remembered(head));
        expect([problems, notes, lines.map(({ place }) => place)]).toEqual([
          [],
          [],
          texts.map((_, index) => index + 1),
        ]);
      }),
    );
  });

  it("shows that any one byte of it is another", () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, where, change) => {
        const { texts, head } = written(all);
        const content = fileOf(texts);
        // The very last line feed says nothing.
        const place = where % (content.length - 1);
        content[place] = (content[place] ?? 0) ^ change;
        expect(problemsOf(content, remembered(head))).not.toEqual([]);
      }),
    );
  });

  it("shows that any line was removed, put there, or exchanged with another one", () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(), (all, one, other) => {
        const { texts, head } = written(all);
        const [from, to] = [one % texts.length, other % texts.length];
        const heads = remembered(head);
        expect(problemsOf(fileOf(texts.toSpliced(from, 1)), heads)).not.toEqual([]);
        expect(problemsOf(fileOf(texts.toSpliced(to, 0, texts[from] ?? "")), heads)).not.toEqual([]);
        if (from !== to) {
          const swapped = texts.with(from, texts[to] ?? "").with(to, texts[from] ?? "");
          expect(problemsOf(fileOf(swapped), heads)).not.toEqual([]);
        }
      }),
    );
  });

  it("shows that it was cut off anywhere, to a stack that remembers the last line", () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, where) => {
        const { texts, head } = written(all);
        const content = fileOf(texts);
        const cut = content.subarray(0, where % (content.length - 1));
        expect(problemsOf(cut, remembered(head)).map(({ kind }) => kind)).toContain("unknownToFile");
      }),
    );
  });

  it("shows a forged line whose own hash was made anew, by the line after it or by a stack", () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, where) => {
        const { texts, head } = written(all);
        const place = where % texts.length;
        const { hash: _, because: _1, ...rest } = JSON.parse(texts[place] ?? "") as Record<string, unknown>;
        const content = JSON.stringify({ ...rest, because: "forged to say something else" });
        const forged = `${content.slice(0, -1)},"hash":"${sha256(content)}"}`;
        expect(problemsOf(fileOf(texts.with(place, forged)), remembered(head))).not.toEqual([]);
      }),
    );
  });

  const heads = remembered(written(given(4)).head);
  const { texts } = written(given(4));
  const cases: readonly [what: string, content: Buffer, kind: string, sentence: RegExp, since: string | null][] = [
    [
      "a removed line",
      fileOf(texts.toSpliced(1, 1)),
      "missing",
      /^line 2 has the number 3 .* one line is missing/,
      at(0),
    ],
    ["a removed beginning", fileOf(texts.slice(2)), "missing", /^line 1 .* 2 lines are missing before it/, null],
    ["a line that is there twice", fileOf(texts.toSpliced(2, 0, texts[1] ?? "")), "inserted", /^line 3 /, at(1)],
    [
      "a changed line",
      fileOf(texts.with(1, (texts[1] ?? "").replace("new here", "new hire"))),
      "changed",
      /^line 2 was changed/,
      at(0),
    ],
    ["something else", fileOf(texts.toSpliced(1, 0, "hello")), "unreadable", /^line 2 is no evidence/, at(0)],
    ["an empty line", fileOf(texts.toSpliced(1, 0, "")), "unreadable", /^line 2 is no evidence/, at(0)],
    [
      "a cut-off end",
      fileOf(texts.slice(0, 2)),
      "unknownToFile",
      /the stack's link alice-prod wrote number 4 .* it was removed/,
      at(1),
    ],
  ];
  it.each(cases)("names %s, and since when", (_what, content, kind, sentence, since) => {
    expect(problemsOf(content, heads)).toEqual([
      {
        kind,
        place: kind === "unknownToFile" ? null : expect.any(Number),
        since,
        sentence: expect.stringMatching(sentence),
      },
    ]);
  });

  it("accepts no explanation for what no killed process leaves: a whole line that was changed", () => {
    const [first = "", second = ""] = texts;
    const rest = second.replace("registered", "overlooked");
    const { hash, sequence } = written(given(1)).head;
    const tear = { bytes: Buffer.byteLength(rest), sha256: sha256(rest) };
    const [entry] = given(1);
    const healed = encodeLine(
      { at: at(2), outcome: "done", ...(entry as typeof entry & object) },
      { previous: { hash, sequence }, tear },
    );
    expect(problemsOf(fileOf([first, rest, healed.text])).map(({ kind }) => kind)).toContain("unreadable");
  });
});

describe("what was intended", () => {
  const file = (...told: readonly Pick<EvidenceEntry, "outcome" | "action">[]) => {
    let previous: EvidenceHead | null = null;
    const lines = told.map((one, index) => {
      const { text, head } = encodeLine({ ...(given(1)[0] as EvidenceEntry), at: at(index), ...one }, { previous });
      previous = head;
      return text;
    });
    return fileOf(lines);
  };
  const intended = { outcome: "intended", action: "registered" } as const;

  it("and not heard of again is something that is missing", () => {
    expect(problemsOf(file(intended))).toEqual([
      {
        kind: "unsettled",
        place: 1,
        since: at(0),
        sentence: expect.stringMatching(
          /A{40} was to be registered on subscription a, and nothing says what came of it/,
        ),
      },
    ]);
    expect(problemsOf(file(intended, { outcome: "done", action: "registered" }, intended))).toHaveLength(1);
  });

  it.each([
    { outcome: "done", action: "registered" },
    { outcome: "failed", action: "registered" },
    { outcome: "seen", action: "found" },
    { outcome: "seen", action: "foundMissing" },
  ] as const)("is settled by what was $outcome: $action", (later) => {
    expect(problemsOf(file(intended, later))).toEqual([]);
  });
});
