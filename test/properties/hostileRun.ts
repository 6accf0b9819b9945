import { seeded } from "../support/chaosCases";
import type { Reader } from "./readers";

/** What became of the mutations of one kind of input. */
export interface KindReport {
  readonly name: string;
  readonly mutations: number;
  /** How many ended in what: `value`, or the code or class of an error. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** `kind/number: what is wrong`; the number leads to the mutation again, with the same seed. */
  readonly problems: readonly string[];
}

const longestMs = 1_000;
const longestErrorCharacters = 2_000;
const runThatTells = 40;

/** Reads one mutation after the other. `began` is told which one comes, in case it never comes back. */
export function readAll(
  reader: Reader,
  seed: number,
  numbers: Iterable<number>,
  began: (number: number) => void,
): KindReport {
  const outcomes: Record<string, number> = {};
  const problems: string[] = [];
  const telling = windowsOf(reader.secrets);
  let mutations = 0;
  let slowestMs = 0;
  for (const number of numbers) {
    began(number);
    mutations++;
    const bytes = mutantOf(reader, seed, number);
    const { outcome, wrong, tookMs: ms } = readOnce(reader, bytes, telling);
    slowestMs = Math.max(slowestMs, ms);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const late = ms > longestMs ? [`took ${Math.round(ms)} ms for ${bytes.length} bytes`] : [];
    problems.push(...[...wrong, ...late].map((sentence) => `${reader.name}/${number}: ${sentence}`));
  }
  return { name: reader.name, mutations, outcomes, slowestMs, problems };
}

/** Each mutation has numbers of its own, so that one of them can be made again without those before it. */
function mutantOf(reader: Reader, seed: number, number: number): Buffer {
  return reader.mutant(seeded(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + number * 0x27d4eb2f));
}

interface Outcome {
  readonly outcome: string;
  readonly wrong: readonly string[];
  readonly tookMs: number;
}

function readOnce(reader: Reader, bytes: Buffer, telling: ReadonlySet<string>): Outcome {
  const startedMs = processorMs();
  try {
    reader.read(bytes);
    return { outcome: "value", wrong: [], tookMs: processorMs() - startedMs };
  } catch (error) {
    const tookMs = processorMs() - startedMs;
    return { outcome: nameOf(error), wrong: wrongIn(error, reader, telling), tookMs };
  }
}

/** Not the clock on the wall: on a busy machine others have the processor most of the time. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return typeof error;
  }
  return "code" in error ? `${error.name} ${String(error.code)}` : error.name;
}

function wrongIn(error: unknown, reader: Reader, telling: ReadonlySet<string>): readonly string[] {
  if (!(error instanceof Error) || !reader.isNamed(error)) {
    return [`ends in ${error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error)}`];
  }
  return [
    ...(error.message.length > longestErrorCharacters ? [`its error has ${error.message.length} characters`] : []),
    ...(unseemly.test(error.message) ? [`its error holds control characters: ${JSON.stringify(error.message)}`] : []),
    ...(causesOf(error).some(({ message }) => tells(message, telling)) ? ["its error repeats key material"] : []),
    ...causesOf(error)
      .filter((cause) => cause instanceof RangeError && cause.message.includes("call stack"))
      .map(() => "it ran out of stack on the way to its error"),
  ];
}

/** What a terminal obeys. Line breaks are ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseemly = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/;

/** The error and all that it carries, however deep. */
function causesOf(error: Error): readonly Error[] {
  return [error, ...(error.cause instanceof Error ? causesOf(error.cause) : [])];
}

/** Every run of 40 characters in the base64 and the hex of a secret, wherever in its bytes it begins. */
function windowsOf(secrets: readonly Buffer[]): ReadonlySet<string> {
  const windows = new Set<string>();
  for (const secret of secrets) {
    for (const text of [0, 1, 2]
      .map((from) => secret.subarray(from).toString("base64"))
      .concat(secret.toString("hex"))) {
      for (let at = 0; at + runThatTells <= text.length; at++) {
        windows.add(text.slice(at, at + runThatTells));
      }
    }
  }
  return windows;
}

function tells(message: string, telling: ReadonlySet<string>): boolean {
  const text = message.replace(/\s|\\n/g, "");
  for (let at = 0; at + runThatTells <= text.length; at++) {
    if (telling.has(text.slice(at, at + runThatTells))) {
      return true;
    }
  }
  return false;
}
