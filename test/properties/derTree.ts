import { below, pick, type Random } from "./mutate";

/** A piece of DER with its length left out, so that it can be changed inside and still fit outside. */
interface Node {
  tag: number;
  content: Buffer | Node[];
}

/**
 * Changes the structure of DER and writes all lengths anew: what comes out gets past the outermost checks of a reader, and
 * fails, if at all, deep inside. Only single-byte tags and definite lengths, as real certificates have.
 */
export function restructured(der: Buffer, random: Random): Buffer {
  const roots = nodesIn(der);
  if (roots === null) {
    return der;
  }
  for (let left = 1 + below(random, 3); left > 0; left--) {
    const lists = listsIn(roots);
    if (lists.length === 0) {
      break;
    }
    change(pick(random, lists), lists, random);
  }
  return Buffer.concat(roots.map(written));
}

/** Of versions, rounds and sizes: nothing, nought, minus one, almost a million, a billion, more than any counter holds. */
const numbers = ["", "00", "ff", "01", "0100", "0f423f", "090000", "7fffffff", "ffffffff", "7f".repeat(9)].map((hex) =>
  Buffer.from(hex, "hex"),
);

function change(list: Node[], lists: readonly Node[][], random: Random): void {
  const index = below(random, list.length);
  const node = list[index];
  if (node === undefined) {
    return;
  }
  switch (below(random, 9)) {
    case 0:
      list.splice(index, 1);
      break;
    case 1:
      list.splice(index, 0, node);
      break;
    case 2:
      list.reverse();
      break;
    case 3:
      node.tag = pick(
        random,
        [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31, 0xa0, 0x80],
      );
      break;
    case 4:
      node.content = Buffer.alloc(0);
      break;
    case 5:
      list[index] = { tag: pick(random, [0x30, 0x31, 0xa0, 0xa3, 0x24]), content: [node] };
      break;
    case 6:
      // A copy of what stands elsewhere; never of what it stands in, or the tree would have no end.
      list[index] = copyOf(pick(random, pick(random, lists)));
      break;
    case 7:
      node.tag = 0x02;
      node.content = pick(random, numbers);
      break;
    default:
      node.content = Buffer.from(Array.from({ length: below(random, 24) }, () => below(random, 256)));
  }
}

/** Every list of siblings that is not empty. */
function listsIn(nodes: Node[]): readonly Node[][] {
  const inner = nodes.flatMap(({ content }) => (Array.isArray(content) ? listsIn(content) : []));
  return nodes.length === 0 ? inner : [nodes, ...inner];
}

function copyOf({ tag, content }: Node): Node {
  return { tag, content: Array.isArray(content) ? content.map(copyOf) : content };
}

function nodesIn(bytes: Buffer): Node[] | null {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0x80;
    const more = first < 0x80 ? 0 : first - 0x80;
    const start = at + 2 + more;
    if (first === 0x80 || more > 4 || start > bytes.length) {
      return null;
    }
    const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
    if (start + length > bytes.length) {
      return null;
    }
    const content = bytes.subarray(start, start + length);
    // An OCTET STRING often holds DER again: the contents of a PFX, the extensions of a certificate.
    const mayHold = (tag & 0x20) !== 0 || (tag === 0x04 && content.length > 2);
    nodes.push({ tag, content: mayHold ? (nodesIn(content) ?? content) : content });
    at = start + length;
  }
  return nodes;
}

function written({ tag, content }: Node): Buffer {
  const bytes = Array.isArray(content) ? Buffer.concat(content.map(written)) : content;
  const length = bytes.length < 0x80 ? Buffer.of(bytes.length) : Buffer.of(0x83, 0, 0, 0);
  if (bytes.length >= 0x80) {
    length.writeUIntBE(bytes.length, 1, 3);
  }
  return Buffer.concat([Buffer.of(tag), bytes.length < 0x80 ? length : shortest(length), bytes]);
}

/** DER wants the shortest form of a length, and OpenSSL reads no other. */
function shortest(length: Buffer): Buffer {
  const digits = length.subarray(1);
  const significant = digits.subarray(digits.findIndex((digit) => digit !== 0));
  return Buffer.concat([Buffer.of(0x80 + significant.length), significant]);
}
