import { createCipheriv, createPrivateKey, pbkdf2Sync } from "node:crypto";
import forge from "node-forge";
import { publicKeyOf, readCertificate } from "../../emulator/addRequest";
import { thumbprintOf } from "../../emulator/thumbprint";
import {
  encode,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
} from "../../provider/certificate/asn1";
import { pemOf } from "../../provider/certificate/pem";
import { azurePfx } from "../support/azurePfx";
import { seeded } from "../support/chaosCases";
import { oddCertificate } from "../support/oddCertificates";

export const password = "correct horse";
export const lineage = "0f1f6a5e-1111-4222-8333-444455556666";
export const subscriptionId = "5a1f1c9e-8a1b-4a5e-9f00-000000000001";

/**
 * A key, what holds it and what belongs to it; the same bytes on every machine, or else a seed would not lead to the same
 * mutation again. The key is made anew in each run, from fixed numbers, and opens nothing.
 */
export function makeSamples() {
  const random = seeded(20_270_301);
  const bytes = (size: number): Buffer => Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
  const privateKeyPem = keyFrom(bytes);
  const privateKeyDer = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
  const { der } = oddCertificate({ privateKeyPem, alternativeUris: [`urn:uuid:${lineage}`] });
  const { der: plainDer } = oddCertificate({ privateKeyPem, signedWith: "sha1", commonName: "A & <b>" });
  const certificatePem = pemOf("CERTIFICATE", der);

  // One round, so that time goes into many tries; and without a check value, so that damage reaches what is inside.
  const pfxParts = { privateKeyDer, certificateDer: der, iterations: 1, salt: bytes(8) };
  return {
    privateKeyDer,
    privateKeyPem,
    der,
    plainDer,
    certificatePem,
    pfxParts,
    pfx: azurePfx({ ...pfxParts, withoutMac: true }),
    pfxWithCheckValue: azurePfx(pfxParts),
    pemBundle: Buffer.from(privateKeyPem + certificatePem),
    encryptedKeyDer: encryptedKey(privateKeyDer, bytes),
  };
}

export type Samples = ReturnType<typeof makeSamples>;

function keyFrom(bytes: (size: number) => Buffer): string {
  const { privateKey } = forge.pki.rsa.generateKeyPair({
    bits: 1024,
    prng: { getBytesSync: (size: number) => bytes(size).toString("latin1") },
  });
  const pkcs1 = forge.asn1.toDer(forge.pki.privateKeyToAsn1(privateKey)).getBytes();
  return createPrivateKey({ key: Buffer.from(pkcs1, "latin1"), format: "der", type: "pkcs1" })
    .export({ type: "pkcs8", format: "pem" })
    .toString();
}

/** EncryptedPrivateKeyInfo (RFC 5958 section 3) with PBKDF2 and AES, of one round. */
function encryptedKey(privateKeyDer: Buffer, bytes: (size: number) => Buffer): Buffer {
  const [salt, iv] = [bytes(8), bytes(16)];
  const cipher = createCipheriv("aes-256-cbc", pbkdf2Sync(password, salt, 1, 32, "sha256"), iv);
  const derivation = sequence(
    objectIdentifier("1.2.840.113549.1.5.12"),
    sequence(octetString(salt), smallInteger(1), sequence(objectIdentifier("1.2.840.113549.2.9"), nullValue())),
  );
  const scheme = sequence(objectIdentifier("2.16.840.1.101.3.4.1.42"), octetString(iv));
  return encode(
    sequence(
      sequence(objectIdentifier("1.2.840.113549.1.5.13"), sequence(derivation, scheme)),
      octetString(Buffer.concat([cipher.update(privateKeyDer), cipher.final()])),
    ),
  );
}

/** What the service answers. */
export function answersOf({ der, plainDer }: Samples) {
  const entry = (data: Buffer, thumbprint: string) =>
    `<SubscriptionCertificate><SubscriptionCertificatePublicKey>MIGJAoGBAA==</SubscriptionCertificatePublicKey>` +
    `<SubscriptionCertificateThumbprint>${thumbprint}</SubscriptionCertificateThumbprint>` +
    `<SubscriptionCertificateData>${data.toString("base64")}</SubscriptionCertificateData>` +
    `<Created>2015-06-30T23:59:23.8312837Z</Created></SubscriptionCertificate>`;
  const namespaces =
    'xmlns="http://schemas.microsoft.com/windowsazure" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
  return {
    list: (data: Buffer) =>
      Buffer.from(
        `<SubscriptionCertificates ${namespaces}>${entry(data, "AB".repeat(20))}${entry(plainDer, "01".repeat(20))}</SubscriptionCertificates>`,
      ),
    one: Buffer.from(`<?xml version="1.0" encoding="utf-8"?>${entry(der, "AB".repeat(20))}`),
    error: Buffer.from(
      `<Error ${namespaces}><Code>ResourceNotFound</Code><Message>The certificate was not found.</Message></Error>`,
    ),
  };
}

/** What clients send, plain and with prefixes; `data` is the certificate, or what should be one. */
export function requestOf(data: Buffer, prefix: "" | "az:"): Buffer {
  const certificate = readCertificate(data);
  const element = (name: string, text: string) => `<${prefix}${name}>${text}</${prefix}${name}>`;
  const declared = prefix === "" ? "xmlns" : "xmlns:az";
  return Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><${prefix}SubscriptionCertificate ${declared}="http://schemas.microsoft.com/windowsazure">` +
      element("SubscriptionCertificatePublicKey", certificate === null ? "AQ==" : publicKeyOf(certificate)) +
      element("SubscriptionCertificateThumbprint", thumbprintOf(data)) +
      element("SubscriptionCertificateData", data.toString("base64")) +
      `</${prefix}SubscriptionCertificate>`,
  );
}

/** Schema 2.0 has address and certificate on each subscription, 1.0 on the profile. */
export function publishSettingsOf(pfx: Buffer, schema: "1.0" | "2.0"): Buffer {
  const access = `ManagementCertificate="${pfx.toString("base64")}"`;
  const [onProfile, onSubscription] =
    schema === "1.0"
      ? [`Url="https://management.core.windows.net/" ${access}`, ""]
      : ["", `ServiceManagementUrl="https://management.core.windows.net/" ${access}`];
  const subscriptions = [subscriptionId, lineage].map(
    (id) => `<Subscription Id="${id}" Name="A &amp; &#66;" ${onSubscription} />`,
  );
  return Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?>\n<PublishData><PublishProfile SchemaVersion="${schema}" PublishMethod="AzureServiceManagementAPI" ${onProfile}>\n${subscriptions.join("\n")}\n</PublishProfile></PublishData>`,
  );
}

const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** With `--show-secrets`: the one export that holds keys. */
export function stackExportOf({ privateKeyPem, certificatePem }: Samples): Buffer {
  const type = "pulumi-nodejs:dynamic/azure-certificates";
  const [current, previous] = ["A1".repeat(20), "B2".repeat(20)];
  return Buffer.from(
    JSON.stringify({
      version: 3,
      deployment: {
        manifest: { time: "2027-03-01T00:00:00Z" },
        resources: [
          {
            urn: `urn:pulumi:prod::access::${type}:ManagementCertificate::alice`,
            type: `${type}:ManagementCertificate`,
            inputs: { holders: ["alice"], certificatePem },
            outputs: {
              lineage,
              thumbprint: current,
              issuedAt: "2026-06-01T00:00:00Z",
              renewalTime: { ...secretMark, plaintext: '"2027-02-01T00:00:00Z"' },
              notAfter: "2027-06-01T00:00:00Z",
              rotateEveryHours: 5000,
              holders: ["alice"],
              heldBy: ["alice", "bob"],
              compromised: [previous],
              previous: [{ thumbprint: previous, notAfter: "2027-05-01T00:00:00Z", revoked: true, heldBy: ["bob"] }],
              privateKeyPem: { ...secretMark, plaintext: JSON.stringify(privateKeyPem) },
            },
          },
          {
            urn: `urn:pulumi:prod::access::${type}:SubscriptionCertificateLink::alice-prod`,
            type: `${type}:SubscriptionCertificateLink`,
            inputs: { certificatePem },
            outputs: {
              subscriptionId,
              thumbprint: current,
              registered: [
                { thumbprint: current, registeredAt: "2026-06-01T00:00:00Z", origin: "adopted" },
                { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z", retireAt: "2026-06-08T00:00:00Z" },
              ],
            },
            initErrors: ["it stayed open"],
          },
        ],
        pending_operations: [{ type: "creating", resource: { urn: "urn", type: `${type}:ManagementCertificate` } }],
      },
    }),
  );
}
