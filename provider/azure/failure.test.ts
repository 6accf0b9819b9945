import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { failureOf } from "./failure";

const coded = (code: string, more: object = {}) => Object.assign(new Error(`message of ${code}`), { code, ...more });

describe("failureOf", () => {
  it.each([
    ["ENOTFOUND", "unknownName"],
    ["ECONNREFUSED", "connectionRefused"],
    ["UND_ERR_CONNECT_TIMEOUT", "unreachable"],
    ["EAI_AGAIN", "unreachable"],
    ["ECONNRESET", "connectionLost"],
    ["UND_ERR_SOCKET", "connectionLost"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrustedCertificate"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "untrustedCertificate"],
    ["CERT_HAS_EXPIRED", "certificateExpired"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "otherName"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "notTls"],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "other"],
  ])("%s is %s", (code, problem) => {
    expect(failureOf(coded(code))).toMatchObject({ kind: "transport", problem });
  });

  it.each([
    "ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE",
    "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
  ])("%s is a refused client certificate", (code) => {
    expect(failureOf(coded(code))).toMatchObject({ kind: "clientCertificateRefused" });
  });

  it("a passed deadline is a timeout, an answer without end can't be read", () => {
    expect(failureOf(new DOMException("x", "TimeoutError"))).toEqual({ kind: "timeout" });
    expect(failureOf(coded("UND_ERR_RES_EXCEEDED_MAX_SIZE"))).toMatchObject({ kind: "unreadable" });
  });

  it("keeps the words of a socket's error and nothing that hangs on it", () => {
    const failure = failureOf(coded("ECONNRESET", { context: { key: "SECRET" } }));
    expect(inspect(failure, { depth: 10 })).toContain("message of ECONNRESET");
    expect(inspect(failure, { depth: 10 })).not.toContain("SECRET");
  });

  it.each([new Error("a bug"), new TypeError("a bug"), "text", null, coded("E_SOMETHING")])(
    "does not know %o",
    (error) => {
      expect(failureOf(error)).toBeNull();
    },
  );
});
