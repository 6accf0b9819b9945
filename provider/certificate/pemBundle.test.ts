import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { oddCertificate } from "../../test/support/oddCertificates";
import { CertificateError } from "../errors";
import { pemOf } from "./pem";
import { readPemBundle } from "./pemBundle";

const { der, privateKeyPem } = oddCertificate({ rsaBits: 2048 });
const key = createPrivateKey(privateKeyPem);
const certificatePem = pemOf("CERTIFICATE", der);
const other = pemOf("CERTIFICATE", oddCertificate({ rsaBits: 2048 }).der);
const pair = { privateKeyPem, certificatePem };

const pkcs1 = key.export({ type: "pkcs1", format: "pem" }).toString();
const encrypted = { cipher: "aes-256-cbc", passphrase: "pä" } as const;
const encryptedPkcs8 = key.export({ type: "pkcs8", format: "pem", ...encrypted }).toString();
const encryptedPkcs1 = key.export({ type: "pkcs1", format: "pem", ...encrypted }).toString();

describe("a key and its certificate are read", () => {
  test.each([
    ["PKCS#8", privateKeyPem + certificatePem, undefined],
    ["the certificate first", certificatePem + privateKeyPem, undefined],
    ["RSA PRIVATE KEY", pkcs1 + certificatePem, undefined],
    ["encrypted PKCS#8", encryptedPkcs8 + certificatePem, "pä"],
    ["an encrypted RSA PRIVATE KEY", encryptedPkcs1 + certificatePem, "pä"],
    ["a password that nobody needs", privateKeyPem + certificatePem, "pä"],
    ["a chain around the certificate", privateKeyPem + other + certificatePem + other, undefined],
    [
      "lines of Windows, and words between",
      `hello\r\n${(privateKeyPem + certificatePem).replaceAll("\n", "\r\n")}`,
      undefined,
    ],
  ])("%s", (_, text, password) => {
    expect(readPemBundle(text, password)).toEqual(pair);
  });

  test("with an EC key as well", () => {
    // The pair must belong together, so a lone EC key gets as far as that.
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" });
    expect(() => readPemBundle(ec + certificatePem)).toThrow(/does not belong to the certificate/);
  });
});

describe("a PEM text is refused", () => {
  test.each([
    ["nothing", "", undefined, /no private key/],
    ["a certificate alone", certificatePem, undefined, /no private key/],
    ["a key alone", privateKeyPem, undefined, /no certificate with it/],
    ["two keys", privateKeyPem + pkcs1 + certificatePem, undefined, /several private keys/],
    ["somebody else's certificate", privateKeyPem + other, undefined, /does not belong/],
    ["a certificate that is none", privateKeyPem + pemOf("CERTIFICATE", Buffer.of(1)), undefined, /does not belong/],
    ["a key that is none", pemOf("PRIVATE KEY", Buffer.of(1)) + certificatePem, undefined, /is damaged/],
    ["no password", encryptedPkcs8 + certificatePem, undefined, /no password was given/],
    ["no password for an old key", encryptedPkcs1 + certificatePem, undefined, /no password was given/],
    ["a wrong password", encryptedPkcs8 + certificatePem, "pa", /password does not open/],
    ["a wrong password for an old key", encryptedPkcs1 + certificatePem, "pa", /password does not open/],
    ["too much", certificatePem + privateKeyPem + " ".repeat(256 * 1024), undefined, /is not read/],
  ])("for %s", (_, text, password, message) => {
    const read = () => readPemBundle(text, password);
    expect(read).toThrow(CertificateError);
    expect(read).toThrow(message);
  });

  test("for more rounds of key derivation than anybody needs", () => {
    const bytes = key.export({ type: "pkcs8", format: "der", ...encrypted });
    // Node's own 2,048 rounds, an INTEGER of two bytes, become 2^31 - 1 where the salt ends two bytes sooner.
    const rounds = bytes.indexOf(Buffer.of(0x02, 0x02, 0x08, 0x00));
    expect(rounds).toBeGreaterThan(0);
    // OpenSSL draws 16 bytes of salt, and older ones 8; the salt itself may hold anything.
    const saltBytes = [16, 8].find(
      (length) => bytes.subarray(rounds - length - 2).indexOf(Buffer.of(0x04, length)) === 0,
    );
    expect(saltBytes).toBeDefined();
    const shorter = Number(saltBytes) - 2;
    bytes.writeUInt8(shorter, rounds - shorter - 3);
    Buffer.of(0x02, 0x04, 0x7f, 0xff, 0xff, 0xff).copy(bytes, rounds - 2);
    expect(() => readPemBundle(pemOf("ENCRYPTED PRIVATE KEY", bytes) + certificatePem, "pä")).toThrow(/too long/);
  });
});
