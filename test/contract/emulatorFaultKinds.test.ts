import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../emulator/emulator";
import type { Fault } from "../../emulator/faults";
import { subscriptionDoor } from "../../provider/resources/link/door";
import { assertClocksAgree } from "../../provider/resources/link/linkErrors";
import { makeCertificate } from "./clientCertificates";
import { ClientFixture, failureOf, first } from "./clientFixture";
import { add, errorBody, refusalText } from "./emulatorFixture";
import { credentialOf, send } from "./wire";

let fixture: ClientFixture;
beforeEach(async () => {
  fixture = await ClientFixture.start();
});
afterEach(() => fixture.stop());

const path = `/${first}/certificates`;

describe("a subscription that is disabled for a while", () => {
  it("tells whoever may call, shows itself as disabled, tells a stranger nothing, and is back afterwards", async () => {
    const { emulator } = fixture;
    const stranger = await makeCertificate();
    emulator.misbehave([{ times: 3, do: { kind: "disabled" } }]);
    const disabled = await send(emulator, { path });
    expect([disabled.status, disabled.body]).toEqual([
      403,
      errorBody("SubscriptionDisabled", "The subscription is in a disabled state."),
    ]);
    expect((await send(emulator, { path: `/${first}` })).body).toContain("<SubscriptionStatus>Disabled<");
    const refused = await send(emulator, { path, identity: stranger });
    expect([refused.status, refused.body]).toEqual([403, errorBody("ForbiddenError", refusalText)]);
    expect((await send(emulator, { path })).status).toBe(200);
    expect((await send(emulator, { path: `/${first}` })).body).toContain("<SubscriptionStatus>Active<");
  });

  it("changes nothing meanwhile, and the client says what it is", async () => {
    const { der } = await makeCertificate();
    fixture.emulator.misbehave([{ do: { kind: "disabled" } }]);
    const error = await failureOf(fixture.client().add(fixture.at(), der));
    expect(error).toMatchObject({ code: "ERR_SUBSCRIPTION_UNAVAILABLE", facts: { subscription: first } });
    expect(fixture.registered()).toHaveLength(1);
    expect(await fixture.client().add(fixture.at(), der)).toMatchObject({ outcome: "created" });
  });

  it("stays gone if it is gone", async () => {
    fixture.emulator.setStatus(first, "gone");
    fixture.emulator.misbehave([{ do: { kind: "disabled" } }]);
    expect((await send(fixture.emulator, { path })).status).toBe(404);
  });
});

describe("a server clock that is off", () => {
  it.each([
    [86_400, "Wed, 02 Jun 2027 12:00:00 GMT"],
    [-86_400, "Mon, 31 May 2027 12:00:00 GMT"],
    [1, "Tue, 01 Jun 2027 12:00:01 GMT"],
  ])("by %i seconds, is so in one answer, and the request took effect", async (seconds, expected) => {
    const { emulator } = fixture;
    const certificate = await makeCertificate();
    emulator.clock.set(new Date("2027-06-01T12:00:00Z"));
    emulator.misbehave([{ do: { kind: "clockOff", seconds } }]);
    const answer = await add(emulator, certificate, first);
    expect([answer.status, answer.headers.date]).toEqual([201, expected]);
    expect(fixture.registered()).toContain(certificate.thumbprint);
    expect((await send(emulator, { path })).headers.date).toBe("Tue, 01 Jun 2027 12:00:00 GMT");
  });

  it.each([
    [299, false],
    [-299, false],
    [302, true],
    [-302, true],
  ])("by %i seconds, is noticed before anything is removed because of time: %o", async (seconds, isNoticed) => {
    const now = new Date("2027-06-01T12:00:00Z");
    fixture.emulator.clock.set(now);
    fixture.emulator.misbehave([{ do: { kind: "clockOff", seconds } }]);
    const { serverDate } = await fixture.client().list(fixture.at());
    const check = () =>
      assertClocksAgree(
        serverDate,
        now,
        "AB".repeat(20),
        subscriptionDoor(fixture.at(), { connection: fixture.connect() }),
      );
    if (isNoticed) {
      expect(check).toThrow(expect.objectContaining({ code: "ERR_CLOCK_SKEW" }));
    } else {
      expect(check).not.toThrow();
    }
  });
});

describe("an answer that is cut off half-way", () => {
  /** What arrives of an answer, byte for byte. */
  async function arrived(fault: Fault["do"], method: "GET" | "DELETE" = "GET", target = path): Promise<string> {
    const { emulator } = fixture;
    emulator.misbehave([{ do: fault }]);
    const socket = connect({
      port: Number(new URL(emulator.endpoint).port),
      host: "127.0.0.1",
      ca: readFileSync(emulator.caCertificatePath),
      ...credentialOf(emulator),
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += String(chunk);
    });
    socket.on("error", () => undefined);
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: x\r\nx-ms-version: 2014-10-01\r\n\r\n`);
    await once(socket, "close");
    return text;
  }

  it("in the headers: no header after the middle arrives, nor the end of them", async () => {
    const text = await arrived({ kind: "truncate", part: "headers" });
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\ncache-control: no-cache\r\n/);
    expect(text).not.toContain("\r\n\r\n");
    expect(text).not.toContain("date:");
  });

  it("in the body: all headers arrive, and half of what they announce", async () => {
    const text = await arrived({ kind: "truncate" });
    const [head = "", body = ""] = text.split("\r\n\r\n");
    const announced = Number(/Content-Length: (\d+)/.exec(head)?.[1]);
    expect(announced).toBeGreaterThan(1_000);
    expect(body).toHaveLength(Math.floor(announced / 2));
  });

  it.each(["headers", "body"] as const)(
    "of a removal, in the %s: it took effect, and nobody was told",
    async (part) => {
      const { der, thumbprint } = await makeCertificate();
      fixture.emulator.plant(first, der);
      const text = await arrived({ kind: "truncate", part }, "DELETE", `${path}/${thumbprint}`);
      expect(text).not.toContain("\r\n\r\n");
      expect(fixture.registered()).not.toContain(thumbprint);
      expect(fixture.emulator.journal()).toMatchObject([{ status: null, thumbprint, fault: "truncate" }]);
    },
  );

  it.each(["headers", "body"] as const)("in the %s: the client asks again", async (part) => {
    const { der, thumbprint } = await makeCertificate();
    const client = fixture.client();
    fixture.emulator.misbehave([
      { match: { method: "GET" }, do: { kind: "truncate", part } },
      { match: { method: "POST" }, do: { kind: "truncate", part } },
      { match: { method: "DELETE" }, do: { kind: "truncate", part } },
    ]);
    expect((await client.list(fixture.at())).certificates).toHaveLength(1);
    expect(await client.add(fixture.at(), der)).toMatchObject({ outcome: "created" });
    expect(await client.remove(fixture.at(), thumbprint)).toMatchObject({ outcome: "removed" });
  });
});

describe("Retry-After", () => {
  const busy = (status: number, retryAfter?: string | number): Fault["do"] => ({
    kind: "status",
    status,
    code: status === 503 ? "ServerBusy" : "InternalError",
    message: "x",
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
  const past = "Fri, 01 Jan 2027 00:00:00 GMT";
  const soon = "Tue, 01 Jun 2027 12:00:09 GMT";
  const backoffMs = 375;

  it.each<[string, Fault["do"], number]>([
    ["503 with seconds is waited for", busy(503, "7"), 7_000],
    ["503 with a bare number", busy(503, 7), 7_000],
    ["503 with zero seconds waits the default", busy(503, "0"), 1_000],
    ["503 with a date, counted from the server's own clock", busy(503, soon), 9_000],
    ["503 with a date that has passed waits the default", busy(503, past), 1_000],
    ["503 with a date in another form backs off", busy(503, "2027-06-01T12:00:09Z"), backoffMs],
    ["503 with nonsense backs off", busy(503, "soon"), backoffMs],
    ["503 with a negative number backs off", busy(503, "-7"), backoffMs],
    ["503 with a fraction backs off", busy(503, "1.5"), backoffMs],
    ["503 with nothing in it backs off", busy(503, ""), backoffMs],
    ["503 with a huge number waits five minutes", busy(503, "999999999"), 300_000],
    ["503 with a number that no counter holds backs off", busy(503, "9".repeat(30)), backoffMs],
    ["500 backs off, whatever it asks for", busy(500, "7"), backoffMs],
    ["500 with nonsense", busy(500, "soon"), backoffMs],
    ["429 with a negative number waits the default", { kind: "throttle", retryAfter: "-7" }, 1_000],
    ["429 with a huge number waits five minutes", { kind: "throttle", retryAfter: "999999999" }, 300_000],
  ])("%s", async (_rule, fault, expected) => {
    fixture.emulator.clock.set(new Date("2027-06-01T12:00:00Z"));
    fixture.emulator.misbehave([{ do: fault }]);
    await fixture.client().list(fixture.at());
    const waited = fixture.clock.waits.reduce((sum, wait) => sum + wait, 0);
    // A wait counts from the answer, so a little of it may have passed when it begins.
    expect(waited).toBeLessThanOrEqual(expected);
    expect(waited).toBeGreaterThan(expected - 250);
    expect(fixture.requests().map(({ status }) => status)).toEqual([expect.any(Number), 200]);
  });
});

describe("a redirect", () => {
  it.each<[string, (endpoint: string) => string]>([
    ["an address without a path", (endpoint) => endpoint],
    ["the same with a slash", (endpoint) => `${endpoint}/`],
    ["the very address of the request", (endpoint) => `${endpoint}${path}`],
    ["a path", () => path],
    ["a slash alone", () => "/"],
  ])("to the same host is followed with verb and body: %s", async (_name, location) => {
    const { der, thumbprint } = await makeCertificate();
    fixture.emulator.misbehave([
      { match: { method: "POST" }, do: { kind: "redirect", location: location(fixture.emulator.endpoint) } },
    ]);
    expect(await fixture.client().add(fixture.at(), der)).toMatchObject({ outcome: "created" });
    expect(fixture.registered()).toContain(thumbprint);
    expect(fixture.requests().map(({ method, status }) => [method, status])).toEqual([
      ["POST", 307],
      ["POST", 201],
    ]);
  });

  it("to another path of the same host goes there, and what is there decides", async () => {
    fixture.emulator.misbehave([{ do: { kind: "redirect", location: "/elsewhere" } }]);
    expect(await failureOf(fixture.client().list(fixture.at()))).toMatchObject({
      facts: { status: 404, serviceCode: "ResourceNotFound" },
    });
    expect(fixture.emulator.journal().map((entry) => entry.path)).toEqual([path, "/elsewhere"]);
  });

  it("in a circle ends after a few rounds, with the service's own answer", async () => {
    fixture.emulator.misbehave([{ times: 1_000, do: { kind: "redirect", location: "/" } }]);
    const error = await failureOf(fixture.client().list(fixture.at()));
    expect(error).toMatchObject({ code: "ERR_SERVICE", facts: { status: 307, serviceCode: "TemporaryRedirect" } });
    expect(fixture.requests().length).toBeLessThanOrEqual(6);
  });

  it.each<[string, (port: string) => string]>([
    ["another name of this machine", (port) => `https://localhost:${port}`],
    ["another address of this machine", (port) => `https://127.0.0.2:${port}`],
    ["no TLS", (port) => `http://127.0.0.1:${port}`],
    ["another host without a scheme", (port) => `//localhost:${port}/x`],
    ["a name that begins like a known cloud", (port) => `https://management.core.windows.net.localhost:${port}`],
    ["a known name as the user's", (port) => `https://management.core.windows.net@localhost:${port}`],
  ])("to a host that nobody named is refused before anything is sent there: %s", async (_name, location) => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    listener.listen(0);
    await once(listener, "listening");
    onTestFinished(() => void listener.close());
    const address = listener.address();
    const { der } = await makeCertificate();
    fixture.emulator.misbehave([
      {
        times: 2,
        do: { kind: "redirect", location: location(String(typeof address === "object" ? address?.port : "")) },
      },
    ]);
    const client = fixture.client();
    for (const call of [() => client.list(fixture.at()), () => client.add(fixture.at(), der)]) {
      const error = await failureOf(call());
      expect(error.code).toBe("ERR_CONFIGURATION");
      expect(error.message).toContain("Nothing was sent there.");
    }
    expect(connections).toBe(0);
    expect(fixture.requests().map(({ status }) => status)).toEqual([307, 307]);
  });

  it("to another service at a name that nobody gave: that service never hears of it", async () => {
    const another = await startEmulator({ subscriptions: [first] });
    onTestFinished(() => another.stop());
    const location = another.endpoint.replace("127.0.0.1", "localhost");
    fixture.emulator.misbehave([{ do: { kind: "redirect", location } }]);
    expect((await failureOf(fixture.client().list(fixture.at()))).code).toBe("ERR_CONFIGURATION");
    // The configured host on another port is trusted, but it has to prove itself before it is shown a certificate.
    fixture.emulator.misbehave([{ do: { kind: "redirect", location: another.endpoint } }]);
    expect((await failureOf(fixture.client().list(fixture.at()))).code).toBe("ERR_TRANSPORT");
    expect(another.journal()).toEqual([]);
  });
});
