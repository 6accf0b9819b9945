import { createPrivateKey, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { azurePfx } from "../../test/support/azurePfx";
import { oddCertificate } from "../../test/support/oddCertificates";
import { hasOpenssl, openssl } from "../../test/support/openssl";
import { CertificateError } from "../errors";
import { pemOf } from "./pem";
import { readPfx, writePfx } from "./pfx";

const { der, privateKeyPem } = oddCertificate({ rsaBits: 2048 });
const other = oddCertificate({ rsaBits: 2048 });
const certificatePem = pemOf("CERTIFICATE", der);
const privateKeyDer = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
const pair = { privateKeyPem, certificatePem };

describe("a PFX as Azure wrote them, 3DES and RC2-40", () => {
  test.each(["", "secret", "Grüße, 李"])("opens with the password %j", (password) => {
    expect(readPfx(azurePfx({ privateKeyDer, certificateDer: der, password }), password)).toEqual(pair);
  });

  test("opens with the empty password too, where a tool has derived from no bytes at all", () => {
    expect(readPfx(azurePfx({ privateKeyDer, certificateDer: der, password: null }), "")).toEqual(pair);
  });

  test("opens without a check value too", () => {
    const pfx = azurePfx({ privateKeyDer, certificateDer: der, password: "secret", withoutMac: true });
    expect(readPfx(pfx, "secret")).toEqual(pair);
    expect(() => readPfx(pfx, "Secret")).toThrow(/password does not open/);
  });

  test("is one that Node itself can't read, which is why this reader exists", () => {
    const pfx = azurePfx({ privateKeyDer, certificateDer: der });
    expect(() => createSecureContext({ pfx, passphrase: "" })).toThrow();
  });
});

describe("a PFX is refused", () => {
  const request = { privateKeyDer, certificateDer: der, password: "right", iterations: 1 };
  const right = azurePfx(request);
  test.each([
    ["a wrong password", right, "wrong", /^The password does not open this PFX\./],
    ["no password where there is one", right, "", /^The password does not open this PFX\./],
    ["words", Buffer.from("hello"), "", /^This is not a PKCS#12 file/],
    ["no bytes", Buffer.alloc(0), "", /^This is not a PKCS#12 file/],
    ["a certificate alone", der, "", /^This is not a PKCS#12 file/],
    ["a half of one", right.subarray(0, right.length / 2), "right", /^This is not a PKCS#12 file/],
    ["too much", Buffer.alloc(256 * 1024 + 1), "", /^A PFX of 262145 bytes is not read/],
    ["a key of another certificate", azurePfx({ privateKeyDer, certificateDer: other.der }), "", /does not belong/],
    [
      "more rounds than anybody needs",
      azurePfx({ ...request, claimedIterations: 2_000_000_000 }),
      "right",
      /would take too long/,
    ],
    [
      "more rounds than a second allows",
      azurePfx({ ...request, claimedIterations: 600_001 }),
      "right",
      /asks for 600001 more rounds/,
    ],
    ["no rounds at all", azurePfx({ ...request, claimedIterations: 0 }), "right", /rounds of key derivation/],
  ])("for %s", (_, pfx, password, message) => {
    const read = () => readPfx(pfx, password);
    expect(read).toThrow(CertificateError);
    expect(read).toThrow(message);
  });
});

describe("a PFX that we wrote", () => {
  test.each(["", "pä"])("with the password %j is read by us and by Node", (password) => {
    const pfx = writePfx({ ...pair, password, randomBytes });
    expect(readPfx(pfx, password)).toEqual(pair);
    createSecureContext({ pfx, passphrase: password });
    expect(() => createSecureContext({ pfx, passphrase: "wrong" })).toThrow();
  });
});

describe("a PFX from openssl", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pfx-"));
    writeFileSync(join(folder, "key.pem"), privateKeyPem, { mode: 0o600 });
    writeFileSync(join(folder, "certificate.pem"), certificatePem);
    writeFileSync(join(folder, "chain.pem"), pemOf("CERTIFICATE", other.der));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.runIf(hasOpenssl).each([
    ["with its defaults", []],
    ["in 3DES", ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"]],
    ["in AES of other sizes", ["-keypbe", "aes-128-cbc", "-certpbe", "aes-192-cbc", "-macalg", "sha512"]],
    ["without encryption", ["-keypbe", "NONE", "-certpbe", "NONE"]],
    ["without a check value", ["-nomac"]],
    ["with a chain before its certificate", ["-certfile", "chain.pem"]],
  ])("%s", (_, settings) => {
    for (const password of ["", "pä 1"]) {
      const paths = settings.map((setting) => (setting.endsWith(".pem") ? join(folder, setting) : setting));
      const files = ["-inkey", join(folder, "key.pem"), "-in", join(folder, "certificate.pem")];
      const pfx = openssl(["pkcs12", "-export", ...files, "-passout", `pass:${password}`, ...paths]);
      expect(readPfx(pfx, password)).toEqual(pair);
    }
  });
});
