import { createColors } from "picocolors";

/**
 * The only place that writes to the terminal. What a program may want to read goes to stdout;
 * what is for the person in front of it, progress and errors, goes to stderr.
 */

/** Colours for stdout: none in a pipe, and none where NO_COLOR asks for that (https://no-color.org). */
export const colours = createColors(isColourful(process.stdout));
const errorColours = createColors(isColourful(process.stderr));

/** A result, on stdout. */
export function printLine(text: string): void {
  writeOut(`${text}\n`);
}

/** A result for programs, on stdout: one line if it is `compact`, as a line protocol needs it. */
export function printJson(value: unknown, compact = false): void {
  printLine(compact ? JSON.stringify(value) : JSON.stringify(value, null, 2));
}

/** Something for the person who waits, on stderr. */
export function printNote(text: string): void {
  writeErr(`${text}\n`);
}

/** One readable block on stderr. */
export function printError(text: string): void {
  const [first, ...details] = text.trimEnd().split("\n").map(harmless);
  printNote([`${errorColours.red("error:")} ${first}`, ...details].join("\n"));
}

export function writeOut(text: string): void {
  process.stdout.write(text);
}

export function writeErr(text: string): void {
  process.stderr.write(text);
}

/** Whoever reads us may stop early, as `head` does: that is no error of ours, and the exit code stays what it is. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") {
        throw error;
      }
      process.exit();
    });
  }
}

/** Without control and formatting characters: a name out of a file must not move the cursor or hide a line. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

function isColourful(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
}
