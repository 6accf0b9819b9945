/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  /** As `CERTIFICATE` or `RSA PRIVATE KEY`. */
  readonly label: string;
  /** The block with its first and last line, for readers that want it whole: an old encrypted key has headers. */
  readonly text: string;
  /** The decoded bytes, without headers. */
  readonly bytes: Buffer;
}

/** The blocks of a text in their order. What stands around them is explanation and is skipped, as the RFC says. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  // Sticky steps instead of one expression over the whole block: a text full of BEGIN lines takes linear time.
  const begin = /-----BEGIN ([A-Z0-9 ]{1,64})-----/g;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const label = match[1] ?? "";
    const endLine = `-----END ${label}-----`;
    const end = text.indexOf(endLine, begin.lastIndex);
    if (end < 0) {
      break;
    }
    const body = text.slice(begin.lastIndex, end);
    const base64 = body.replace(/^(?:[A-Za-z-]+:.*\r?\n|\r?\n)+/, "");
    blocks.push({ label, text: text.slice(match.index, end + endLine.length), bytes: Buffer.from(base64, "base64") });
    begin.lastIndex = end + endLine.length;
  }
  return blocks;
}

/** PEM with lines of 64 characters and a newline at the end. */
export function pemOf(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der)
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}
