import { randomUUID } from "node:crypto";
import { drawSerialNumber, issueManagementCertificate } from "../../provider/certificate/issue";
import { generateRsaKeyPair } from "../../provider/certificate/keyPair";
import type { ParsedCertificate } from "../../provider/certificate/parse";

/** One that another stack made, with a lineage of its own. */
export async function foreignCertificate(notAfter = "2040-01-01"): Promise<ParsedCertificate> {
  const { privateKeyPem } = await generateRsaKeyPair(2048);
  return issueManagementCertificate({
    privateKeyPem,
    subject: { commonName: "somebody else" },
    lineage: randomUUID(),
    serialNumber: drawSerialNumber((size) => Buffer.alloc(size, 7)),
    notBefore: new Date("2020-01-01"),
    notAfter: new Date(notAfter),
  });
}
