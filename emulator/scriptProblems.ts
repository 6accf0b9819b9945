import type { z } from "zod";

const kinds: Readonly<Record<string, string>> = {
  array: "a list",
  object: "a set of properties",
  string: "a text",
  number: "a number",
  int: "a whole number",
};

const longestShown = 60;

/** One mistake in a list of entries, with the entry (counted from 1) and the property that it is in. */
export function inPlainWords(issue: z.core.$ZodIssue): string {
  const [index, ...path] = issue.path;
  const where = typeof index === "number" ? `Entry ${index + 1}: ` : "";
  const subject = path.length > 0 ? path.join(".") : where === "" ? "The script" : "it";
  if (issue.code === "unrecognized_keys") {
    return `${where}${subject} knows no property ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}.`;
  }
  const input = inputOf(issue);
  return input === undefined
    ? `${where}${subject} is missing; it ${mustOf(issue)}.`
    : `${where}${subject} is ${shown(input)}, but ${mustOf(issue)}.`;
}

/** For a choice between kinds, what says which kind it is. */
function inputOf({ input, path }: z.core.$ZodIssue): unknown {
  const isChoice = path.at(-1) === "kind" && typeof input === "object" && input !== null;
  return isChoice ? new Map<string, unknown>(Object.entries(input)).get("kind") : input;
}

function mustOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? `must be one of ${issue.options.join(", ")}`
        : issue.message;
    default:
      // The schema says it itself.
      return issue.message;
  }
}

function shown(input: unknown): string {
  if (typeof input === "object" && input !== null) {
    return Array.isArray(input) ? "a list" : "a set of properties";
  }
  const text = JSON.stringify(input) ?? String(input);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
