import { compareText } from "../../provider/rotation/wording";

const mostNames = 5;
const leastLikeness = 0.4;

/** Whom somebody may have meant, the likeliest first. */
export function nearNames(wanted: string, people: ReadonlyMap<string, string>): readonly string[] {
  return [...people]
    .map(([id, name]) => ({ id, likeness: Math.max(likeness(wanted, id), likeness(wanted, name.toLowerCase())) }))
    .filter((one) => one.likeness >= leastLikeness)
    .toSorted((left, right) => right.likeness - left.likeness || compareText(left.id, right.id))
    .slice(0, mostNames)
    .map(({ id }) => id);
}

/** Sørensen and Dice's: the share of pairs of letters that both have, with beginning and end. 1 where one begins with the other. */
function likeness(one: string, other: string): number {
  if (one !== "" && other !== "" && (one.startsWith(other) || other.startsWith(one))) {
    return 1;
  }
  const [left, right] = [pairsOf(one), pairsOf(other)];
  const both = [...left].filter((pair) => right.has(pair)).length;
  return (2 * both) / (left.size + right.size);
}

function pairsOf(text: string): ReadonlySet<string> {
  const letters = ["^", ...text, "$"];
  return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`));
}
