import { randomBytes, randomUUID } from "node:crypto";
import forge from "node-forge";

/** A certificate that somebody uploaded by hand, long ago: the kind that nobody can attribute to a person. */
export function someoneElsesCertificate(notBefore: Date): Buffer {
  const keys = forge.pki.rsa.generateKeyPair({ bits: 2048 });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = `00${randomBytes(8).toString("hex")}`;
  certificate.validity.notBefore = notBefore;
  certificate.validity.notAfter = new Date(notBefore.getTime() + 10 * 365 * 24 * 3_600_000);
  const name = [{ name: "commonName", value: `Azure Tools ${randomUUID().slice(0, 4)}` }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(keys.privateKey, forge.md.sha1.create());
  return Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(), "binary");
}
