import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import forge from "node-forge";

/** A self-signed certificate in the way node-forge's README makes one. */
export function certificateWithForge(): string {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = "01";
  certificate.validity.notBefore = new Date();
  certificate.validity.notAfter = new Date();
  certificate.validity.notAfter.setFullYear(certificate.validity.notBefore.getFullYear() + 1);
  const name = [
    { name: "commonName", value: "on-call" },
    { name: "organizationName", value: "Contoso" },
    { shortName: "OU", value: "access/prod" },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true },
    { name: "extKeyUsage", clientAuth: true },
    { name: "subjectKeyIdentifier" },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate) + forge.pki.privateKeyToPem(keys.privateKey);
}

/** Key and certificate are thrown away. */
export async function certificateWithOpenssl(): Promise<void> {
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "365", "-keyout", "-"];
  const child = spawn("openssl", [...request, "-subj", "/CN=on-call/O=Contoso/OU=access-prod"], { stdio: "ignore" });
  const [code] = await once(child, "close");
  if (code !== 0) {
    throw new Error(`openssl ended with exit code ${code}`);
  }
}

export function hasOpenssl(): boolean {
  return spawnSync("openssl", ["version"], { stdio: "ignore" }).status === 0;
}
