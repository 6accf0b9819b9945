import { beforeAll, describe, expect, it } from "vitest";
import { certificateOf } from "../../test/support/manyCertificates";
import { generateRsaKeyPair } from "../certificate/keyPair";
import { CertificateError } from "../errors";
import { ParsedCertificates } from "./parsedCertificates";

const now = new Date("2027-01-01T00:00:00Z");
let privateKeyPem: string;

beforeAll(async () => {
  ({ privateKeyPem } = await generateRsaKeyPair(2048));
});

describe("certificates that were read", () => {
  it("are the same whether they came as PEM or as base64", () => {
    const { pem, der, thumbprint } = certificateOf(privateKeyPem, "alice", now);
    const parsed = new ParsedCertificates();
    expect(parsed.parse(pem).thumbprint).toBe(thumbprint);
    expect(parsed.parse(der.toString("base64")).thumbprint).toBe(thumbprint);
  });

  it("are read once, as long as they are among those that were read lately", () => {
    const parsed = new ParsedCertificates();
    const [first = "", ...others] = Array.from({ length: 65 }, (_, index) =>
      certificateOf(privateKeyPem, `person ${index}`, now).der.toString("base64"),
    );
    const read = parsed.parse(first);
    expect(parsed.parse(first)).toBe(read);
    for (const other of others) {
      parsed.parse(other);
    }
    expect(parsed.parse(first)).not.toBe(read);
    expect(parsed.parse(first).thumbprint).toBe(read.thumbprint);
  });

  it("are never mistaken for others", () => {
    const parsed = new ParsedCertificates();
    const ids = ["alice", "bob"].map((name) => certificateOf(privateKeyPem, name, now));
    for (const { pem, thumbprint } of [...ids, ...ids]) {
      expect(parsed.parse(pem).thumbprint).toBe(thumbprint);
    }
  });

  it("do not include what is none: that is refused every time", () => {
    const parsed = new ParsedCertificates();
    for (const _ of [1, 2]) {
      expect(() => parsed.parse("bm9uZQ==")).toThrow(CertificateError);
    }
  });
});
