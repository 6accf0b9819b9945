import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "node:tls";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Emulator } from "../../emulator/emulator";
import { makeCertificate, type TestCertificate } from "./clientCertificates";
import { add, expectError, other, ours, start, startExactly } from "./emulatorFixture";
import { credentialOf, send } from "./wire";

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

    const again = await startExactly({ dataDirectory });
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

      const again = await startExactly({ dataDirectory });
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

  it("shows the keys of an application, and sets them as if by hand: what stays keeps its id", async () => {
    const emulator = await start();
    const { applications, keyCredentials } = emulator.directory;
    const [first, second] = await Promise.all([makeCertificate(), makeCertificate()]);
    const objectId = applications[0]?.objectId ?? "";
    const path = `/emulator/applications/${objectId}`;
    const put = (content: unknown) => send(emulator, { method: "PUT", path, body: JSON.stringify(content) });
    expect((await put([first, second].map(({ der }) => der.toString("base64")))).status).toBe(200);
    const both = keyCredentials(objectId);
    expect(both.map(({ thumbprint }) => thumbprint)).toEqual([first.thumbprint, second.thumbprint]);
    await put([second.der.toString("base64")]);
    expect(keyCredentials(objectId)).toEqual(both.slice(1));
    expect(JSON.parse((await send(emulator, { path })).body)).toEqual([
      { keyId: both[1]?.keyId, thumbprint: second.thumbprint, der: second.der.toString("base64") },
    ]);
    expect((await put(["?"])).status).toBe(400);
    expect((await send(emulator, { path: `/emulator/applications/${randomUUID()}` })).status).toBe(404);
  });
});
