import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./project";

/** docs/errors.md: for each heading, the text that a person sees. What the tests see must be that text. */
const sections = new Map(
  readFileSync(join(repositoryRoot, "docs/errors.md"), "utf8")
    .split(/^### /m)
    .slice(1)
    .map((section): [string, string] => {
      const [title = ""] = section.split("\n");
      return [title, /^```text\n(.*?)^```/ms.exec(section)?.[1] ?? ""];
    }),
);

export const documentedErrors: readonly string[] = [...sections.keys()];

/** What the document shows below a heading, as {@link readAlike} writes it. */
export function documented(title: string): string {
  const text = sections.get(title);
  if (text === undefined || text === "") {
    throw new Error(`docs/errors.md shows nothing below "${title}"`);
  }
  return readAlike(text);
}

/** A text without what differs from run to run, and without its line breaks: every engine indents in its own way. */
export function readAlike(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<guid>")
    .replace(/\b[0-9A-F]{40}\b/g, "<thumbprint>")
    .replace(/\b[0-9A-F]{8}…/g, "<thumbprint>…")
    .replace(/\b[0-9a-f]{32}\b/g, "<request id>")
    .replace(/\b127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replace(/\/[\w./-]+\.(pem|publishsettings)\b/g, "<path>")
    .replace(/\bin \d+\.\d s\b/g, "in <time>")
    .replace(/[\s│]+/g, " ")
    .trim();
}
