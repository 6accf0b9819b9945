const mostRemembered = 256;

/** The same answers to the same texts, each worked out once: a preview asks about the same few for every certificate. */
export function remembering<Texts extends readonly string[], Answer>(
  workOut: (...texts: Texts) => Answer,
): (...texts: Texts) => Answer {
  const known = new Map<string, { readonly answer: Answer }>();
  return (...texts) => {
    const key = JSON.stringify(texts);
    let found = known.get(key);
    if (found === undefined) {
      found = { answer: workOut(...texts) };
      if (known.size >= mostRemembered) {
        known.clear();
      }
      known.set(key, found);
    }
    return found.answer;
  };
}
