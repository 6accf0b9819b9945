import { harmless } from "../output";

/** HTML that was written here, as opposed to text that came from outside. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const nothing = new Markup("");

type Content = string | number | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template in which every string is text: only what another such template made is HTML. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts.map((part, index) => (index === 0 ? "" : written(contents[index - 1] ?? "")) + part).join(""),
  );
}

/** Inside a script element of JSON: nothing in it ends the element, or begins a comment. */
export function embeddedJson(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

/** Nothing invisible is left, and nothing that turns the reading direction of what is around it. */
export function escapeHtml(text: string): string {
  return harmless(text)
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}

function written(content: Content): string {
  if (content instanceof Markup) {
    return content.text;
  }
  return typeof content === "object" ? content.map(({ text }) => text).join("") : escapeHtml(String(content));
}
