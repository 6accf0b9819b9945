import { once } from "node:events";
import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EmulatorSettings } from "../../emulator/emulator";
import { makeCertificate, nodeEncoding } from "./clientCertificates";
import { ours } from "./emulatorFixture";
import { CompiledEmulator, type EmulatorProcess } from "./emulatorProcess";
import { conversation, head as requestHead, type Wires } from "./hostileClient";
import { credentialOf, send, type WireTarget } from "./wire";

const path = `/${ours}/certificates`;
const requestTimeoutMs = 3_000;
const mebibyte = 1024 * 1024;

let compiled: CompiledEmulator;
let running: EmulatorProcess;
let emulator: WireTarget;

async function start(settings: EmulatorSettings = {}): Promise<void> {
  running = compiled.spawn({ subscriptions: [ours], requestTimeoutMs, ...settings });
  emulator = await running.ready;
}

beforeAll(async () => {
  compiled = new CompiledEmulator();
  await start();
}, 60_000);

/** Whatever was done to it: the same process answers an honest client at once, and has nothing to say. */
afterEach(async () => {
  const from = performance.now();
  expect((await send(emulator, { path })).status).toBe(200);
  // A hundredth of that on a machine with nothing else to do.
  expect(performance.now() - from).toBeLessThan(10_000);
  expect([running.isAlive, running.said]).toEqual([true, ""]);
});

afterAll(() => compiled.dispose());

const head = (more: string, line = `POST ${path} HTTP/1.1`) => requestHead(line, more);

/** Writes piece after piece with a pause between them, until the connection is closed. */
function drip(socket: Socket, piece: string): void {
  const timer = setInterval(() => socket.write(piece), 50);
  socket.once("close", () => clearInterval(timer));
}

describe("XML that is meant to do harm", () => {
  const add = (content: string) =>
    `<SubscriptionCertificate xmlns="http://schemas.microsoft.com/windowsazure">${content}</SubscriptionCertificate>`;
  const entities = (declarations: string, use: string) =>
    `<?xml version="1.0"?><!DOCTYPE r [${declarations}]>${add(`<SubscriptionCertificatePublicKey>${use}</SubscriptionCertificatePublicKey>`)}`;
  const laughs = Array.from({ length: 10 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join(
    "",
  );
  const room = 125_000;

  it.each<[string, string | Buffer]>([
    ["a billion laughs", entities(`<!ENTITY l0 "lol">${laughs}`, "&l10;")],
    ["a quadratic blow-up", entities(`<!ENTITY a "${"a".repeat(60_000)}">`, "&a;".repeat(20_000))],
    ["an entity that stands for itself", entities('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;")],
    ["an external entity", entities('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")],
    ["an external entity of another host", entities('<!ENTITY x SYSTEM "https://elsewhere.invalid/">', "&x;")],
    ["an external parameter entity", entities('<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;', "1")],
    ["an external document type", `<!DOCTYPE r SYSTEM "file:///etc/passwd">${add("")}`],
    ["a document type of 100 KB", `<!DOCTYPE r [${"<!ENTITY a 'b'>".repeat(6_500)}]>${add("")}`],
    ["40,000 open elements", "<a>".repeat(room / 3)],
    ["18,000 nested elements", `${"<a>".repeat(room / 7)}${"</a>".repeat(room / 7)}`],
    ["30,000 children", add("<a/>".repeat(room / 4))],
    [
      "10,000 attributes",
      add("").replace(">", ` ${Array.from({ length: 10_000 }, (_, one) => `a${one}=""`).join(" ")}>`),
    ],
    ["10,000 namespaces", add("").replace(">", ` ${'xmlns:a=""'.repeat(10_000)}>`)],
    ["a name of 125 KB", `<${"a".repeat(room)}/>`],
    ["60,000 colons", `<a${":a".repeat(room / 2)}/>`],
    ["125,000 open brackets", "<".repeat(room)],
    ["open comments", "<!--".repeat(room / 4)],
    ["closed comments", add("<!---->".repeat(room / 7 - 100))],
    ["open character data", add("<![CDATA[".repeat(room / 9 - 100))],
    ["processing instructions", "<?a?>".repeat(room / 5)],
    ["open quotes", '<a b="'.repeat(room / 6)],
    ["ampersands", add(`<SubscriptionCertificateData>${"&".repeat(room - 500)}</SubscriptionCertificateData>`)],
    [
      "character references",
      add(`<SubscriptionCertificateData>${"&#65;".repeat(20_000)}</SubscriptionCertificateData>`),
    ],
    ["white space", " ".repeat(room)],
    ["a null byte", add("\0")],
    ["UTF-16", Buffer.from(`\uFEFF${add("")}`, "utf16le")],
    ["overlong UTF-8", Buffer.concat([Buffer.from(add("").slice(0, -30)), Buffer.of(0xc0, 0xbc)])],
    ["half a surrogate", Buffer.concat([Buffer.from("<a>"), Buffer.of(0xed, 0xa0, 0x80), Buffer.from("</a>")])],
    ["names that are traps", add("<__proto__>1</__proto__><constructor>1</constructor><toString>1</toString>")],
  ])("%s: the service's own error, in no time", async (_name, body) => {
    const from = performance.now();
    const answer = await send(emulator, { method: "POST", path, body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(/<Code>(InvalidXmlRequest|BadRequest)<\/Code>/);
    expect(answer.body).not.toContain("root:");
    // A tenth of that on a machine with nothing else to do.
    expect(performance.now() - from).toBeLessThan(3_000);
  });
});

describe("bodies that are too large", () => {
  it.each<[string, Record<string, string>]>([
    ["announced", {}],
    ["in chunks", { "Transfer-Encoding": "chunked" }],
  ])("10 MB, %s: refused, and read to the end so that the answer is seen", async (_name, headers) => {
    const answer = await send(emulator, { method: "POST", path, headers, body: Buffer.alloc(10 * mebibyte, "<") });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining("The request body is too large.")]);
  });

  it.each<[string, string]>([
    ["announced", `Content-Length: ${1024 * mebibyte}\r\n`],
    ["in one endless chunk", "Transfer-Encoding: chunked\r\n"],
  ])("a gigabyte, %s: cut off", async (_name, header) => {
    const million = "a".repeat(mebibyte);
    const chunk = header.startsWith("Transfer") ? `${mebibyte.toString(16)}\r\n${million}\r\n` : million;
    let sent = 0;
    await conversation(emulator, {
      identity: credentialOf(emulator),
      speak: (socket) => {
        const more = () => {
          for (let ready = true; ready && socket.writable && sent < 1024; sent += 1) {
            ready = socket.write(chunk);
          }
        };
        socket.on("drain", more);
        socket.write(head(header));
        more();
      },
    });
    // 64 MiB, and what was under way when it broke.
    expect(sent).toBeLessThan(100);
  });

  it("neither announced nor in chunks: taken for the next request, which makes no sense", async () => {
    const answer = await conversation(emulator, {
      identity: credentialOf(emulator),
      speak: (socket) => socket.write(head("") + "<".repeat(10 * mebibyte)),
    });
    expect(answer).toMatch(/^(HTTP\/1\.1 400 [\s\S]*)?$/);
  });

  it("from somebody who is not let in: refused without being read", async () => {
    const answer = await send(emulator, {
      method: "POST",
      path,
      identity: null,
      headers: { Expect: "100-continue" },
      body: Buffer.alloc(mebibyte, "<"),
    });
    expect(answer.status).toBe(403);
  });
});

describe("clients that take their time", () => {
  const slow: readonly (readonly [string, Wires])[] = [
    ["says nothing after the handshake", { speak: () => undefined }],
    ["says nothing at all", { plain: true, speak: () => undefined }],
    [
      "stops in the middle of a handshake",
      { plain: true, speak: (socket) => socket.write(clientHello().subarray(0, 60)) },
    ],
    ["stops in the middle of a header", { speak: (socket) => socket.write("GET / HTTP/1.1\r\nx-ms-ver") }],
    [
      "sends a header without end, a line at a time",
      {
        speak: (socket) => {
          socket.write("GET / HTTP/1.1\r\n");
          drip(socket, "a: b\r\n");
        },
      },
    ],
    [
      "sends a body without end, a byte at a time",
      {
        speak: (socket) => {
          socket.write(head("Content-Length: 5000\r\n"));
          drip(socket, "<");
        },
      },
    ],
  ];

  it("they are all cut off, and others are served meanwhile", { timeout: 30_000 }, async () => {
    const from = performance.now();
    const ended = new Map<string, string>();
    const all = Promise.all(
      slow.map(async ([name, wires]) => {
        const identity = wires.plain === true ? null : credentialOf(emulator);
        ended.set(name, (await conversation(emulator, { identity, ...wires })).slice(0, 12));
      }),
    );
    expect((await send(emulator, { path })).status).toBe(200);
    await Promise.race([all, once(AbortSignal.timeout(15_000), "abort")]);
    expect(Object.fromEntries(ended)).toEqual(
      Object.fromEntries(slow.map(([name]) => [name, expect.stringMatching(/^(HTTP\/1\.1 (408|200))?$/)])),
    );
    // Nobody was cut off at once either.
    expect(performance.now() - from).toBeGreaterThan(requestTimeoutMs);
  });

  /** The beginning of a TLS 1.2 handshake. */
  function clientHello(): Buffer {
    return Buffer.concat([Buffer.from("16030100c8010000c40303", "hex"), Buffer.alloc(193, 7)]);
  }
});

describe("what is no request of this service", () => {
  it.each<[string, string | Buffer]>([
    ["plain HTTP", head("", "GET / HTTP/1.1")],
    ["the greeting of another protocol", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["random bytes", Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * index * 31) % 251))],
    ["a TLS record of a wrong length", Buffer.from("1603010005ffffffffff", "hex")],
    ["zeros", Buffer.alloc(100_000)],
  ])("%s instead of TLS: closed", async (_name, bytes) => {
    expect(await conversation(emulator, { plain: true, speak: (socket) => socket.write(bytes) })).not.toContain(
      "200 OK",
    );
  });

  it.each<[string, string]>([
    ["a header of 64 KB", head(`a: ${"b".repeat(65_536)}\r\n`, "GET / HTTP/1.1")],
    ["ten thousand headers", head("a: b\r\n".repeat(10_000), "GET / HTTP/1.1")],
    ["an address of 64 KB", head("", `GET /${"a".repeat(65_536)} HTTP/1.1`)],
    ["100,000 queries", head("", `GET ${path}?${"a=1&".repeat(100_000)} HTTP/1.1`)],
    ["no verb that anybody knows", head("", "BREW / HTTP/1.1")],
    ["CONNECT", head("", "CONNECT elsewhere.invalid:443 HTTP/1.1")],
    ["the greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["two lengths", head("Content-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n")],
    ["a length and chunks", head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n")],
    ["a negative length", head("Content-Length: -1\r\n")],
    ["a chunk of a nonsensical size", `${head("Transfer-Encoding: chunked\r\n")}zz\r\n`],
    ["a null byte in a header", head("a: \0\r\n", "GET / HTTP/1.1")],
    ["no HTTP at all", "hello\r\n\r\n"],
  ])("%s: an error and a closed connection", async (_name, text) => {
    const answer = await conversation(emulator, {
      identity: credentialOf(emulator),
      speak: (socket) => socket.write(text),
    });
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d [\s\S]*)?$/);
  });

  it.each<[string, string, RegExp]>([
    [
      "an upgrade to another protocol",
      head("Connection: Upgrade, close\r\nUpgrade: websocket\r\n", `GET ${path} HTTP/1.1`),
      /^HTTP\/1\.1 403 /,
    ],
    [
      "an address of another host",
      head("Connection: close\r\n", "GET https://elsewhere.invalid/ HTTP/1.1"),
      /ResourceNotFound/,
    ],
    ["a star", head("Connection: close\r\n", "OPTIONS * HTTP/1.1"), /ResourceNotFound/],
    [
      "an address that leads upwards",
      head("Connection: close\r\n", "GET /../../etc/passwd HTTP/1.1"),
      /ResourceNotFound/,
    ],
    [
      "an address with a broken escape",
      head("Connection: close\r\n", `GET ${path}/%ff%zz%00 HTTP/1.1`),
      /^HTTP\/1\.1 403 /,
    ],
    [
      "an expectation that nobody can meet",
      head("Connection: close\r\nExpect: wonders\r\n", `GET ${path} HTTP/1.1`),
      /^HTTP\/1\.1 417 /,
    ],
  ])("%s, without a client certificate: refused in the service's own words", async (_name, text, expected) => {
    expect(await conversation(emulator, { speak: (socket) => socket.write(text) })).toMatch(expected);
  });

  it("answers a thousand requests that were sent at once, in their order", async () => {
    const requests = Array.from({ length: 1_000 }, (_, index) => head("", `GET /${index} HTTP/1.1`));
    const answers = await conversation(emulator, {
      speak: (socket) => socket.write(requests.join("") + head("Connection: close\r\n", `GET ${path} HTTP/1.1`)),
    });
    expect(answers.split("HTTP/1.1 404 ")).toHaveLength(1_001);
    expect(answers.slice(answers.lastIndexOf("HTTP/1.1 "))).toMatch(/^HTTP\/1\.1 403 /);
  });

  it("serves requests that were sent at once one after the other: each sees what those before it did", async () => {
    const { thumbprint, ...certificate } = await makeCertificate();
    const { body } = nodeEncoding({ thumbprint, ...certificate });
    const answers = await conversation(emulator, {
      identity: credentialOf(emulator),
      speak: (socket) =>
        socket.write(
          head(`Content-Length: ${body.length}\r\n`) +
            body +
            head("", `GET ${path}/${thumbprint} HTTP/1.1`) +
            head("", `DELETE ${path}/${thumbprint} HTTP/1.1`) +
            head("Connection: close\r\n", `GET ${path}/${thumbprint} HTTP/1.1`),
        ),
    });
    expect([...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)).toEqual([
      "201",
      "200",
      "200",
      "404",
    ]);
  });
});
