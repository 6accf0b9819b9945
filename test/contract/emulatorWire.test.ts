import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Behaviour } from "../../emulator/behaviour";
import type { Emulator } from "../../emulator/emulator";
import { makeCertificate, nodeEncoding, pythonEncoding, type TestCertificate } from "./clientCertificates";
import { add, expectError, namespaces, other, ours, refusalText, start, swapped } from "./emulatorFixture";
import { send } from "./wire";

describe("the classic management-certificate API on the wire", () => {
  let certificate: TestCertificate;
  let second: TestCertificate;

  beforeAll(async () => {
    [certificate, second] = await Promise.all([makeCertificate(), makeCertificate()]);
  });

  it.each([
    ["Node", nodeEncoding],
    ["Python", pythonEncoding],
  ])(
    "answers an Add in %s's encoding with 201, an empty body, and the recorded headers in their order",
    async (_name, encode) => {
      const emulator = await start({ now: new Date("2015-06-30T23:59:23Z") });
      const answer = await send(emulator, { method: "POST", path: `/${ours}/certificates`, ...encode(certificate) });
      expect([answer.status, answer.statusText, answer.body]).toEqual([201, "Created", ""]);
      expect(answer.rawHeaders).toEqual([
        ...["Cache-Control", "no-cache"],
        ...["Content-Length", "0"],
        ...[
          "Location",
          `https://management.core.windows.net/subscriptions/${ours}/certificates/${certificate.thumbprint}`,
        ],
        ...["Server", "1.0.6198.243 (rd_rdfe_stable.150618-1025) Microsoft-HTTPAPI/2.0"],
        ...["x-ms-servedbyregion", "ussouth3"],
        ...["x-ms-request-id", expect.stringMatching(/^[0-9a-f]{32}$/)],
        ...["Date", "Tue, 30 Jun 2015 23:59:23 GMT"],
      ]);
      expect(emulator.certificates(ours).find(({ thumbprint }) => thumbprint === certificate.thumbprint)?.der).toEqual(
        certificate.der,
      );
      expect(emulator.certificates(other)).toHaveLength(1);
    },
  );

  it("gives a certificate back in the service's form, whatever case it is asked for in", async () => {
    const emulator = await start({ now: new Date("2015-06-30T23:59:23.830Z") });
    await add(emulator, certificate);
    for (const thumbprint of [certificate.thumbprint, certificate.thumbprint.toLowerCase()]) {
      const answer = await send(emulator, { path: `/${ours}/certificates/${thumbprint}` });
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/xml; charset=utf-8"]);
      expect(answer.body).toBe(
        `<SubscriptionCertificate ${namespaces}>` +
          `<SubscriptionCertificatePublicKey>${certificate.publicKey}</SubscriptionCertificatePublicKey>` +
          `<SubscriptionCertificateThumbprint>${certificate.thumbprint}</SubscriptionCertificateThumbprint>` +
          `<SubscriptionCertificateData>${certificate.der.toString("base64")}</SubscriptionCertificateData>` +
          "<Created>2015-06-30T23:59:23.83Z</Created></SubscriptionCertificate>",
      );
    }
  });

  it("lists all certificates in ascending order of thumbprints, expired ones and blobs among them", async () => {
    const emulator = await start();
    const expired = await makeCertificate({ notBefore: new Date("2012-05-02"), notAfter: new Date("2013-05-02") });
    for (const one of [certificate, second, expired]) {
      expect((await add(emulator, one)).status).toBe(201);
    }
    emulator.plant(ours, Buffer.from("a PKCS#12 blob"));
    const { body } = await send(emulator, { path: `/${ours}/certificates` });
    const listed = [...body.matchAll(/<SubscriptionCertificateThumbprint>(.*?)</g)].map(([, found]) => found);
    expect(listed).toHaveLength(5);
    expect(listed).toEqual(listed.toSorted());
    expect(listed).toContain(expired.thumbprint);
    expect(body).toMatch(
      new RegExp(
        `^<SubscriptionCertificates ${namespaces}><SubscriptionCertificate><SubscriptionCertificatePublicKey>.*` +
          "</Created></SubscriptionCertificate></SubscriptionCertificates>$",
      ),
    );
    expect(body).toContain(`<SubscriptionCertificateData>${Buffer.from("a PKCS#12 blob").toString("base64")}<`);
  });

  it("deletes with 200 and nothing else, also when the client sends atom+xml, and then says 404", async () => {
    const emulator = await start();
    await add(emulator, certificate);
    const path = `/${ours}/certificates/${certificate.thumbprint}`;
    const headers = { "Content-Length": 0, "Content-Type": "application/atom+xml;type=entry;charset=utf-8" };
    const answer = await send(emulator, { method: "DELETE", path, headers });
    expect([answer.status, answer.body, answer.headers["content-length"], answer.headers["content-type"]]).toEqual([
      200,
      "",
      "0",
      undefined,
    ]);
    for (const method of ["DELETE", "GET"]) {
      expectError(await send(emulator, { method, path }), 404, "ResourceNotFound", "The certificate was not found.");
    }
  });

  it("lets the last certificate be deleted, which locks its owner out", async () => {
    const emulator = await start();
    const path = `/${ours}/certificates/${emulator.credentialThumbprint}`;
    expect((await send(emulator, { method: "DELETE", path })).status).toBe(200);
    expectError(await send(emulator, { path: `/${ours}/certificates` }), 403, "ForbiddenError", refusalText);
  });

  it("takes a body with whitespace in front and inside, and a namespace prefix", async () => {
    const emulator = await start();
    const pretty = nodeEncoding(certificate)
      .body.replaceAll("><", ">\n  <")
      .replace(/(Data>)([^<]*)/, (_all, tag: string, data: string) => tag + data.replaceAll(/.{76}/g, "$&\r\n"));
    const first = await send(emulator, { method: "POST", path: `/${ours}/certificates`, body: `\n  ${pretty}\n` });
    expect(first.status).toBe(201);
    const prefixed = pythonEncoding(second)
      .body.replaceAll(/<(\/?)(S)/g, "<$1a:$2")
      .replace(" xmlns=", " xmlns:a=");
    const next = await send(emulator, { method: "POST", path: `/${ours}/certificates`, body: prefixed });
    expect(next.status).toBe(201);
  });

  describe("refuses an Add", () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    const tooLarge = ["BadRequest", "The request body is too large."] as const;
    const invalid = ["InvalidXmlRequest", "The request body's XML was invalid or not correctly specified."] as const;
    const cases: readonly [string, (good: string) => string | Buffer, readonly [string, string]][] = [
      ["an empty body", () => "", invalid],
      ["no XML", () => "certificate, please", invalid],
      ["a body that was cut off", (good) => good.slice(0, -40), invalid],
      ["two roots", (good) => `${good}<a/>`, invalid],
      ["bytes that are not UTF-8", () => Buffer.of(0x3c, 0xff, 0x3e), invalid],
      [
        "another root",
        (good) => good.replaceAll("SubscriptionCertificate>", "Other>").replace("<SubscriptionCertificate ", "<Other "),
        invalid,
      ],
      ["another namespace", (good) => good.replace("http://schemas", "https://schemas"), invalid],
      ["an entity bomb", (good) => good.replace(/^<\?xml.*?\?>/, bomb).replace(/Data>/, "Data>&b;"), invalid],
      ["a document type", (good) => good.replace(/^<\?xml.*?\?>/, "<!DOCTYPE x>"), invalid],
      ["elements in another order", swapped, invalid],
      ["an element missing", (good) => good.replace(/<SubscriptionCertificateT.*t>/, ""), invalid],
      ["an element twice", (good) => good.replace(/(<SubscriptionCertificateT.*t>)/, "$1$1"), invalid],
      ["a thousand nested elements", () => "<a>".repeat(1_000) + "</a>".repeat(1_000), invalid],
      ["40,000 nested elements", () => "<a>".repeat(40_000), invalid],
      ["a body of 10 MB", (good) => good.padEnd(10 * 1024 * 1024, " "), tooLarge],
      [
        "a thumbprint of another certificate",
        (good) => good.replace(certificate.thumbprint, second.thumbprint),
        ["BadRequest", "The thumbprint does not match the certificate."],
      ],
      [
        "a thumbprint with colons",
        (good) => good.replace(certificate.thumbprint, certificate.thumbprint.replaceAll(/(..)(?!$)/g, "$1:")),
        ["BadRequest", "A parameter was incorrect."],
      ],
      [
        "data that is not base64",
        (good) => good.replace("Data>MII", "Data>***"),
        ["BadRequest", "A parameter was incorrect."],
      ],
      [
        "PEM text instead of DER",
        (good) => {
          const pem = Buffer.from(certificate.cert);
          return good
            .replace(certificate.thumbprint, createHash("sha1").update(pem).digest("hex").toUpperCase())
            .replace(/Data>[^<]*</, `Data>${pem.toString("base64")}<`);
        },
        ["BadRequest", "The certificate data is not an X.509 certificate."],
      ],
      [
        "a public key in the SPKI form",
        (good) => good.replace(certificate.publicKey, spki()),
        ["BadRequest", "The public key does not match the certificate."],
      ],
    ];
    let emulator: Emulator;
    beforeEach(async () => {
      emulator = await start();
    });

    it.each(cases)("with %s", async (_name, change, [code, message]) => {
      const body = change(nodeEncoding(certificate).body);
      expectError(await send(emulator, { method: "POST", path: `/${ours}/certificates`, body }), 400, code, message);
      expect(emulator.certificates(ours)).toHaveLength(1);
    });

    function spki(): string {
      // rsaEncryption in front of the same key: what a client sends that did not read the documentation closely.
      return Buffer.concat([
        Buffer.from("30820122300d06092a864886f70d01010105000382010f00", "hex"),
        Buffer.from(certificate.publicKey, "base64"),
      ]).toString("base64");
    }
  });

  it.each<[string, Partial<Behaviour>, number, string]>([
    ["by default with a conflict", {}, 409, "ConflictError"],
    ["as if it were new, when told to", { duplicateAdd: "created" }, 201, ""],
  ])("answers a duplicate Add %s, and keeps the first one's date", async (_name, behaviour, status, code) => {
    const emulator = await start({ behaviour, now: new Date("2026-01-01T00:00:00Z") });
    await add(emulator, certificate);
    emulator.clock.set(new Date("2026-02-01T00:00:00Z"));
    const again = await add(emulator, certificate);
    expect(again.status).toBe(status);
    expect(again.body).toContain(code);
    const held = emulator.certificates(ours).filter(({ thumbprint }) => thumbprint === certificate.thumbprint);
    expect(held.map(({ createdAt }) => createdAt)).toEqual(["2026-01-01T00:00:00Z"]);
  });

  it.each<[Partial<Behaviour>, number, string]>([
    [{}, 403, "ForbiddenError"],
    [{ overLimit: "conflict" }, 409, "ConflictError"],
  ])("counts to the certificate limit and no further (%j)", async (behaviour, status, code) => {
    const emulator = await start({ certificateLimit: 2, behaviour });
    expect((await add(emulator, certificate)).status).toBe(201);
    expectError(
      await add(emulator, second),
      status,
      code,
      "The subscription already has the maximum of 2 management certificates.",
    );
    expect((await add(emulator, second, other)).status).toBe(201);
  });

  it.each<[Partial<Behaviour>, (body: string) => string, number]>([
    [{ addStatus: 200 }, (body) => body, 200],
    [{ thumbprintMismatch: "accepted" }, (body) => body.replace(certificate.thumbprint, second.thumbprint), 201],
    [{ publicKeyMismatch: "accepted" }, (body) => body.replace(certificate.publicKey, "AAAA"), 201],
    [{ minimumRsaBits: 2048 }, (body) => body, 201],
    [{ minimumRsaBits: 3072 }, (body) => body, 400],
    [{ contentType: "strict" }, (body) => body, 400],
    [{ elementOrder: "any" }, swapped, 201],
    [
      { unreadableData: "accepted", thumbprintMismatch: "accepted" },
      (body) => body.replace(/Data>[^<]*</, "Data>AAAA<"),
      201,
    ],
    [{ thumbprintMismatch: "accepted" }, (body) => body.replace(/Data>[^<]*</, "Data>AAAA<"), 400],
  ])("does as the settings say where nobody knows: %j", async (behaviour, change, status) => {
    const emulator = await start({ behaviour });
    const { headers, body } = pythonEncoding(certificate);
    const answer = await send(emulator, {
      method: "POST",
      path: `/${ours}/certificates`,
      headers,
      body: change(body),
    });
    expect(answer.status).toBe(status);
  });

  it("takes a certificate as old ones are: 1024 bits, SHA-1, without X.509 v3 extensions", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-old-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const keyPath = join(folder, "key.pem");
    const made = ["req", "-x509", "-newkey", "rsa:1024", "-nodes", "-sha1", "-subj", "/CN=old", "-keyout", keyPath];
    const { raw: der, publicKey } = new X509Certificate(execFileSync("openssl", made, { stdio: "pipe" }));
    const old = {
      der,
      thumbprint: createHash("sha1").update(der).digest("hex").toUpperCase(),
      publicKey: publicKey.export({ type: "pkcs1", format: "der" }).toString("base64"),
    };
    expect(old.publicKey).toMatch(/^MIGJAoGB/);
    const emulator = await start();
    const path = `/${ours}/certificates`;
    expect((await send(emulator, { method: "POST", path, ...nodeEncoding(old) })).status).toBe(201);
    const strict = await start({ behaviour: { minimumRsaBits: 2048 } });
    expect((await send(strict, { method: "POST", path, ...nodeEncoding(old) })).status).toBe(400);
  });

  it("matches thumbprints in their case when told to", async () => {
    const emulator = await start({ behaviour: { thumbprintCase: "significant" } });
    const path = `/${ours}/certificates/${emulator.credentialThumbprint.toLowerCase()}`;
    expect((await send(emulator, { path })).status).toBe(404);
  });
});
