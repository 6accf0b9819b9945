import { createPublicKey, randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { drawSerialNumber, issueManagementCertificate } from "../../provider/certificate/issue";
import { generateRsaKeyPair } from "../../provider/certificate/keyPair";

export interface TestCertificate {
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  readonly der: Buffer;
  readonly thumbprint: string;
  /** Base64 of the PKCS#1 public key. */
  readonly publicKey: string;
}

/** Tests that need many certificates share one key: what is compared are bytes, not keys. */
let sharedKey: Promise<string> | undefined;

/** A management certificate, made at run time. */
export async function makeCertificate(validity?: {
  readonly notBefore: Date;
  readonly notAfter: Date;
}): Promise<TestCertificate> {
  sharedKey ??= generateRsaKeyPair(2048).then(({ privateKeyPem }) => privateKeyPem);
  const key = await sharedKey;
  const { der, pem, thumbprint } = issueManagementCertificate({
    privateKeyPem: key,
    subject: { commonName: "wire test" },
    lineage: randomUUID(),
    serialNumber: drawSerialNumber(randomBytes),
    notBefore: validity?.notBefore ?? new Date(Date.now() - 86_400_000),
    notAfter: validity?.notAfter ?? new Date(Date.now() + 365 * 86_400_000),
  });
  const publicKey = createPublicKey(new X509Certificate(der).publicKey.export({ type: "spki", format: "pem" }))
    .export({ type: "pkcs1", format: "der" })
    .toString("base64");
  return { key, cert: pem, der, thumbprint, publicKey };
}

const children = ({ publicKey, thumbprint, der }: Pick<TestCertificate, "publicKey" | "thumbprint" | "der">) =>
  `<SubscriptionCertificatePublicKey>${publicKey}</SubscriptionCertificatePublicKey>` +
  `<SubscriptionCertificateThumbprint>${thumbprint}</SubscriptionCertificateThumbprint>` +
  `<SubscriptionCertificateData>${der.toString("base64")}</SubscriptionCertificateData>`;

/** What Microsoft's Node client sends. */
export const nodeEncoding = (certificate: Pick<TestCertificate, "publicKey" | "thumbprint" | "der">) => ({
  headers: { "Content-Type": "application/xml", "x-ms-version": "2014-10-01", Connection: "close" },
  body:
    '<?xml version="1.0" encoding="utf-8" standalone="yes"?><SubscriptionCertificate xmlns="http://schemas.microsoft.com/windowsazure">' +
    `${children(certificate)}</SubscriptionCertificate>`,
});

/** What Microsoft's Python client sends. */
export const pythonEncoding = (certificate: Pick<TestCertificate, "publicKey" | "thumbprint" | "der">) => ({
  headers: {
    "Accept-Encoding": "gzip, deflate",
    Connection: "keep-alive",
    "x-ms-version": "2014-10-01",
    "Content-Type": "application/atom+xml;type=entry;charset=utf-8",
  },
  body:
    '<SubscriptionCertificate xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/windowsazure">' +
    `${children(certificate)}</SubscriptionCertificate>`,
});
