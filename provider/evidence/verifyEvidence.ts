import { decodeLine, type EvidenceHead, type EvidenceLine, looksTorn, sha256 } from "./evidenceLine";

/** A line as it stands in the file; `place` counts from 1. */
export interface ReadLine {
  readonly place: number;
  readonly line: EvidenceLine;
}

/** What is not as it was written. */
export interface EvidenceProblem {
  readonly kind: "changed" | "missing" | "inserted" | "unreadable" | "cutOff" | "unsettled" | "unknownToFile";
  /** Line of the file; null where it is about one that is not there. */
  readonly place: number | null;
  /** When the last line before it was written that is as it should be; null: there is none. */
  readonly since: string | null;
  /** What is wrong, as a sentence. */
  readonly sentence: string;
}

export interface VerifiedEvidence {
  readonly lines: readonly ReadLine[];
  /** In the order of the file. Empty: it is intact. */
  readonly problems: readonly EvidenceProblem[];
  /** What was torn and is accounted for: nothing is missing because of it. */
  readonly notes: readonly string[];
}

/** A line that a stack remembers, and which of its links does. */
export interface RememberedHead extends EvidenceHead {
  readonly link: string;
}

/**
 * Whether evidence is as it was written: every line's own hash, the chain of them, what was intended and not heard of again, and
 * every line that a stack remembers. Pure.
 *
 * It can't show that the end was cut off where no stack remembers it, nor what somebody wrote anew who could change both.
 */
export function verifyEvidence(content: Buffer, heads: readonly RememberedHead[]): VerifiedEvidence {
  const reading = new Reading();
  let begin = 0;
  for (let place = 1; begin < content.length; place++) {
    const feed = content.indexOf("\n", begin);
    const end = feed === -1 ? content.length : feed;
    reading.take(content.subarray(begin, end), place, feed === -1);
    begin = end + 1;
  }
  reading.end();
  const { lines, problems, notes } = reading;
  return { lines, problems: [...problems, ...unsettled(lines), ...unknownHeads(lines, heads)], notes };
}

/** One pass over the lines, in their order. */
class Reading {
  readonly lines: ReadLine[] = [];
  readonly problems: EvidenceProblem[] = [];
  readonly notes: string[] = [];
  /** The newest line of each chain: that of the file, and those of single runs. */
  readonly #heads = new Map<string | undefined, EvidenceHead>();
  #rest: Buffer[] = [];
  #restFrom = 0;
  #isOpen = false;
  #since: string | null = null;

  take(bytes: Buffer, place: number, isOpen: boolean): void {
    const found = decodeLine(bytes.toString("utf8"));
    if (found === null) {
      this.#restFrom = this.#rest.length === 0 ? place : this.#restFrom;
      this.#rest.push(bytes);
      this.#isOpen = isOpen;
      return;
    }
    this.#settleRest(found.line.tear, place);
    const { line, isWhole } = found;
    if (isWhole) {
      this.#chain(line, place);
    } else {
      this.#say("changed", place, "was changed: its hash is not that of what it says");
    }
    this.#heads.set(line.run, line);
    this.#since = isWhole ? line.at : this.#since;
    this.lines.push({ place, line });
  }

  end(): void {
    if (this.#isOpen && this.#rest.length > 0 && this.#rest.every((bytes) => looksTorn(bytes.toString()))) {
      this.#say(
        "cutOff",
        this.#restFrom,
        "is not whole: whoever wrote it was killed, or its end was cut off. The next effect is written behind it and says so",
      );
      this.#rest = [];
    }
    this.#settleRest(undefined, 0);
  }

  #chain(line: EvidenceLine, place: number): void {
    const { sequence, previousHash, run } = line;
    const isOther = this.lines.length > 0 && (run === undefined) !== (this.lines[0]?.line.run === undefined);
    const before = this.#heads.get(run) ?? { sequence: 0, hash: null };
    if (isOther) {
      this.#say("inserted", place, "belongs to another chain than the lines before it: somebody put it there");
    } else if (sequence > before.sequence + 1) {
      const gone = sequence - before.sequence - 1;
      this.#say(
        "missing",
        place,
        `has the number ${sequence} and follows ${before.sequence}: ${gone === 1 ? "one line is" : `${gone} lines are`} missing before it`,
      );
    } else if (sequence <= before.sequence) {
      this.#say(
        "inserted",
        place,
        `has the number ${sequence} and follows ${before.sequence}: it was put there, or lines were exchanged`,
      );
    } else if (previousHash !== before.hash) {
      this.#say(
        "changed",
        place,
        `does not follow the line before it: number ${before.sequence} was replaced or changed`,
      );
    }
  }

  /** What is no line: the next one has to account for it, and it has to look as if a process was killed. */
  #settleRest(tear: EvidenceLine["tear"], place: number): void {
    const rest = Buffer.concat(
      this.#rest.flatMap((bytes, index) => (index === 0 ? [bytes] : [Buffer.from("\n"), bytes])),
    );
    const isRest = this.#rest.length > 0;
    this.#rest = [];
    if (isRest && tear !== undefined && tear.sha256 === sha256(rest) && looksTorn(rest.toString())) {
      this.notes.push(
        `line ${this.#restFrom} is not whole: whoever wrote it was killed. Line ${place} says so, and no line is missing`,
      );
    } else if (isRest) {
      this.#say("unreadable", this.#restFrom, "is no evidence: it was changed, or put there");
    } else if (tear !== undefined) {
      this.#say(
        "missing",
        place,
        `says that ${tear.bytes} bytes of a line that was not whole stand before it, and they do not`,
      );
    }
  }

  #say(kind: EvidenceProblem["kind"], place: number, what: string): void {
    this.problems.push({ kind, place, since: this.#since, sentence: `line ${place} ${what}` });
  }
}

/** An intention is settled by its own end, or by whatever was seen or done at that door with that certificate later. */
function unsettled(lines: readonly ReadLine[]): readonly EvidenceProblem[] {
  const open = new Map<string, ReadLine>();
  for (const read of lines) {
    const { door, thumbprint, outcome } = read.line;
    const key = `${door} ${thumbprint}`;
    if (outcome === "intended") {
      open.set(key, read);
    } else {
      open.delete(key);
    }
  }
  return [...open.values()].map(({ place, line }) => ({
    kind: "unsettled",
    place,
    since: line.at,
    sentence: `line ${place} says that ${line.thumbprint} was to be ${line.action} on ${line.door}, and nothing says what came of it: the run was killed, or the line was removed. Look at the door, or run the update again`,
  }));
}

function unknownHeads(lines: readonly ReadLine[], heads: readonly RememberedHead[]): readonly EvidenceProblem[] {
  const sequenceOf = new Map(lines.map(({ line }) => [line.hash, line.sequence]));
  const missing = heads
    .filter(({ hash, sequence }) => sequenceOf.get(hash) !== sequence)
    .toSorted((left, right) => left.sequence - right.sequence);
  return missing.map(({ sequence, hash, link }) => {
    const before = lines.findLast(({ line }) => line.sequence < sequence);
    return {
      kind: "unknownToFile",
      place: null,
      since: before?.line.at ?? null,
      sentence: `the stack's link ${link} wrote number ${sequence} (${hash.slice(0, 8)}…), and no line is that one: it was removed, changed or cut off, or this is another file`,
    };
  });
}
