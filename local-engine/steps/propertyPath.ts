import { isList, isProperties, type Properties, reveal, type Value } from "../values";

/** One step into a value: a key, an index, or every element (`*`). */
type PathElement = string | number;

/** `a.b[0]["c d"].*`, as ignoreChanges and replaceOnChanges write it. */
export function parsePath(path: string): PathElement[] {
  const elements: PathElement[] = [];
  for (const [, quoted, index, key] of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)) {
    if (quoted !== undefined) {
      elements.push(quoted.replace(/\\(.)/g, "$1"));
    } else if (index !== undefined) {
      elements.push(index === "*" ? "*" : Number(index));
    } else if (key !== undefined) {
      elements.push(key);
    }
  }
  return elements;
}

/** Whether a change at `changed` lies within what `path` names. */
export function covers(path: readonly PathElement[], changed: readonly PathElement[]): boolean {
  return path.every((element, index) => element === "*" || element === changed[index]) && path.length <= changed.length;
}

/** `inputs` with the old values put back wherever a path of `ignoreChanges` leads. */
export function putBack(inputs: Properties, old: Properties, ignoreChanges: readonly string[]): Properties {
  return ignoreChanges.reduce<Properties>((result, path) => {
    const reset = putBackAt(result, old, parsePath(path));
    return isProperties(reset) ? reset : result;
  }, inputs);
}

function putBackAt(value: Value | undefined, old: Value | undefined, path: readonly PathElement[]): Value | undefined {
  const [element, ...rest] = path;
  if (element === undefined) {
    return old;
  }
  const oldInside = old === undefined ? undefined : reveal(old);
  if (isList(value) && isList(oldInside)) {
    return value.map((each, index) =>
      element === "*" || element === index ? (putBackAt(each, oldInside[index], rest) ?? each) : each,
    );
  }
  if (!isProperties(value) || !isProperties(oldInside)) {
    return value;
  }
  const result: Record<string, Value> = { ...value };
  const keys = element === "*" ? new Set([...Object.keys(value), ...Object.keys(oldInside)]) : [String(element)];
  for (const key of keys) {
    const oldElement = isProperties(old) ? old[key] : undefined;
    const reset = putBackAt(value[key], oldElement, rest);
    if (reset === undefined) {
      delete result[key];
    } else {
      result[key] = reset;
    }
  }
  return result;
}
