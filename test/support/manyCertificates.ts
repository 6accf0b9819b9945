import { randomBytes, randomUUID } from "node:crypto";
import { drawSerialNumber, issueManagementCertificate } from "../../provider/certificate/issue";
import type { ParsedCertificate } from "../../provider/certificate/parse";

const yearMs = 365 * 24 * 3_600_000;

/** One certificate more of a key: to draw a key for each of thousands is not what is measured where this is used. */
export function certificateOf(privateKeyPem: string, commonName: string, now: Date): ParsedCertificate {
  return issueManagementCertificate({
    privateKeyPem,
    subject: { commonName, organization: "Contoso", organizationalUnit: "access/production" },
    lineage: randomUUID(),
    serialNumber: drawSerialNumber(randomBytes),
    notBefore: now,
    notAfter: new Date(now.getTime() + yearMs),
  });
}
