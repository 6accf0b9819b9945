import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasOpenssl, openssl } from "../../test/support/openssl";
import { CertificateError, InvalidInputError } from "../errors";
import {
  drawSerialNumber,
  issueManagementCertificate,
  issueServerIdentity,
  type ManagementCertificateRequest,
} from "./issue";
import { generateRsaKeyPair } from "./keyPair";
import { parseCertificate } from "./parse";

const lineage = "51f9a2f2-79cf-4e57-9a73-0141561b8b5d";
let privateKeyPem = "";
let folder = "";

beforeAll(async () => {
  ({ privateKeyPem } = await generateRsaKeyPair(2048));
  folder = mkdtempSync(join(tmpdir(), "certificate-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function request(changes: Partial<ManagementCertificateRequest> = {}): ManagementCertificateRequest {
  return {
    privateKeyPem,
    subject: { commonName: "alice", organization: "Contoso", organizationalUnit: "proj/dev" },
    lineage,
    serialNumber: Buffer.from("40112233445566778899aabbccddeeff", "hex"),
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2027-01-01T00:00:00Z"),
    ...changes,
  };
}

describe("a management certificate", () => {
  test("says what was asked for, when it is read back", () => {
    expect(issueManagementCertificate(request())).toMatchObject({
      subject: "CN=alice, OU=proj/dev, O=Contoso",
      serialNumber: "40112233445566778899AABBCCDDEEFF",
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2027-01-01T00:00:00Z"),
      lineage,
      rsaBits: 2048,
      signatureAlgorithm: "sha256WithRSAEncryption",
    });
  });

  test("is the same, byte for byte, for the same request", () => {
    expect(issueManagementCertificate(request()).der).toEqual(issueManagementCertificate(request()).der);
  });

  test("is one that Node accepts: self-signed, of that key, no authority, for signing in", () => {
    const issued = issueManagementCertificate(request());
    const certificate = new X509Certificate(issued.pem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe(certificate.issuer);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.subjectAltName).toBe(`URI:urn:uuid:${lineage}`);
    expect(certificate.fingerprint.replaceAll(":", "")).toBe(issued.thumbprint);
    expect(certificate.fingerprint256.replaceAll(":", "")).toBe(issued.sha256Fingerprint);
    expect(certificate.publicKey.export({ type: "pkcs1", format: "der" })).toEqual(issued.publicKeyPkcs1);
  });

  test("carries its extensions with the criticality that RFC 5280 asks for", () => {
    const hex = issueManagementCertificate(request()).der.toString("hex");
    const yes = "0101ff";
    expect(hex).toContain(`300c0603551d13${yes}04023000`); // basicConstraints, critical, empty: CA:false
    expect(hex).toContain(`300e0603551d0f${yes}0404030205a0`); // keyUsage, critical: bits 0 and 2
    expect(hex).toContain("30130603551d25040c300a06082b06010505070302"); // extendedKeyUsage, not critical: clientAuth
    expect(hex).toContain("301d0603551d0e04160414"); // subjectKeyIdentifier, not critical: 20 bytes
  });

  test.each([
    ["2049-12-31T23:59:59Z", "170d3439313233313233353935395a"], // UTCTime 491231235959Z
    ["2050-01-01T00:00:00Z", "180f32303530303130313030303030305a"], // GeneralizedTime 20500101000000Z
    ["9999-12-31T23:59:59Z", "180f39393939313233313233353935395a"],
  ])("that ends at %s writes the date as RFC 5280 section 4.1.2.5 says", (end, encoded) => {
    const issued = issueManagementCertificate(request({ notAfter: new Date(end) }));
    expect(issued.der.toString("hex")).toContain(encoded);
    expect(issued.notAfter).toEqual(new Date(end));
  });

  test("cuts its dates to whole seconds", () => {
    const issued = issueManagementCertificate(
      request({ notBefore: new Date("2026-01-01T00:00:00.999Z"), notAfter: new Date("2026-06-01T00:00:00.001Z") }),
    );
    expect([issued.notBefore, issued.notAfter]).toEqual([
      new Date("2026-01-01T00:00:00Z"),
      new Date("2026-06-01T00:00:00Z"),
    ]);
  });

  test("keeps any name that can be seen, and any dates and serial number", () => {
    // What is left of Unicode after control characters, surrogates and direction marks, and what RFC 4514 escapes.
    const character = fc
      .oneof(fc.string({ minLength: 1, maxLength: 1, unit: "grapheme" }), fc.constantFrom(...'ßé李😀,+"\\<>;=# '))
      .filter((text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text));
    const name = fc
      .array(character, { minLength: 1, maxLength: 20 })
      .map((characters) => characters.join(""))
      .filter((text) => [...text].length <= 64);
    const seconds = fc.date({ min: new Date("1950-01-01"), max: new Date("9990-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(
        name,
        seconds,
        fc.integer({ min: 1, max: 300_000_000 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (commonName, start, length, bytes) => {
          const notBefore = new Date(Math.floor(start.getTime() / 1000) * 1000);
          const notAfter = new Date(notBefore.getTime() + length * 1000);
          const serialNumber = drawSerialNumber(() => Buffer.from(bytes));
          const issued = issueManagementCertificate(
            request({ subject: { commonName }, notBefore, notAfter, serialNumber }),
          );
          const legacy = new X509Certificate(issued.der).toLegacyObject().subject as unknown as { CN: string };
          expect(legacy.CN).toBe(commonName);
          expect(unescapeName(issued.subject)).toBe(`CN=${commonName}`);
          expect(parseCertificate(issued.pem)).toEqual(issued);
          expect(issued).toMatchObject({
            notBefore,
            notAfter,
            serialNumber: serialNumber.toString("hex").toUpperCase(),
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  test.runIf(hasOpenssl)("is accepted by openssl as a client's certificate, and read as it was meant", () => {
    const file = join(folder, "certificate.pem");
    const subject = { commonName: "Zoë 李", organization: "Contoso, Inc.", organizationalUnit: "proj/dev" };
    const issued = issueManagementCertificate(request({ subject, notAfter: new Date("2051-01-01T00:00:00Z") }));
    writeFileSync(file, issued.pem);
    const verdict = openssl(["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", file, file]).toString();
    expect(verdict).toBe(`${file}: OK\n`);
    const shown = openssl([
      "x509",
      "-in",
      file,
      "-noout",
      "-subject",
      "-issuer",
      "-enddate",
      "-nameopt",
      "utf8,sep_comma_plus_space",
    ]).toString();
    expect(shown).toContain("subject=O=Contoso, Inc., OU=proj/dev, CN=Zoë 李\n");
    expect(shown).toContain("notAfter=Jan  1 00:00:00 2051 GMT");
  });
});

describe("a request is refused", () => {
  test.each([
    ["an empty name", { commonName: "" }, "commonName"],
    ["a name of 65 characters", { commonName: "x".repeat(65) }, "commonName"],
    ["a name with a newline", { commonName: "alice\nbob" }, "commonName"],
    ["a name with a zero", { commonName: "alice\0.example" }, "commonName"],
    ["half a character", { commonName: "alice\ud83d" }, "commonName"],
    ["a name that turns the direction of writing around", { commonName: "\u202eecila" }, "commonName"],
    ["an organization of 65 characters", { commonName: "a", organization: "x".repeat(65) }, "organization"],
    ["an empty unit", { commonName: "a", organizationalUnit: "" }, "organizationalUnit"],
  ])("with %s, by the name of the input", (_, subject, property) => {
    const issue = () => issueManagementCertificate(request({ subject }));
    expect(issue).toThrow(InvalidInputError);
    expect(issue).toThrow(expect.objectContaining({ property }));
  });

  test("not with 64 characters that take two code units each", () => {
    const commonName = "😀".repeat(64);
    expect(issueManagementCertificate(request({ subject: { commonName } })).subject).toBe(`CN=${commonName}`);
  });

  test.each([
    ["that ends before it begins", { notAfter: new Date("2025-01-01T00:00:00Z") }],
    ["that ends when it begins", { notAfter: new Date("2026-01-01T00:00:00Z") }],
    ["with no date", { notAfter: new Date(Number.NaN) }],
    ["after the year 9999", { notAfter: new Date("+010000-01-01T00:00:00Z") }],
    ["before the year 1950", { notBefore: new Date("1949-12-31T23:59:59Z") }],
    ["with a key that is none", { privateKeyPem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" }],
  ])("%s", (_, changes) => {
    expect(() => issueManagementCertificate(request(changes))).toThrow(CertificateError);
  });

  test("with a key that is not RSA", async () => {
    const { privateKeyPem: ecKey } = await serverIdentity();
    expect(() => issueManagementCertificate(request({ privateKeyPem: ecKey }))).toThrow(/needs an RSA key/);
  });

  test.each([
    ["a lineage that is no UUID", { lineage: "x" }],
    ["a short serial number", { serialNumber: Buffer.of(1) }],
    ["a negative serial number", { serialNumber: Buffer.alloc(16, 0x80) }],
    ["no serial number at all", { serialNumber: Buffer.alloc(16) }],
  ])("with %s, as a bug of the caller", (_, changes) => {
    expect(() => issueManagementCertificate(request(changes))).toThrow(TypeError);
  });
});

test("a drawn serial number is 16 bytes, positive and never zero, whatever the dice say", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const drawn = drawSerialNumber(() => Buffer.from(bytes));
      expect(drawn).toHaveLength(16);
      expect(drawn.readInt8(0)).toBeGreaterThan(0);
      expect(drawn.subarray(1)).toEqual(Buffer.from(bytes).subarray(1));
    }),
    { examples: [[new Uint8Array(16)], [new Uint8Array(16).fill(255)]] },
  );
});

describe("a server's identity", () => {
  test.each(["127.0.0.1", "localhost"])(
    "is trusted by a client that reaches it as %s and knows its authority",
    async (host) => {
      const identity = await serverIdentity();
      const server = createServer({ key: identity.privateKeyPem, cert: identity.certificatePem }, (_, answer) =>
        answer.end("hello"),
      );
      await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
      try {
        const { port } = server.address() as AddressInfo;
        const status = await new Promise((resolve, reject) => {
          // The name is what is checked; where it leads is this machine in any case.
          const lookedUp = { host: "127.0.0.1", port, ca: identity.caCertificatePem, agent: false } as const;
          const options = host === "localhost" ? { ...lookedUp, servername: host, headers: { host } } : lookedUp;
          get(options, (answer) => resolve(answer.resume().statusCode)).on("error", reject);
        });
        expect(status).toBe(200);
      } finally {
        await new Promise((closed) => server.close(closed));
      }
    },
  );

  test("names the loopback addresses, and its authority names itself", async () => {
    const identity = await serverIdentity();
    const authority = new X509Certificate(identity.caCertificatePem);
    const certificate = new X509Certificate(identity.certificatePem);
    expect(authority.ca).toBe(true);
    expect(authority.subject).toBe("CN=an emulator");
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkIP("::1")).toBe("::1");
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(certificate.checkPrivateKey(createPrivateKey(identity.privateKeyPem))).toBe(true);
  });
});

function serverIdentity() {
  return issueServerIdentity({
    authorityCommonName: "an emulator",
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    randomBytes,
  });
}

/** Undoes RFC 4514 section 2.4 for names without control characters. */
function unescapeName(shown: string): string {
  return shown.replace(/\\(.)/gu, "$1");
}
