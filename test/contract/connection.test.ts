import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmulator } from "../../emulator/emulator";
import { assertMayChangeAsOf } from "../../provider/azure/asOf";
import { subscriptionKey } from "../../provider/azure/subscriptionAddress";
import { ClientFixture, failureOf, first, second } from "./clientFixture";

let fixture: ClientFixture;
beforeEach(async () => {
  fixture = await ClientFixture.start();
});
afterEach(() => fixture.stop());

describe("the way there", () => {
  it("a server that the machine does not trust", async () => {
    const error = await failureOf(fixture.client({ caCertificatePath: undefined }).list(fixture.at()));
    expect(error.code).toBe("ERR_TRANSPORT");
    expect(error.message).toContain("caCertificatePath");
  });

  it("a server of another name", async () => {
    // The same address in another spelling, which the server's certificate is not for.
    const endpoint = `https://[::ffff:127.0.0.1]:${new URL(fixture.emulator.endpoint).port}`;
    const error = await failureOf(fixture.client().list({ ...fixture.at(), endpoint }));
    expect(error.code).toBe("ERR_TRANSPORT");
    expect(error.message).toContain("a certificate for another name");
  });

  it("is taken for the emulator, so that it may be changed as of another day", async () => {
    const { endpoint, caCertificatePath } = fixture.emulator;
    await assertMayChangeAsOf({ asOf: new Date("2030-01-01"), caCertificatePath }, endpoint);
  });

  it("a file of authorities that holds none", async () => {
    const caCertificatePath = fixture.write("ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    expect((await failureOf(fixture.client({ caCertificatePath }).list(fixture.at()))).code).toBe("ERR_CONFIGURATION");
  });

  it("nothing listens: told after four attempts", async () => {
    const connection = fixture.connect();
    await connection.managementCertificates.list(fixture.at());
    await fixture.emulator.stop();
    const error = await failureOf(connection.managementCertificates.list(fixture.at()));
    expect(error).toMatchObject({ code: "ERR_RETRIES_EXHAUSTED", cause: { code: "ERR_TRANSPORT" } });
    expect(error.message).toContain("Nothing listens");
  });

  it("within a time of its own: work gives up when that is over, and the time in line does not count", async () => {
    const connection = fixture.connect();
    const startedMs = fixture.clock.ports().monotonicMs();
    const within = () => connection.within(10_000);
    const [one, other] = [within(), within()];
    fixture.emulator.misbehave([
      { times: 99, do: { kind: "status", status: 500, code: "InternalError", message: "Later." } },
    ]);
    const errors = await Promise.all(
      [one, other].map(({ exclusively, managementCertificates }) =>
        failureOf(exclusively(subscriptionKey(fixture.at()), () => managementCertificates.list(fixture.at()))),
      ),
    );
    for (const error of errors) {
      expect(error.code).toBe("ERR_RETRIES_EXHAUSTED");
    }
    const elapsedMs = fixture.clock.ports().monotonicMs() - startedMs;
    // Each had its ten seconds; the second would have had none left.
    expect(errors.map((error) => /after [5-9] attempts/.test(error.message))).toEqual([true, true]);
    expect(elapsedMs).toBeGreaterThan(10_000);
    expect(elapsedMs).toBeLessThan(25_000);
  });

  it("a name that does not exist", async () => {
    const endpoint = "https://no-such-host.invalid";
    const error = await failureOf(fixture.client().list({ ...fixture.at(), endpoint }));
    expect(error.message).toMatch(/no-such-host\.invalid/);
  });

  it("something that does not speak TLS", async () => {
    const plain = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"));
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const port = typeof address === "object" ? address?.port : 0;
    try {
      const error = await failureOf(fixture.client().list({ ...fixture.at(), endpoint: `https://127.0.0.1:${port}` }));
      expect(error.message).toContain("does not speak TLS");
    } finally {
      plain.close();
    }
  });

  it("a redirect to the configured host is followed with its port; one to elsewhere is not", async () => {
    const other = await startEmulator({ subscriptions: [second] });
    try {
      fixture.emulator.misbehave([{ do: { kind: "redirect", location: other.endpoint } }]);
      const error = await failureOf(fixture.client().list(fixture.at()));
      expect(error.code).toBe("ERR_TRANSPORT");
      fixture.emulator.misbehave([{ do: { kind: "redirect", location: "https://example.org" } }]);
      const elsewhere = await failureOf(fixture.client().list(fixture.at()));
      expect(elsewhere.code).toBe("ERR_CONFIGURATION");
      expect(elsewhere.message).toContain("https://example.org");
      fixture.emulator.misbehave([{ do: { kind: "redirect", location: fixture.emulator.endpoint } }]);
      await fixture.client().list(fixture.at());
      fixture.emulator.misbehave([{ times: 100, do: { kind: "redirect", location: fixture.emulator.endpoint } }]);
      expect((await failureOf(fixture.client().list(fixture.at()))).message).toContain("307");
    } finally {
      await other.stop();
    }
  });

  it("an abort ends the call at once and passes through untouched", async () => {
    const client = fixture.client();
    await client.list(fixture.at());
    fixture.emulator.misbehave([{ do: { kind: "slow", milliseconds: 60_000 } }]);
    const controller = new AbortController();
    const reason = new Error("cancelled by the user");
    // With the connection open, the request is on its way after one turn of the event loop.
    const call = client.list(fixture.at(), { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(call).rejects.toBe(reason);
  });

  it("an abort of the run ends a wait for the throttle", async () => {
    const controller = new AbortController();
    fixture.emulator.misbehave([{ do: { kind: "throttle", retryAfter: "60" } }]);
    const reason = new Error("the run was cancelled");
    const client = fixture.client(
      {},
      {
        signal: controller.signal,
        sleep: (_milliseconds, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
            controller.abort(reason);
          }),
      },
    );
    await expect(client.list(fixture.at())).rejects.toBe(reason);
  });

  it("an answer that can't be understood is told as such, and not tried again", async () => {
    fixture.emulator.misbehave([{ do: { kind: "status", status: 418, code: "Teapot", message: "x" } }]);
    expect(await failureOf(fixture.client().list(fixture.at()))).toMatchObject({
      code: "ERR_SERVICE",
      facts: { status: 418, serviceCode: "Teapot" },
    });
    expect(fixture.requests()).toHaveLength(1);
  });
});

describe("one at a time", () => {
  it("work on one subscription never overlaps; other subscriptions don't wait", async () => {
    const connection = fixture.connect();
    const steps: string[] = [];
    const blocked = Promise.withResolvers<void>();
    const one = connection.exclusively(subscriptionKey(fixture.at()), async () => {
      steps.push("one begins");
      await blocked.promise;
      steps.push("one ends");
      throw new Error("failed");
    });
    const two = connection.exclusively(
      subscriptionKey({ ...fixture.at(), subscriptionId: first.toUpperCase() }),
      async () => {
        steps.push("two");
      },
    );
    await connection.exclusively(subscriptionKey(fixture.at(second)), async () => {
      steps.push("another");
    });
    blocked.resolve();
    await expect(one).rejects.toThrow("failed");
    await two;
    expect(steps).toEqual(["one begins", "another", "one ends", "two"]);
  });
});
