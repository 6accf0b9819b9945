import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueServerIdentity } from "../certificate/issue";
import { assertMayChangeAsOf } from "./asOf";

const asOf = new Date("2027-03-01T00:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "as-of-"));
const servers: Server[] = [];

/** A TLS server on this machine whose authority has that name. */
async function serve(authorityCommonName: string): Promise<{ endpoint: string; caCertificatePath: string }> {
  const identity = await issueServerIdentity({
    authorityCommonName,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 3_600_000),
    randomBytes,
  });
  const server = createServer({ key: identity.privateKeyPem, cert: identity.certificatePem }, (socket) => socket.end());
  server.on("tlsClientError", () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const caCertificatePath = join(folder, `${servers.length}.pem`);
  writeFileSync(caCertificatePath, identity.caCertificatePem);
  return { endpoint: `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, caCertificatePath };
}

let emulator: Awaited<ReturnType<typeof serve>>;
let lookalike: Awaited<ReturnType<typeof serve>>;
let stranger: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  emulator = await serve("pulumi-azure-certificates emulator");
  lookalike = await serve("pulumi-azure-certificates emulator");
  stranger = await serve("pulumi-azure-certificates emulator 2");
});
afterAll(() => {
  for (const server of servers) {
    server.close();
  }
  rmSync(folder, { recursive: true });
});

describe("assertMayChangeAsOf", () => {
  it("lets everything pass on the day itself", async () => {
    await assertMayChangeAsOf({ asOf: null, caCertificatePath: null }, "https://management.core.windows.net");
  });

  it("lets the emulator be changed on any day", async () => {
    const { endpoint, caCertificatePath } = emulator;
    await assertMayChangeAsOf({ asOf, caCertificatePath }, endpoint);
    await assertMayChangeAsOf({ asOf, caCertificatePath }, endpoint.replace("127.0.0.1", "localhost"));
  });

  it.each<[string, () => { endpoint: string; caCertificatePath: string | null }, string]>([
    ["Azure", () => ({ ...emulator, endpoint: "https://management.core.windows.net" }), "not on this machine"],
    [
      "a name that begins like this machine",
      () => ({ ...emulator, endpoint: "https://127.0.0.1.example.com" }),
      "not on this machine",
    ],
    [
      "an emulator without its authority",
      () => ({ ...emulator, caCertificatePath: null }),
      "caCertificatePath is not set",
    ],
    [
      "another server of the same name",
      () => ({ ...lookalike, caCertificatePath: emulator.caCertificatePath }),
      "did not prove",
    ],
    ["a server of another authority", () => stranger, "not signed by the emulator"],
    ["nothing at all", () => ({ ...emulator, endpoint: "https://127.0.0.1:1" }), "ECONNREFUSED"],
  ])("refuses to change %s on another day", async (_name, where, words) => {
    const { endpoint, caCertificatePath } = where();
    const call = assertMayChangeAsOf({ asOf, caCertificatePath }, endpoint);
    await expect(call).rejects.toMatchObject({ code: "ERR_AS_OF" });
    await expect(call).rejects.toThrow(words);
  });
});
