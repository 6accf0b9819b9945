/** A call of a module's function or class in Python, and the names of what it is given. */
export interface PythonCall {
  readonly called: string;
  /** Keyword arguments, in the order of the text. */
  readonly given: readonly string[];
}

/** The calls of one module in a text without odd parentheses inside of strings. */
export function pythonCalls(code: string, module: string): readonly PythonCall[] {
  return [...code.matchAll(new RegExp(`\\b${module}\\.(\\w+)\\(`, "g"))].map(({ 0: head, 1: called = "", index }) => ({
    called,
    given: keywordsOf(code.slice(index + head.length)),
  }));
}

function keywordsOf(rest: string): readonly string[] {
  const keywords: string[] = [];
  let depth = 0;
  for (const [part, keyword] of rest.matchAll(/[([{]|[)\]}]|\b(\w+)=(?!=)/g)) {
    if (keyword !== undefined) {
      if (depth === 0) {
        keywords.push(keyword);
      }
    } else if ("([{".includes(part)) {
      depth++;
    } else if (--depth < 0) {
      break;
    }
  }
  return keywords;
}
