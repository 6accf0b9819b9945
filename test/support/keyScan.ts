import { createPrivateKey } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Shorter than one line of PEM holds, so that a single line that got away is found. */
const windowBytes = 20;

/** Looks for private keys in whatever shape they may have got away. */
export class KeyScan {
  /** What to look for in the bytes as they are, and in text without its line breaks. */
  readonly #raw: Buffer[] = [];
  readonly #encoded: string[] = [];
  readonly #known = new Set<string>();

  get size(): number {
    return this.#known.size;
  }

  know(privateKeyPem: string): void {
    if (this.#known.has(privateKeyPem)) {
      return;
    }
    this.#known.add(privateKeyPem);
    const { d, p, q, dp, dq, qi } = createPrivateKey(privateKeyPem).export({ format: "jwk" });
    // Not the modulus: that is in every certificate.
    const secrets = [d, p, q, dp, dq, qi].flatMap((text) => (text === undefined ? [] : Buffer.from(text, "base64url")));
    for (const secret of secrets) {
      for (let start = 0; start + windowBytes <= secret.length; start += windowBytes) {
        const window = secret.subarray(start, start + windowBytes);
        this.#raw.push(window);
        this.#encoded.push(window.toString("hex"), window.toString("hex").toUpperCase());
        for (const before of [0, 1, 2]) {
          const text = Buffer.concat([Buffer.alloc(before), window]).toString("base64");
          // The first and the last characters also hold bits of what is around them.
          this.#encoded.push(text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + windowBytes) * 8) / 6)));
        }
      }
    }
  }

  /** Whether any of the known keys shows in these bytes. */
  shows(content: Buffer | string): boolean {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    if (this.#raw.some((secret) => bytes.includes(secret))) {
      return true;
    }
    const text = bytes
      .toString("latin1")
      .replaceAll(/\\+[nr]|&#(10|13|x[aAdD]);|%0[aAdD]|[\s":|]/g, "")
      .replaceAll(/-|%2[bB]/g, "+")
      .replaceAll(/_|%2[fF]/g, "/");
    return this.#encoded.some((secret) => text.includes(secret));
  }
}

/** Every file below a folder, relative to it. Links are not followed: what they lead to is not of this tree. */
export function filesBelow(folder: string, below = ""): readonly string[] {
  return read(() => readdirSync(join(folder, below), { withFileTypes: true }), [])
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? filesBelow(folder, path) : entry.isFile() ? [path] : [];
    })
    .sort();
}

export function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o777).toString(8);
}

/** What the environments and command lines of the processes that mention `marker` hold; empty where there is no /proc. */
export function processesThatMention(marker: string): readonly { readonly id: string; readonly text: Buffer }[] {
  return read(() => readdirSync("/proc"), [])
    .filter((id) => /^\d+$/.test(id) && id !== String(process.pid))
    .flatMap((id) => {
      const text = Buffer.concat(
        ["environ", "cmdline"].map((file) => read(() => readFileSync(`/proc/${id}/${file}`), Buffer.alloc(0))),
      );
      return text.includes(marker) ? [{ id, text }] : [];
    });
}

/** A process may end, and a file may go, between two looks. */
function read<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
