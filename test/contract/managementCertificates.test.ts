import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmulatorSettings } from "../../emulator/emulator";
import { makeCertificate } from "./clientCertificates";
import { ClientFixture, failureOf, first, second } from "./clientFixture";

let fixture: ClientFixture;
beforeEach(async () => {
  fixture = await ClientFixture.start();
});
afterEach(() => fixture.stop());

/** Another emulator, that behaves in another way. */
async function restart(settings: EmulatorSettings): Promise<ClientFixture> {
  await fixture.stop();
  return ClientFixture.start(settings);
}

describe("list, get, add, remove", () => {
  it("list says what is there, when the server answered, and which certificate it was asked with", async () => {
    const listing = await fixture.client().list(fixture.at());
    expect(listing.certificates.map(({ thumbprint }) => thumbprint)).toEqual([fixture.emulator.credentialThumbprint]);
    expect(listing.certificates[0]?.data).toEqual(fixture.emulator.certificates(first)[0]?.der);
    expect(Math.abs((listing.serverDate?.getTime() ?? 0) - Date.now())).toBeLessThan(5_000);
    expect(listing.authenticatedWith).toBe(fixture.emulator.credentialThumbprint);
    expect(listing.requestId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("list returns what is no certificate as it is", async () => {
    const blob = Buffer.from("3082000401020304", "hex");
    fixture.emulator.plant(first, blob);
    const { certificates } = await fixture.client().list(fixture.at());
    expect(certificates.some(({ data }) => data.equals(blob))).toBe(true);
  });

  it.each([200, 201] as const)("add registers the very bytes, and takes %i for a success", async (addStatus) => {
    fixture = await restart({ behaviour: { addStatus } });
    const { der, thumbprint } = await makeCertificate();
    const client = fixture.client();
    expect(await client.add(fixture.at(), der)).toMatchObject({ outcome: "created" });
    expect((await client.get(fixture.at(), thumbprint.toLowerCase()))?.data).toEqual(der);
  });

  it("add of what is there already is no failure, and says so", async () => {
    const { der } = await makeCertificate();
    fixture.emulator.plant(first, der);
    expect(await fixture.client().add(fixture.at(), der)).toMatchObject({ outcome: "alreadyThere" });
  });

  it("remove takes it away, and what is not there counts as gone", async () => {
    const { der, thumbprint } = await makeCertificate();
    fixture.emulator.plant(first, der);
    const client = fixture.client();
    expect(await client.remove(fixture.at(), thumbprint)).toMatchObject({ outcome: "removed" });
    expect(await client.remove(fixture.at(), thumbprint)).toMatchObject({ outcome: "alreadyGone" });
    expect(await client.get(fixture.at(), thumbprint)).toBeNull();
    expect(fixture.registered()).toEqual([fixture.emulator.credentialThumbprint]);
  });

  it("nothing is sent that may change something when the engine is gone", async () => {
    const gone = new Error("gone");
    const client = fixture.client({}, { beforeEffect: () => Promise.reject(gone) });
    const { der } = await makeCertificate();
    await expect(client.add(fixture.at(), der)).rejects.toBe(gone);
    await expect(client.remove(fixture.at(), "AB".repeat(20))).rejects.toBe(gone);
    expect(fixture.requests()).toEqual([]);
    await client.list(fixture.at());
  });
});

describe("an answer that was lost", () => {
  it.each(["before", "after"] as const)(
    "add: the connection breaks %s the effect; once is registered",
    async (when) => {
      fixture.emulator.misbehave([{ match: { method: "POST" }, do: { kind: "reset", when } }]);
      const { der, thumbprint } = await makeCertificate();
      expect(await fixture.client().add(fixture.at(), der)).toMatchObject({ outcome: "created" });
      expect(fixture.registered()).toContain(thumbprint);
      const posts = fixture.requests().filter(({ method }) => method === "POST");
      expect(posts).toHaveLength(when === "before" ? 2 : 1);
    },
  );

  it.each(["before", "after"] as const)("remove: the connection breaks %s the effect; it is gone", async (when) => {
    const { der, thumbprint } = await makeCertificate();
    fixture.emulator.plant(first, der);
    fixture.emulator.misbehave([{ match: { method: "DELETE" }, do: { kind: "reset", when } }]);
    expect(await fixture.client().remove(fixture.at(), thumbprint)).toMatchObject({ outcome: "removed" });
    expect(fixture.registered()).not.toContain(thumbprint);
  });

  it("a list that breaks off is asked for again", async () => {
    fixture.emulator.misbehave([{ do: { kind: "truncate" } }]);
    expect((await fixture.client().list(fixture.at())).certificates).toHaveLength(1);
    expect(fixture.clock.waits).toEqual([375]);
  });

  it("500 is tried again with a growing wait", async () => {
    fixture.emulator.misbehave([
      { times: 3, do: { kind: "status", status: 500, code: "InternalError", message: "x" } },
    ]);
    await fixture.client().list(fixture.at());
    expect(fixture.clock.waits).toEqual([375, 750, 1_500]);
  });
});

describe("throttling", () => {
  const inTenSeconds = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 10_000).toUTCString();

  it.each<[string, () => string | undefined, number, number]>([
    ["seconds", () => "7", 7_000, 7_000],
    ["a date", inTenSeconds, 9_000, 11_000],
    ["nothing", () => undefined, 1_000, 1_000],
    ["nonsense", () => "soon", 1_000, 1_000],
    ["a day, of which five minutes are waited", () => "86400", 300_000, 300_000],
  ])("waits as long as Retry-After says: %s", async (_name, header, least, most) => {
    const retryAfter = header();
    fixture.emulator.misbehave([{ do: { kind: "throttle", ...(retryAfter === undefined ? {} : { retryAfter }) } }]);
    await fixture.client().list(fixture.at());
    const waited = fixture.clock.waits.reduce((sum, wait) => sum + wait, 0);
    // The wait counts from the answer, so a little of it has passed when it begins.
    expect(waited).toBeGreaterThan(least - 200);
    expect(waited).toBeLessThanOrEqual(most);
  });

  it("holds back every caller of that subscription, and none of another", async () => {
    fixture.emulator.misbehave([{ match: { subscriptionId: first }, do: { kind: "throttle", retryAfter: "60" } }]);
    const waiting = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const client = fixture.client(
      {},
      {
        sleep: () => {
          waiting.resolve();
          return over.promise;
        },
      },
    );
    const refused = client.list(fixture.at());
    await waiting.promise;
    const neighbour = client.list(fixture.at());
    await client.list(fixture.at(second));
    expect(fixture.requests()).toHaveLength(1);
    over.resolve();
    await Promise.all([refused, neighbour]);
    expect(fixture.requests().map(({ status }) => status)).toEqual([429, 200, 200]);
  });

  it("503 with Retry-After is throttling as well", async () => {
    fixture.emulator.misbehave([{ do: { kind: "throttle", status: 503, retryAfter: "4" } }]);
    await fixture.client().list(fixture.at());
    expect(fixture.clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(3_800);
  });

  it("gives up when the budget is spent, and says after how many attempts and why", async () => {
    fixture.emulator.misbehave([{ times: 100, do: { kind: "throttle", retryAfter: "20" } }]);
    const error = await failureOf(fixture.client().list(fixture.at(), { budgetMs: 50_000 }));
    expect(error).toMatchObject({ code: "ERR_RETRIES_EXHAUSTED", attempts: 3 });
    expect(error.cause).toMatchObject({ code: "ERR_THROTTLED", retryAfterMs: 20_000 });
    expect(error.message).toContain(first);
  });

  it("does not wait at a closed gate longer than the budget", async () => {
    fixture.emulator.misbehave([{ times: 100, do: { kind: "throttle", retryAfter: "100" } }]);
    const client = fixture.client();
    const patient = failureOf(client.list(fixture.at(), { budgetMs: 150_000 }));
    await failureOf(client.list(fixture.at(), { budgetMs: 50_000 })).then((error) =>
      expect(error.code).toBe("ERR_RETRIES_EXHAUSTED"),
    );
    expect((await patient).code).toBe("ERR_RETRIES_EXHAUSTED");
  });
});

describe("what the service refuses", () => {
  it("a disabled subscription", async () => {
    fixture.emulator.setStatus(first, "disabled");
    const error = await failureOf(fixture.client().list(fixture.at()));
    expect(error).toMatchObject({ code: "ERR_SUBSCRIPTION_UNAVAILABLE", facts: { subscription: first } });
  });

  it.each(["list", "get", "remove"] as const)("a subscription that is gone proves nothing: %s", async (verb) => {
    fixture.emulator.setStatus(first, "gone");
    const client = fixture.client();
    const call = verb === "list" ? client.list(fixture.at()) : client[verb](fixture.at(), "AB".repeat(20));
    expect((await failureOf(call)).code).toBe("ERR_SUBSCRIPTION_UNAVAILABLE");
  });

  it("a certificate that is not registered there, named by its thumbprint and its setting", async () => {
    const stranger = await makeCertificate();
    const clientCertificatePath = fixture.write("stranger.pem", stranger.key + stranger.cert);
    const error = await failureOf(fixture.client({ clientCertificatePath }).list(fixture.at()));
    expect(error.code).toBe("ERR_AUTHENTICATION");
    expect(error.message).toContain(stranger.thumbprint);
    expect(error.message).toContain("azure-certificates:clientCertificatePath");
    expect(error.message).toContain("--run-program");
    expect(error.message).toContain("AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH");
  });

  it("the certificate that does not fit one subscription gives way to the next credential", async () => {
    const stranger = await makeCertificate();
    const client = fixture.client({
      authentication: "clientCertificate,publishSettings",
      clientCertificatePath: fixture.write("stranger.pem", stranger.key + stranger.cert),
      publishSettingsPath: fixture.emulator.publishSettingsPath,
    });
    expect((await client.list(fixture.at())).authenticatedWith).toBe(fixture.emulator.credentialThumbprint);
    await client.list(fixture.at());
    expect(fixture.requests().map(({ status }) => status)).toEqual([403, 200, 200]);
  });

  it("a certificate that was taken off meanwhile is shown once more, and not twice", async () => {
    const client = fixture.client();
    await client.list(fixture.at());
    fixture.emulator.take(first, fixture.emulator.credentialThumbprint);
    expect((await failureOf(client.list(fixture.at()))).code).toBe("ERR_AUTHENTICATION");
    expect(fixture.requests().map(({ status }) => status)).toEqual([200, 403]);
  });

  it.each(["forbidden", "conflict"] as const)("one certificate too many (%s)", async (overLimit) => {
    fixture = await restart({ certificateLimit: 1, behaviour: { overLimit } });
    const { der } = await makeCertificate();
    const error = await failureOf(fixture.client().add(fixture.at(), der));
    expect(error.code).toBe("ERR_QUOTA_EXCEEDED");
    expect(error.message).toContain("maximum of 1");
  });

  it("a conflict over other bytes under the same thumbprint is told as such", async () => {
    const [mine, other] = [await makeCertificate(), await makeCertificate()];
    fixture = await restart({ behaviour: { thumbprintMismatch: "accepted" } });
    fixture.emulator.misbehave([
      { match: { method: "POST" }, do: { kind: "status", status: 409, code: "ConflictError", message: "x" } },
      {
        match: { method: "GET" },
        do: { kind: "redirect", location: `${fixture.emulator.endpoint}/${first}/certificates/${other.thumbprint}` },
      },
    ]);
    fixture.emulator.plant(first, other.der);
    const error = await failureOf(fixture.client().add(fixture.at(), mine.der));
    expect(error).toMatchObject({ code: "ERR_CERTIFICATE_INVALID", facts: { thumbprint: mine.thumbprint } });
  });
});
