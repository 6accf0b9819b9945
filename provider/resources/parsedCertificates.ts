import { type ParsedCertificate, parseCertificate } from "../certificate/parse";

/** More than the links of a few certificates, which a program registers one after the other; a few KiB each. */
const remembered = 64;

/**
 * The certificates that this process has read lately, by their text. Every link is checked and compared in every preview,
 * all links of a certificate carry the same text, and reading it is most of that work.
 */
export class ParsedCertificates {
  readonly #parsed = new Map<string, ParsedCertificate>();

  /**
   * @param text PEM, or DER in base64.
   * @throws {CertificateError} ERR_CERTIFICATE_INVALID as {@link parseCertificate} does, each time anew.
   */
  parse(text: string): ParsedCertificate {
    const known = this.#parsed.get(text);
    if (known !== undefined) {
      return known;
    }
    const parsed = parseCertificate(text.includes("-----BEGIN") ? text : Buffer.from(text, "base64"));
    for (const oldest of this.#parsed.keys()) {
      if (this.#parsed.size < remembered) {
        break;
      }
      this.#parsed.delete(oldest);
    }
    this.#parsed.set(text, parsed);
    return parsed;
  }
}
