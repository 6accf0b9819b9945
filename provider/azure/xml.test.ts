import { describe, expect, it } from "vitest";
import { RequestFailed } from "./failure";
import { decodeCertificate, decodeError, decodeList, decodeOperations, encodeSubscriptionCertificate } from "./xml";

const thumbprint = "ABCDEF0123456789ABCDEF0123456789ABCDEF01";
const entry = (data = "AQID") =>
  `<SubscriptionCertificate><SubscriptionCertificatePublicKey>AA==</SubscriptionCertificatePublicKey><SubscriptionCertificateThumbprint>${thumbprint.toLowerCase()}</SubscriptionCertificateThumbprint><SubscriptionCertificateData>${data}</SubscriptionCertificateData><Created>2015-06-30T23:59:23.8312837Z</Created></SubscriptionCertificate>`;
const list = (content: string) =>
  `<SubscriptionCertificates xmlns="http://schemas.microsoft.com/windowsazure" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">${content}</SubscriptionCertificates>`;

describe("encodeSubscriptionCertificate", () => {
  it("writes the elements in the order that the service insists on", () => {
    const body = encodeSubscriptionCertificate({
      publicKeyPkcs1: Buffer.from([1]),
      thumbprint,
      der: Buffer.from([1, 2, 3]),
    });
    expect(body).toBe(
      `<?xml version="1.0" encoding="utf-8"?><SubscriptionCertificate xmlns="http://schemas.microsoft.com/windowsazure"><SubscriptionCertificatePublicKey>AQ==</SubscriptionCertificatePublicKey><SubscriptionCertificateThumbprint>${thumbprint}</SubscriptionCertificateThumbprint><SubscriptionCertificateData>AQID</SubscriptionCertificateData></SubscriptionCertificate>`,
    );
  });
});

describe("decodeList", () => {
  it("reads entries with upper-case thumbprints, verbatim bytes and the date as it is written", () => {
    expect(decodeList(list(entry()), null)).toEqual([
      { thumbprint, data: Buffer.from([1, 2, 3]), createdAt: "2015-06-30T23:59:23.8312837Z" },
    ]);
  });

  it.each([
    ["an empty list", list(""), 0],
    ["a list that closes itself", '<SubscriptionCertificates xmlns="x"/>', 0],
    ["a single entry", list(entry()), 1],
    ["many entries", list(entry().repeat(200)), 200],
    ["a declaration and a byte order mark", `\uFEFF<?xml version="1.0"?>${list(entry())}`, 1],
    ["bytes that are no certificate", list(entry("MIACAQM=")), 1],
  ])("reads %s", (_name, body, count) => {
    expect(decodeList(body, null)).toHaveLength(count);
  });

  it.each([
    ["nothing", ""],
    ["no XML", "<html><body>502"],
    ["a cut-off answer", list(entry()).slice(0, -30)],
    ["another document", "<Subscription><SubscriptionID>x</SubscriptionID></Subscription>"],
    ["a document type", `<!DOCTYPE x [<!ENTITY a "aaaa">]>${list(entry())}`],
    ["an entry without a thumbprint", list("<SubscriptionCertificate><Created>x</Created></SubscriptionCertificate>")],
    ["elements in each other, hundreds of levels deep", list("<a>".repeat(500) + "</a>".repeat(500))],
    ["names that are traps", list("<__proto__>1</__proto__><constructor/>")],
    ["an instruction that does not end", `<?xml version="1.0"`],
    ["a thumbprint that is none", list(entry().replace(thumbprint.toLowerCase(), "../other"))],
  ])("refuses %s", (_name, body) => {
    expect(() => decodeList(body, "rid")).toThrow(RequestFailed);
  });
});

describe("decodeCertificate", () => {
  it("reads one entry and refuses a list", () => {
    expect(decodeCertificate(entry(), null).thumbprint).toBe(thumbprint);
    expect(() => decodeCertificate(list(entry()), null)).toThrow(RequestFailed);
  });
});

describe("decodeError", () => {
  it("reads code and message, and takes a proxy's page for no error of the service", () => {
    expect(decodeError('<Error xmlns="x"><Code>ResourceNotFound</Code><Message>Gone.</Message></Error>')).toEqual({
      code: "ResourceNotFound",
      message: "Gone.",
    });
    expect(decodeError("<html><head></head><body>Bad gateway</body></html>")).toBeNull();
    expect(decodeError("")).toBeNull();
    expect(decodeError("<Error>".repeat(500) + "</Error>".repeat(500))).toBeNull();
  });
});

describe("the log of operations", () => {
  it("may leave out whatever it does not know", () => {
    const body = `<SubscriptionOperationCollection xmlns="http://schemas.microsoft.com/windowsazure"><SubscriptionOperations>
      <SubscriptionOperation><OperationName>AddSubscriptionCertificate</OperationName><OperationParameters xmlns:a="x">
        <a:OperationParameter><a:Name>thumbprint</a:Name><a:Value>3f2a</a:Value></a:OperationParameter></OperationParameters>
        <OperationCaller><UserEmailAddress>alice@contoso.com</UserEmailAddress></OperationCaller></SubscriptionOperation>
      <SubscriptionOperation><OperationParameters/><OperationCaller/><OperationStatus/></SubscriptionOperation>
    </SubscriptionOperations></SubscriptionOperationCollection>`;
    const nothing = { name: "", about: [""], succeeded: false, startedAt: "", callerThumbprint: null };
    expect(decodeOperations(body, null)).toEqual({
      operations: [
        { ...nothing, name: "AddSubscriptionCertificate", about: ["", "3f2a"], callerEmail: "alice@contoso.com" },
        { ...nothing, callerEmail: null },
      ],
      continuationToken: null,
    });
    expect(decodeOperations("<SubscriptionOperationCollection/>", null).operations).toEqual([]);
  });
});
