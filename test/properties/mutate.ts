/** Numbers from 0 up to 1, as `seeded` of the chaos cases makes them. */
export type Random = () => number;

/** Bytes that tempt a reader: lengths of ASN.1, the ends of what UTF-8 and counters can hold, and the marks of each notation. */
const temptingBytes = [0x00, 0x01, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xa0, 0xa3, 0xff];

const temptingTexts = [
  "\0",
  "\0\0\0\0\0\0\0\0",
  "<",
  "</",
  "&",
  '"',
  "'>",
  "]]>",
  "<![CDATA[",
  "<!--",
  "<?",
  "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'>]>",
  "&b;",
  "&#x110000;",
  "&#0;",
  "&#xD800;",
  ' xmlns:x="urn:x"',
  " a=b",
  "__proto__",
  "constructor",
  "<__proto__>1</__proto__>",
  "<constructor/>",
  '"__proto__":{"a":1},',
  "-1",
  "1e309",
  "99999999999999999999",
  "+275760-09-13T00:00:00.001Z",
  "0001-01-01T00:00:00",
  "NaN",
  "null",
  "{}",
  "[]",
  '\\ud800"',
  "-----BEGIN CERTIFICATE-----\n",
  "-----END CERTIFICATE-----\n",
  "-----BEGIN PRIVATE KEY-----",
  "Proc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0000000000000000\n\n",
  "\u2028",
  "\uFEFF",
  "\r\n",
];

/** No UTF-8: an overlong zero, a lone continuation, half of a surrogate, bytes that never occur. */
const invalidUtf8 = [[0xc0, 0x80], [0x80], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0xf4, 0x90, 0x80, 0x80]].map((bytes) =>
  Buffer.from(bytes),
);

/** What nesting looks like in each notation: what opens a level, and what closes it. */
const nestings: readonly (readonly [open: Buffer, close: Buffer])[] = [
  [Buffer.from("<a>"), Buffer.from("</a>")],
  [Buffer.from("<SubscriptionCertificate>"), Buffer.from("</SubscriptionCertificate>")],
  [Buffer.from("["), Buffer.from("]")],
  [Buffer.from('{"a":'), Buffer.from("}")],
  // A SEQUENCE, an OCTET STRING in pieces and a context tag, all of indefinite length.
  [Buffer.of(0x30, 0x80), Buffer.of(0, 0)],
  [Buffer.of(0x24, 0x80), Buffer.of(0, 0)],
  [Buffer.of(0xa0, 0x80), Buffer.of(0, 0)],
];

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

/** The more often something is listed, the more often it is drawn. */
const mutations: readonly Mutation[] = [
  flipBit,
  flipBit,
  flipBit,
  overwrite,
  overwrite,
  overwrite,
  insertTempting,
  insertTempting,
  insertRandom,
  insertInvalidUtf8,
  remove,
  remove,
  truncate,
  duplicate,
  exchange,
  splice,
  hugeNumber,
  lengthField,
  lengthField,
];

/** Blows the input up: seldom drawn, because each takes a reader as long as hundreds of the others. */
const growths: readonly Mutation[] = [nest, repeat];
const growthShare = 1 / 400;

/** One to four changes of a valid sample. The same numbers give the same bytes. */
export function mutated(sample: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  let bytes = sample;
  for (let left = 1 + below(random, 4); left > 0; left--) {
    bytes = pick(random, random() < growthShare ? growths : mutations)(bytes, random, others);
  }
  return bytes;
}

function flipBit(bytes: Buffer, random: Random): Buffer {
  return changed(bytes, random, (value) => value ^ (1 << below(random, 8)));
}

function overwrite(bytes: Buffer, random: Random): Buffer {
  return changed(bytes, random, () => (random() < 0.5 ? pick(random, temptingBytes) : below(random, 256)));
}

function changed(bytes: Buffer, random: Random, change: (value: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const index = below(random, copy.length);
  copy[index] = change(copy[index] ?? 0);
  return copy;
}

function insertTempting(bytes: Buffer, random: Random): Buffer {
  return inserted(bytes, random, Buffer.from(pick(random, temptingTexts)));
}

function insertRandom(bytes: Buffer, random: Random): Buffer {
  return inserted(bytes, random, Buffer.from(Array.from({ length: 1 + below(random, 16) }, () => below(random, 256))));
}

function insertInvalidUtf8(bytes: Buffer, random: Random): Buffer {
  return inserted(bytes, random, pick(random, invalidUtf8));
}

function inserted(bytes: Buffer, random: Random, more: Buffer): Buffer {
  const index = below(random, bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)]);
}

function remove(bytes: Buffer, random: Random): Buffer {
  const [start, end] = range(random, bytes, random() < 0.7 ? 8 : bytes.length);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

function truncate(bytes: Buffer, random: Random): Buffer {
  const index = below(random, bytes.length + 1);
  return random() < 0.8 ? bytes.subarray(0, index) : bytes.subarray(index);
}

function duplicate(bytes: Buffer, random: Random): Buffer {
  const [start, end] = range(random, bytes, bytes.length);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
}

function exchange(bytes: Buffer, random: Random): Buffer {
  const [start, end] = range(random, bytes, bytes.length);
  const middle = start + below(random, end - start + 1);
  return Buffer.concat([
    bytes.subarray(0, start),
    bytes.subarray(middle, end),
    bytes.subarray(start, middle),
    bytes.subarray(end),
  ]);
}

function splice(bytes: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  const other = pick(random, others);
  const [start, end] = range(random, other, other.length);
  const index = below(random, bytes.length + 1);
  const tail = random() < 0.5 ? bytes.subarray(index) : Buffer.alloc(0);
  return Buffer.concat([bytes.subarray(0, index), other.subarray(start, end), tail]);
}

/** Another number where one stands; in bytes, where there are digits by chance. */
function hugeNumber(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString("latin1");
  const numbers = [...text.matchAll(/\d+/g)];
  const found = numbers.length === 0 ? undefined : pick(random, numbers);
  if (found === undefined) {
    return bytes;
  }
  const number = pick(random, ["0", "-1", "2147483648", "4294967296", "1e400", "9".repeat(1 + below(random, 400))]);
  return Buffer.concat([
    bytes.subarray(0, found.index),
    Buffer.from(number),
    bytes.subarray(found.index + found[0].length),
  ]);
}

/** A length of ASN.1 that promises more than there is, or says that it is not known. */
function lengthField(bytes: Buffer, random: Random): Buffer {
  const lengths = [
    [0x80],
    [0x84, 0x7f, 0xff, 0xff, 0xff],
    [0x84, 0xff, 0xff, 0xff, 0xff],
    [0x88, 1, 0, 0, 0, 0, 0, 0, 0],
  ];
  const index = below(random, Math.max(1, bytes.length - 1)) + 1;
  const length = Buffer.from(pick(random, lengths));
  return Buffer.concat([bytes.subarray(0, index), length, bytes.subarray(index + 1)]);
}

function nest(bytes: Buffer, random: Random): Buffer {
  const [open, close] = pick(random, nestings);
  const levels = 1 + below(random, 20_000);
  const [start, end] = range(random, bytes, bytes.length);
  return Buffer.concat([
    bytes.subarray(0, start),
    ...Array.from({ length: levels }, () => open),
    bytes.subarray(start, end),
    ...(random() < 0.7 ? Array.from({ length: levels }, () => close) : []),
    bytes.subarray(end),
  ]);
}

function repeat(bytes: Buffer, random: Random): Buffer {
  const [start, end] = range(random, bytes, random() < 0.5 ? 16 : bytes.length);
  const length = Math.max(1, end - start);
  const times = 1 + below(random, Math.ceil(256 * 1024) / length);
  return Buffer.concat([
    bytes.subarray(0, start),
    ...Array.from({ length: times }, () => bytes.subarray(start, end)),
    bytes.subarray(end),
  ]);
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[below(random, from.length)];
  if (found === undefined) {
    throw new TypeError("there is nothing to pick from");
  }
  return found;
}

function range(random: Random, bytes: Buffer, longest: number): readonly [start: number, end: number] {
  const start = below(random, bytes.length + 1);
  return [start, Math.min(bytes.length, start + below(random, longest + 1))];
}
