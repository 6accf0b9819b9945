import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

/** What a foreign certificate may look like that we would never make. */
export interface OddCertificate {
  readonly commonName?: string;
  readonly rsaBits?: number;
  /** Hex of the serial number's bytes: negative if the first bit is set. */
  readonly serialNumber?: string;
  readonly signedWith?: "sha1" | "md5" | "sha256" | "sha512";
  /** Written over the signature algorithm, as makecert's own identifier. */
  readonly signatureOid?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly alternativeUris?: readonly string[];
  /** PKCS#8. Default: a new key of `rsaBits`. */
  readonly privateKeyPem?: string;
}

/** Makes one with node-forge, that is, with none of the code under test; DER. */
export function oddCertificate(odd: OddCertificate): { readonly der: Buffer; readonly privateKeyPem: string } {
  const privateKeyPem = odd.privateKeyPem ?? newKey(odd.rsaBits ?? 1024);
  const key = forge.pki.privateKeyFromPem(privateKeyPem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = odd.serialNumber ?? "01";
  certificate.validity.notBefore = odd.notBefore ?? new Date("2012-05-02T01:53:33Z");
  certificate.validity.notAfter = odd.notAfter ?? new Date("2039-12-31T23:59:59Z");
  const name = [{ name: "commonName", value: odd.commonName ?? "Azure Tools" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  if (odd.alternativeUris !== undefined) {
    certificate.setExtensions([
      { name: "subjectAltName", altNames: odd.alternativeUris.map((value) => ({ type: 6, value })) },
    ]);
  }
  certificate.sign(key, forge.md[odd.signedWith ?? "sha256"].create());
  const structure = forge.pki.certificateToAsn1(certificate);
  if (odd.signatureOid !== undefined) {
    const oid = forge.asn1.oidToDer(odd.signatureOid).getBytes();
    const [toBeSigned, outer] = childrenOf(structure);
    // Version and serial number come before the algorithm inside.
    for (const algorithm of [childrenOf(toBeSigned)[2], outer]) {
      const [type] = childrenOf(algorithm);
      if (type !== undefined) {
        type.value = oid;
      }
    }
  }
  return { der: Buffer.from(forge.asn1.toDer(structure).getBytes(), "latin1"), privateKeyPem };
}

function newKey(modulusLength: number): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function childrenOf(element: forge.asn1.Asn1 | undefined): forge.asn1.Asn1[] {
  return Array.isArray(element?.value) ? element.value : [];
}
