import { tryParseCertificate } from "../certificate/parse";
import { pemBlocks } from "../certificate/pem";
import type { PastedCertificate } from "../roster/roster";
import type { RosterContent } from "./rosterSchema";

interface Pasted {
  /** As `people/alice/yubikey`. */
  readonly path: string;
  /** PEM, without what stood around it. */
  readonly pem: string;
  readonly person: string;
  readonly certificate: PastedCertificate;
}

interface PastedProblem {
  readonly path: readonly string[];
  readonly reason: string;
}

/** The certificates that people brought along, by person and id. One key has one holder: nobody could say whose it was otherwise. */
export function readPasted(people: RosterContent["people"]): {
  readonly pasted: readonly Pasted[];
  readonly problems: readonly PastedProblem[];
} {
  const pasted: Pasted[] = [];
  const problems: PastedProblem[] = [];
  const known = new Map<string, string>();
  for (const [person, { certificates }] of Object.entries(people)) {
    for (const [id, { certificatePem, subscriptions }] of Object.entries(certificates)) {
      const path = `people/${person}/${id}`;
      const refuse = (reason: string) =>
        problems.push({ path: ["people", person, "certificates", id, "certificatePem"], reason });
      const parsed = pemBlocks(certificatePem).length === 1 ? tryParseCertificate(certificatePem) : null;
      if (parsed === null) {
        refuse("certificatePem must be one certificate in PEM, from its BEGIN CERTIFICATE line to its END");
        continue;
      }
      const { thumbprint, pem } = parsed;
      const notAfter = parsed.notAfter.toISOString().replace(".000Z", "Z");
      const other = known.get(thumbprint);
      if (other !== undefined) {
        refuse(`it is the same certificate as ${other}: a key has one holder, and is named once`);
      }
      known.set(thumbprint, path);
      pasted.push({
        path,
        pem,
        person,
        certificate: { id, thumbprint, notAfter, subscriptions: subscriptions.toSorted() },
      });
    }
  }
  return { pasted, problems };
}

/** Where a private key begins, from 0; -1 where there is none. Looked for before anything else reads the text, and repeats it. */
export function privateKeyAt(text: string): number {
  return text.search(/-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY/);
}

/** What may be a piece of a key or of a password is not shown to whoever reads an error. */
export function withoutLongWords(line: string): string {
  return line.replaceAll(/[\w+/=-]{40,}/g, "…");
}
