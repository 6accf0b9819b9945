import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Values } from "../../provider/resources/lifecycle";
import { foreignCertificate } from "../support/foreignCertificate";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "own-keys-"));
});
afterEach(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

const writes = () =>
  stack.emulator
    .journal()
    .filter(({ method, path }) => method !== "GET" && path.startsWith("/v1.0/"))
    .map(
      ({ method, path, status }) =>
        `${method} ${path
          .split("/")
          .at(-1)
          ?.replace(/^applications.*/, "application")} ${status}`,
    );

/** A stack that signs in as the application itself, which may read applications and change nothing but its own keys. */
async function itself(): Promise<{ readonly first: Values; readonly link: (certificate: Values) => Promise<Values> }> {
  stack = await SmallStack.start("2027-01-01", { applications: [{ displayName: "itself", permission: "read" }] });
  const { directory } = stack.emulator;
  const [application] = directory.applications;
  const first = await stack.certificate("itself");
  const der = Buffer.from(String(first["certificatePem"]).replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  directory.plant(application?.objectId ?? "", der);
  const path = join(folder, "itself.pem");
  writeFileSync(path, `${first["certificatePem"]}${first["privateKeyPem"]}`, { mode: 0o600 });
  stack.signIn({ clientId: application?.appId ?? "", entraCertificatePath: path });
  await stack.newRun();
  return { first, link: (certificate) => stack.applicationLink("own", certificate) };
}

describe("an application that changes its own keys", () => {
  it("adds its successor with a proof and without permission to write, and takes nothing away that it signs in with", async () => {
    const { first, link } = await itself();
    await link(first);
    stack.at("2027-09-05");
    const second = await stack.certificate("itself");
    await stack.newRun();
    await link(second);
    expect(writes()).toEqual(["POST addKey 200"]);
    expect(stack.onApplication()).toEqual([first["thumbprint"], second["thumbprint"]]);

    stack.at("2027-09-12");
    await stack.newRun();
    await expect(link(second)).rejects.toMatchObject({ code: "ERR_LOCK_OUT" });

    const path = join(folder, "second.pem");
    writeFileSync(path, `${second["certificatePem"]}${second["privateKeyPem"]}`, { mode: 0o600 });
    stack.signIn({ entraCertificatePath: path });
    await stack.newRun();
    await link(second);
    expect(writes()).toEqual(["POST addKey 200", "POST removeKey 204"]);
    expect(stack.onApplication()).toEqual([second["thumbprint"]]);
  });

  const disturbances = [
    ["an answer that is lost", { kind: "reset", when: "after" }],
    ["a connection that breaks before", { kind: "reset", when: "before" }],
    ["a server that fails", { kind: "status", status: 500, code: "InternalError", message: "again" }],
    ["a throttle", { kind: "throttle", retryAfter: "1" }],
    ["a conflict", { kind: "status", status: 409, code: "Directory_ConcurrencyViolation", message: "wait" }],
  ] as const;
  it.each(disturbances)("has one key and no second one of the same certificate after %s", async (_what, fault) => {
    const { first, link } = await itself();
    await link(first);
    const foreign = await foreignCertificate();
    stack.emulator.directory.plant(stack.emulator.directory.applications[0]?.objectId ?? "", foreign.der);
    stack.at("2027-09-05");
    const second = await stack.certificate("itself");
    await stack.newRun();
    stack.emulator.misbehave([{ match: { method: "POST", pathContains: "addKey" }, do: fault }]);
    await link(second);
    expect(stack.onApplication()).toEqual([first["thumbprint"], foreign.thumbprint, second["thumbprint"]]);
  });

  it("is told which permission is missing where it is to replace the whole collection", async () => {
    const { first } = await itself();
    stack.at("2027-09-05");
    const second = await stack.certificate("itself");
    await stack.newRun();
    await expect(stack.applicationLink("own", second, { writeWith: "patch" })).rejects.toMatchObject({
      code: "ERR_AUTHENTICATION",
    });
    expect(stack.onApplication()).toEqual([first["thumbprint"]]);
  });
});

describe("writeWith: addKey", () => {
  it("says that only the application itself has a key to sign the proof with", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("pipeline");
    await expect(stack.applicationLink("sign-in", first, { writeWith: "addKey" })).rejects.toMatchObject({
      code: "ERR_CONFIGURATION",
      message: expect.stringContaining("does not sign in as this application"),
    });
    expect(writes()).toEqual([]);
  });

  it("is recorded where it changes, so that a removal knows of it", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("pipeline");
    await stack.applicationLink("sign-in", first);
    expect(await stack.applicationLink("sign-in", first, { writeWith: "patch" })).toMatchObject({ writeWith: "patch" });
    expect(await stack.applicationLink("sign-in", first)).not.toHaveProperty("writeWith");
  });
});
