import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type OddCertificate, oddCertificate } from "../../test/support/oddCertificates";
import { CertificateError } from "../errors";
import { issueServerIdentity } from "./issue";
import { parseCertificate, tryParseCertificate } from "./parse";
import { pemOf } from "./pem";

const uuid = "0f1f6a5e-1111-4222-8333-444455556666";

describe("somebody else's certificate is read", () => {
  const odd: readonly [string, OddCertificate, object][] = [
    ["with a negative serial number", { serialNumber: "f123" }, { serialNumber: "-0EDD" }],
    ["with the serial number zero", { serialNumber: "00" }, { serialNumber: "0" }],
    ["signed with SHA-1", { signedWith: "sha1" }, { signatureAlgorithm: "sha1WithRSAEncryption" }],
    ["signed with MD5", { signedWith: "md5" }, { signatureAlgorithm: "md5WithRSAEncryption" }],
    ["signed as makecert did", { signatureOid: "1.3.14.3.2.29" }, { signatureAlgorithm: "sha1WithRSA" }],
    ["signed in a way nobody knows", { signatureOid: "1.2.3.4.5" }, { signatureAlgorithm: "1.2.3.4.5" }],
    ["with 1024 bits", { rsaBits: 1024 }, { rsaBits: 1024 }],
    [
      "that has expired long ago",
      { notAfter: new Date("2013-01-01T00:00:00Z") },
      { notAfter: new Date("2013-01-01T00:00:00Z") },
    ],
    ["without a lineage", {}, { lineage: null, subject: "CN=Azure Tools" }],
    ["with a lineage in capitals", { alternativeUris: [`URN:UUID:${uuid.toUpperCase()}`] }, { lineage: uuid }],
    [
      "with other names beside its lineage",
      { alternativeUris: ["https://example.com", `urn:uuid:${uuid}`] },
      { lineage: uuid },
    ],
    ["with something that only looks like a lineage", { alternativeUris: [`urn:uuid:${uuid}0`] }, { lineage: null }],
    [
      "with two lineages, which is none",
      { alternativeUris: [`urn:uuid:${uuid}`, `urn:uuid:${uuid.replace("0f", "1f")}`] },
      { lineage: null },
    ],
    ["whose name would clear a terminal", { commonName: "\u001b[2J" }, { subject: "CN=\\1B[2J" }],
    ["whose name looks like two", { commonName: "a, CN=b" }, { subject: "CN=a\\, CN=b" }],
  ];
  test.each(odd)("%s", (_, made, expected) => {
    expect(parseCertificate(oddCertificate(made).der)).toMatchObject(expected);
  });
});

test("a certificate that hides another one in a name is read as itself", () => {
  const hidden = pemOf("CERTIFICATE", oddCertificate({ commonName: "hidden", serialNumber: "02" }).der);
  const { der } = oddCertificate({ alternativeUris: [`x:\n${hidden}`], serialNumber: "03" });
  expect(parseCertificate(der)).toMatchObject({ der, subject: "CN=Azure Tools", serialNumber: "03" });
});

test("more than 64 KiB are not even looked at", () => {
  expect(() => parseCertificate(Buffer.alloc(64 * 1024 + 1, 0x30))).toThrow(/the limit is 65536/);
  expect(() => parseCertificate("x".repeat(64 * 1024 + 1))).toThrow(/the limit is 65536/);
});

describe("one certificate", () => {
  let der: Buffer = Buffer.alloc(0);
  beforeAll(() => {
    ({ der } = oddCertificate({}));
  });

  test("is the same as DER, as PEM, as the bytes of PEM, and as the first of a chain", () => {
    const pem = pemOf("CERTIFICATE", der);
    const expected = parseCertificate(der);
    expect(expected.der).toEqual(der);
    expect(expected.pem).toBe(pem);
    const chain = `Bag Attributes\n  friendlyName: x\n${pem}${pemOf("CERTIFICATE", oddCertificate({}).der)}`;
    for (const form of [
      pem,
      Buffer.from(pem),
      pem.replaceAll("\n", "\r\n"),
      `\uFEFF${pem}`,
      chain,
      new Uint8Array(der),
    ]) {
      expect(parseCertificate(form)).toEqual(expected);
    }
  });

  test("does not change when the bytes it was read from do", () => {
    const bytes = Uint8Array.from(der);
    const parsed = parseCertificate(bytes);
    bytes.fill(0);
    expect(parsed.der).toEqual(der);
  });

  test.each([
    ["nothing", () => ""],
    ["no bytes", () => new Uint8Array()],
    ["words", () => "hello"],
    ["a key", () => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["half of it", () => der.subarray(0, der.length / 2)],
    ["PEM without an end", () => pemOf("CERTIFICATE", der).slice(0, -30)],
    ["a byte after its end", () => Buffer.concat([der, Buffer.of(0)])],
    ["too much of it", () => Buffer.concat([der, Buffer.alloc(64 * 1024)])],
    ["two hundred thousand beginnings", () => "-----BEGIN CERTIFICATE-----".repeat(200_000)],
    ["nothing but brackets", () => Buffer.alloc(60_000, Buffer.of(0x30, 0x80))],
    // OpenSSL would read it, and say that its bytes are others.
    ["spelled with a longer length", () => Buffer.concat([Buffer.of(0x30, 0x83, 0x00), der.subarray(2)])],
  ])("is not %s", (_, make) => {
    const given = make();
    expect(() => parseCertificate(given)).toThrow(CertificateError);
    expect(tryParseCertificate(given)).toBeNull();
  });
});

test("a certificate of a key that is not RSA has no RSA key, and is one all the same", async () => {
  const { certificatePem } = await issueServerIdentity({
    authorityCommonName: "x",
    notBefore: new Date("2026-01-01"),
    notAfter: new Date("2027-01-01"),
    randomBytes: (size) => Buffer.alloc(size, 7),
  });
  expect(parseCertificate(certificatePem)).toMatchObject({
    rsaBits: null,
    publicKeyPkcs1: null,
    signatureAlgorithm: "ecdsa-with-SHA256",
  });
});
