import { execFileSync, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "node:tls";
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Behaviour } from "../../emulator/behaviour";
import { type Emulator, type EmulatorSettings, startEmulator } from "../../emulator/emulator";
import { makeCertificate, nodeEncoding, pythonEncoding, type TestCertificate } from "./clientCertificates";
import { credentialOf, send, type WireAnswer, type WireTarget } from "./wire";

const namespaces =
  'xmlns="http://schemas.microsoft.com/windowsazure" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const refusalText =
  "The server failed to authenticate the request. Verify that the certificate is valid and is associated with this subscription.";
const ours = "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10";
const other = "2b1f0f5e-7c0d-4a55-8d0e-6f1f8f3f9c21";

const running: Emulator[] = [];

async function start(settings: EmulatorSettings = {}): Promise<Emulator> {
  const emulator = await startEmulator({ subscriptions: [ours, other], ...settings });
  running.push(emulator);
  return emulator;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
});

function errorBody(code: string, message: string): string {
  return `<Error ${namespaces}><Code>${code}</Code><Message>${message}</Message></Error>`;
}

function expectError(answer: WireAnswer, status: number, code: string, message: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: errorBody(code, message) });
  expect(answer.headers["content-type"]).toBe("application/xml; charset=utf-8");
  expect(answer.headers["x-ms-request-id"]).toMatch(/^[0-9a-f]{32}$/);
}

/** An Add with the thumbprint before the public key. */
function swapped(good: string): string {
  return good.replace(/(<SubscriptionCertificateP.*y>)(<SubscriptionCertificateT.*t>)/, "$2$1");
}

const add = (emulator: WireTarget, certificate: TestCertificate, subscription = ours) =>
  send(emulator, { method: "POST", path: `/${subscription}/certificates`, ...nodeEncoding(certificate) });

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
      ["300,000 nested elements", () => "<a>".repeat(300_000), invalid],
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

describe("who is let in", () => {
  it("refuses a stranger, a caller without a certificate, and one of another subscription with 403 ForbiddenError", async () => {
    const emulator = await start();
    const stranger = await makeCertificate();
    const path = `/${ours}/certificates`;
    expectError(await send(emulator, { path, identity: stranger }), 403, "ForbiddenError", refusalText);
    expectError(await send(emulator, { path, identity: null }), 403, "ForbiddenError", refusalText);
    emulator.plant(other, stranger.der);
    expectError(await send(emulator, { path, identity: stranger }), 403, "ForbiddenError", refusalText);
    expect((await send(emulator, { path: `/${other}/certificates`, identity: stranger })).status).toBe(200);
    expectError(
      await send(emulator, { path: "/f7b6d1a5-2b7e-4c57-9a93-0d2f4a9d9e11/certificates" }),
      403,
      "ForbiddenError",
      refusalText,
    );
  });

  it("goes by its own clock: a caller is in from notBefore on, and out at notAfter to the millisecond", async () => {
    const emulator = await start();
    const caller = await makeCertificate({ notBefore: new Date("2026-03-01"), notAfter: new Date("2026-04-01") });
    emulator.plant(ours, caller.der);
    const statuses: number[] = [];
    for (const at of ["2026-02-28T23:59:59.999Z", "2026-03-01", "2026-03-31T23:59:59.999Z", "2026-04-01"]) {
      emulator.clock.set(new Date(at));
      statuses.push((await send(emulator, { path: `/${ours}/certificates`, identity: caller })).status);
    }
    expect(statuses).toEqual([403, 200, 200, 403]);
  });

  it("names the refusal as documented instead, when told to", async () => {
    const emulator = await start({ behaviour: { refusalCode: "AuthenticationFailed" } });
    expectError(await send(emulator, { path: `/${ours}`, identity: null }), 403, "AuthenticationFailed", refusalText);
  });

  it.each(["authorization", "x-ms-aad-authorization"])(
    "takes a bearer token in %s, unless told not to",
    async (name) => {
      const request = { path: `/${ours}/certificates`, identity: null, headers: { [name]: "Bearer abc" } };
      expect((await send(await start(), request)).status).toBe(200);
      expect((await send(await start({ behaviour: { bearerTokens: "refused" } }), request)).status).toBe(403);
    },
  );

  it("lists the subscriptions that accept the caller", async () => {
    const emulator = await start();
    const caller = await makeCertificate();
    const listed = async () =>
      [...(await send(emulator, { path: "/subscriptions", identity: caller })).body.matchAll(/ID>([^<]+)<\/Sub/g)].map(
        ([, id]) => id,
      );
    expect(await listed()).toEqual([]);
    emulator.plant(other, caller.der);
    expect(await listed()).toEqual([other]);
    expect((await send(emulator, { path: "/subscriptions" })).body).toContain(
      `<Subscriptions ${namespaces}><Subscription><SubscriptionID>${ours}</SubscriptionID><SubscriptionName>subscription 1<`,
    );
    const closed = await start({ behaviour: { subscriptionsList: "refused" } });
    expect((await send(closed, { path: "/subscriptions" })).status).toBe(403);
  });

  it("tells a disabled subscription from one that is gone", async () => {
    const emulator = await start();
    emulator.setStatus(ours, "disabled");
    emulator.setStatus(other, "gone");
    for (const path of [`/${ours}/certificates`, `/${ours}/certificates/${emulator.credentialThumbprint}`]) {
      expectError(
        await send(emulator, { path }),
        403,
        "SubscriptionDisabled",
        "The subscription is in a disabled state.",
      );
    }
    expect((await send(emulator, { path: `/${ours}` })).body).toContain(
      "<SubscriptionStatus>Disabled</SubscriptionStatus>",
    );
    expectError(
      await send(emulator, { path: `/${other}/certificates` }),
      404,
      "ResourceNotFound",
      "The specified resource does not exist.",
    );
    expect((await send(emulator, { path: "/subscriptions" })).body).not.toContain(other);
    emulator.setStatus(ours, "active");
    expect((await send(emulator, { path: `/${ours}/certificates` })).status).toBe(200);
  });
});

describe("requests around the certificates", () => {
  it.each([
    ["GET", `/${ours}/certificates`, undefined, 400],
    ["GET", `/${ours}/certificates`, "2012-02-29", 400],
    ["GET", `/${ours}/certificates`, "2012-03-01", 200],
    ["GET", `/${ours}/certificates`, "2014-13-01", 400],
    ["GET", `/${ours}/certificates`, "latest", 400],
    ["GET", `/${ours}`, "2009-10-01", 200],
    ["GET", `/${ours}/operations/0123`, "2009-09-30", 400],
  ])("%s %s with x-ms-version %s is answered with %i", async (method, path, version, status) => {
    const emulator = await start();
    const answer = await send(emulator, { method, path, headers: { "x-ms-version": version } });
    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(answer.body).toBe(
        errorBody(
          "MissingOrIncorrectVersionHeader",
          "The versioning header is not specified or was specified incorrectly.",
        ),
      );
    }
  });

  it("takes only the versions it was told to", async () => {
    const emulator = await start({ behaviour: { versions: ["2014-10-01"] } });
    const path = `/${ours}/certificates`;
    expect((await send(emulator, { path })).status).toBe(200);
    expect((await send(emulator, { path, headers: { "x-ms-version": "2014-11-01" } })).status).toBe(400);
  });

  it("knows which addresses take which verbs", async () => {
    const emulator = await start();
    const put = await send(emulator, { method: "PUT", path: `/${ours}/certificates` });
    expect([put.status, put.body]).toEqual([400, expect.stringContaining("<Code>InvalidHttpVerb</Code>")]);
    expectError(
      await send(emulator, { path: `/${ours}/nothing` }),
      404,
      "ResourceNotFound",
      "The specified resource does not exist.",
    );
  });

  it("tells how a change went, and which certificate made it", async () => {
    const emulator = await start({ now: new Date("2026-05-01T12:00:00Z") });
    const certificate = await makeCertificate();
    const id = String((await add(emulator, certificate)).headers["x-ms-request-id"]);
    const operation = await send(emulator, { path: `/${ours}/operations/${id}` });
    const dashed = id.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
    expect(operation.body).toBe(
      `<Operation ${namespaces}><ID>${dashed}</ID><Status>Succeeded</Status><HttpStatusCode>200</HttpStatusCode></Operation>`,
    );
    expect((await send(emulator, { path: `/${ours}/operations/${dashed}` })).status).toBe(404);
    const list = `/${ours}/operations?StartTime=2026-05-01T00:00:00Z&EndTime=2026-05-02T00:00:00Z`;
    expect((await send(emulator, { path: list })).body).toContain(
      `<SubscriptionCertificateThumbprint>${emulator.credentialThumbprint}<`,
    );
    const later = `/${ours}/operations?StartTime=2026-05-02T00:00:00Z&EndTime=2026-05-03T00:00:00Z`;
    expect((await send(emulator, { path: later })).body).not.toContain("<SubscriptionOperation>");
    const open = await send(emulator, { path: `/${ours}/operations` });
    expect([open.status, open.body]).toEqual([400, expect.stringContaining("MissingOrInvalidRequiredQueryParameter")]);
  });

  it("sends every request on to another host when told to", async () => {
    const emulator = await start({ behaviour: { redirectTo: "https://other.core.windows.net" } });
    const answer = await send(emulator, { path: `/${ours}/certificates` });
    expect([answer.status, answer.headers.location]).toEqual([
      307,
      `https://other.core.windows.net/${ours}/certificates`,
    ]);
  });

  it.each<[Partial<Behaviour>, number, string | undefined]>([
    [{}, 429, undefined],
    [{ throttlingStatus: 503, throttlingRetryAfter: "7" }, 503, "7"],
  ])("throttles each subscription on its own (%j)", async (behaviour, status, retryAfter) => {
    const emulator = await start({ requestsPerSecond: 0.001, behaviour });
    expect((await send(emulator, { path: `/${ours}` })).status).toBe(200);
    const refused = await send(emulator, { path: `/${ours}` });
    expectError(refused, status, "TooManyRequests", "Too many requests received. Retry after some time.");
    expect(refused.headers["retry-after"]).toBe(retryAfter);
    expect((await send(emulator, { path: `/${other}` })).status).toBe(200);
  });
});

describe("scripted faults", () => {
  const path = `/${ours}/certificates`;
  let certificate: TestCertificate;
  beforeAll(async () => {
    certificate = await makeCertificate();
  });

  it("breaks the connection before an Add has an effect", async () => {
    const emulator = await start();
    emulator.misbehave([{ match: { method: "post" }, do: { kind: "reset", when: "before" } }]);
    await expect(add(emulator, certificate)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(emulator.certificates(ours)).toHaveLength(1);
    expect((await add(emulator, certificate)).status).toBe(201);
  });

  it("breaks the connection after an Add took effect: the answer is lost, the certificate is there", async () => {
    const emulator = await start();
    emulator.misbehave([{ match: { method: "POST" }, do: { kind: "reset", when: "after" } }]);
    await expect(add(emulator, certificate)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(emulator.certificates(ours)).toHaveLength(2);
    expect(emulator.journal()).toMatchObject([
      { method: "POST", path, status: null, thumbprint: certificate.thumbprint, fault: "reset" },
    ]);
  });

  it("throttles, fails, redirects and cuts answers off, in the script's order and as often as it says", async () => {
    const emulator = await start();
    emulator.misbehave([
      { match: {}, times: 2, skip: 1, do: { kind: "throttle", status: 503, retryAfter: "3" } },
      { match: { subscriptionId: ours }, do: { kind: "status", status: 500, code: "InternalError", message: "a < b" } },
      { match: { pathContains: "/certificates" }, do: { kind: "redirect", location: "https://127.0.0.1:1" } },
      { match: {}, do: { kind: "truncate" } },
    ]);
    const seen: unknown[] = [];
    for (let index = 0; index < 6; index += 1) {
      const answer = await send(emulator, { path }).catch((error: NodeJS.ErrnoException) => error.code);
      seen.push(
        typeof answer === "object"
          ? [answer.status, answer.headers["retry-after"] ?? answer.headers.location ?? answer.body.slice(-40)]
          : answer,
      );
    }
    expect(seen).toEqual([
      [500, expect.stringContaining("a &lt; b")],
      [503, "3"],
      [503, "3"],
      [307, `https://127.0.0.1:1${path}`],
      "ECONNRESET",
      [200, expect.stringContaining("</SubscriptionCertificates>")],
    ]);
  });

  it("shows a list that lags behind, but knows the certificate when asked for it", async () => {
    const emulator = await start();
    await add(emulator, certificate);
    emulator.misbehave([{ match: { pathContains: "/certificates" }, do: { kind: "staleList" } }]);
    expect((await send(emulator, { path })).body).not.toContain(certificate.thumbprint);
    expect((await send(emulator, { path })).body).toContain(certificate.thumbprint);
  });

  it("answers slowly, and a stop does not wait for it", async () => {
    const emulator = await start();
    emulator.misbehave([
      { do: { kind: "slow", milliseconds: 20 } },
      { do: { kind: "slow", milliseconds: 500_000, when: "after" } },
    ]);
    const from = performance.now();
    expect((await send(emulator, { path })).status).toBe(200);
    expect(performance.now() - from).toBeGreaterThan(15);
    const hanging = expect(add(emulator, certificate)).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect.poll(() => emulator.certificates(ours).length).toBe(2);
    const stopFrom = performance.now();
    await emulator.stop();
    // Requests under way get two seconds; one that only waits gets none.
    expect(performance.now() - stopFrom).toBeLessThan(1_900);
    await hanging;
  });

  it("refuses what is no fault", async () => {
    const emulator = await start();
    expect(() => emulator.misbehave([{ times: 0, do: { kind: "truncate" } }])).toThrow();
  });
});

describe("a server that lasts", () => {
  it("ends a half-sent request and goes on serving others", async () => {
    const emulator = await start({ requestTimeoutMs: 200 });
    const socket = connect({
      port: Number(new URL(emulator.endpoint).port),
      host: "127.0.0.1",
      ca: await readFile(emulator.caCertificatePath),
      ...credentialOf(emulator),
    });
    const ended = new Promise<string>((resolve) => {
      let said = "";
      socket.on("data", (chunk) => {
        said += String(chunk);
      });
      socket.on("close", () => resolve(said));
      socket.on("error", () => undefined);
    });
    socket.write(
      `POST /${ours}/certificates HTTP/1.1\r\nHost: x\r\nx-ms-version: 2014-10-01\r\nContent-Length: 99\r\n\r\n<Sub`,
    );
    expect((await send(emulator, { path: `/${ours}` })).status).toBe(200);
    expect(await ended).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(emulator.certificates(ours)).toHaveLength(1);
  }, 10_000);

  it("keeps what it acknowledged, its clients' trust and the credential over a restart", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "emulator-data-"));
    onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
    const first = await start({ dataDirectory });
    const certificate = await makeCertificate();
    await add(first, certificate);
    first.setStatus(other, "disabled");
    const before = first.certificates(ours);
    const authority = await readFile(first.caCertificatePath, "utf8");
    await first.stop();

    const again = await startEmulator({ dataDirectory });
    running.push(again);
    expect(again.subscriptions.toSorted()).toEqual([ours, other].toSorted());
    expect(again.certificates(ours)).toEqual(before);
    expect(again.credentialThumbprint).toBe(first.credentialThumbprint);
    expect(await readFile(again.caCertificatePath, "utf8")).toBe(authority);
    expect((await send(again, { path: `/${ours}/certificates` })).status).toBe(200);
    expect((await send(again, { path: `/${other}/certificates` })).status).toBe(403);
  });

  it("loses nothing that it acknowledged when it is killed", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "emulator-data-"));
    const verb = join(__dirname, "../../cli/emulator.ts");
    const child = spawn(
      process.execPath,
      [
        ...["--import", "tsx", "-e"],
        `require(${JSON.stringify(verb)}).emulatorCommand().parseAsync(process.argv.slice(1), { from: "user" })`,
        ...["--", "--data", dataDirectory, "--subscriptions", ours],
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      const exited = once(child, "exit");
      const [line] = await once(createInterface({ input: child.stdout }), "line");
      const announced: Pick<Emulator, "endpoint" | "caCertificatePath" | "credentialPath"> = JSON.parse(line);
      const [kept, removed] = await Promise.all([makeCertificate(), makeCertificate()]);
      for (const certificate of [removed, kept]) {
        expect((await add(announced, certificate)).status).toBe(201);
      }
      const path = `/${ours}/certificates/${removed.thumbprint}`;
      expect((await send(announced, { method: "DELETE", path })).status).toBe(200);
      child.kill("SIGKILL");
      await exited;
      // What a write that was under way leaves behind.
      writeFileSync(join(dataDirectory, "subscriptions", `${ours}.json.new`), '{"certificates":[');

      const again = await startEmulator({ dataDirectory });
      running.push(again);
      expect(again.certificates(ours).map(({ thumbprint }) => thumbprint)).toEqual(
        [again.credentialThumbprint, kept.thumbprint].toSorted(),
      );
    } finally {
      child.kill("SIGKILL");
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });

  it("answers 500 and changes nothing when a change can't be stored", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "emulator-data-"));
    const emulator = await start({ dataDirectory, directory: join(dataDirectory, "files") });
    rmSync(join(dataDirectory, "subscriptions"), { recursive: true });
    expectError(
      await add(emulator, await makeCertificate()),
      500,
      "InternalError",
      "The server encountered an internal error. Please retry the request.",
    );
    expect(emulator.certificates(ours)).toHaveLength(1);
    rmSync(dataDirectory, { recursive: true });
  });

  it("keeps its files to their owner, and takes them away when it stops", async () => {
    const emulator = await start();
    const { credentialPath, publishSettingsPath, caCertificatePath } = emulator;
    const modes = [credentialPath, publishSettingsPath, caCertificatePath, dirname(credentialPath)].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o700]);
    await emulator.stop();
    expect(() => statSync(dirname(credentialPath))).toThrow("ENOENT");
  });

  it("writes down who asked for what, and no key material", async () => {
    const emulator = await start({ now: new Date("2026-05-01T12:00:00Z") });
    const stranger = await makeCertificate();
    const added = await add(emulator, stranger);
    await send(emulator, { path: `/${other}/certificates?x=1`, identity: stranger });
    expect(emulator.journal()).toEqual([
      {
        at: "2026-05-01T12:00:00.000Z",
        method: "POST",
        path: `/${ours}/certificates`,
        subscriptionId: ours,
        callerThumbprint: emulator.credentialThumbprint,
        status: 201,
        requestId: added.headers["x-ms-request-id"],
        thumbprint: stranger.thumbprint,
      },
      expect.objectContaining({
        path: `/${other}/certificates`,
        callerThumbprint: stranger.thumbprint,
        status: 403,
        code: "ForbiddenError",
      }),
    ]);
    emulator.clearJournal();
    expect(emulator.journal()).toEqual([]);
  });
});

describe("the control endpoints", () => {
  it("show and set the clock, show journal and certificates, and take faults, for the first credential only", async () => {
    const emulator = await start();
    const stranger = await makeCertificate();
    emulator.plant(ours, stranger.der);
    const put = (path: string, content: unknown, identity = credentialOf(emulator)) =>
      send(emulator, { method: "PUT", path, body: JSON.stringify(content), identity });
    expect((await put("/emulator/clock", { now: "2027-03-01T00:00:00Z" }, stranger)).status).toBe(403);
    expect((await send(emulator, { path: "/emulator/journal", identity: null })).status).toBe(403);

    const set = await put("/emulator/clock", { now: "2027-03-01T00:00:00Z" });
    expect(JSON.parse(set.body)).toEqual({ now: "2027-03-01T00:00:00.000Z", running: false });
    expect(emulator.clock.now()).toEqual(new Date("2027-03-01T00:00:00Z"));
    expect((await put("/emulator/clock", { now: "tomorrow" })).status).toBe(400);

    expect((await put("/emulator/faults", [{ do: { kind: "throttle" } }])).status).toBe(200);
    expect((await put("/emulator/faults", [{ do: { kind: "explode" } }])).status).toBe(400);
    expect((await send(emulator, { path: `/${ours}` })).status).toBe(429);

    expect(JSON.parse((await send(emulator, { path: "/emulator/journal" })).body)).toEqual(emulator.journal());
    const held = JSON.parse((await send(emulator, { path: `/emulator/certificates/${ours}` })).body);
    expect(held).toEqual(
      emulator.certificates(ours).map(({ der, ...rest }) => ({ ...rest, der: der.toString("base64") })),
    );
    expect((await send(emulator, { path: "/emulator/nothing" })).status).toBe(404);
  });
});
