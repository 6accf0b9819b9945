import { describe, expect, it } from "vitest";
import type { Behaviour } from "../../emulator/behaviour";
import { makeCertificate } from "./clientCertificates";
import { add, errorBody, expectError, namespaces, other, ours, refusalText, start } from "./emulatorFixture";
import { send } from "./wire";

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
