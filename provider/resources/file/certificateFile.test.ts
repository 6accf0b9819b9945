import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import { drawSerialNumber, issueManagementCertificate } from "../../certificate/issue";
import { generateRsaKeyPair } from "../../certificate/keyPair";
import { readPfx } from "../../certificate/pfx";
import type { Configured } from "../context";
import type { Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import { certificateFile } from "./certificateFile";

const lineage = "e1f5a0f0-0000-4000-8000-000000000000";

async function version(ofLineage = lineage) {
  const { privateKeyPem } = await generateRsaKeyPair(2048);
  const certificate = issueManagementCertificate({
    privateKeyPem,
    subject: { commonName: "alice", organizationalUnit: "access/prod" },
    lineage: ofLineage,
    serialNumber: drawSerialNumber(randomBytes),
    notBefore: new Date("2027-01-01"),
    notAfter: new Date("2028-01-01"),
  });
  return {
    thumbprint: certificate.thumbprint,
    given: { certificatePem: certificate.pem, privateKeyPem },
  };
}

let one: Awaited<ReturnType<typeof version>>;
let two: typeof one;
let foreign: typeof one;
beforeAll(async () => {
  [one, two, foreign] = await Promise.all([version(), version(), version("00000000-0000-4000-8000-000000000000")]);
});

let home: string;
let context: Configured;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "certificate-file-"));
  path = join(home, "keys/alice.pem");
  context = configuredFrom({}, testPorts({ now: new Date("2027-01-01T12:00:00Z") }));
});
afterEach(() => rmSync(home, { recursive: true }));

const inputs = (over: Values = {}): Values => ({ path, resourceName: "alice", ...one.given, ...over });

function checked(over: Values = {}, within = context): Values {
  const result = certificateFile.check(inputs(over), within);
  expect(result.failures).toEqual([]);
  return result.inputs;
}

const created = async (over: Values = {}) => (await certificateFile.create(checked(over), context)).outputs;
const reasons = (olds: Values, over: Values) =>
  certificateFile.diff(olds, checked(over), context).changes.map(({ property, reason }) => `${property}: ${reason}`);

describe("a file with a certificate and its key", () => {
  it("holds both, is followed through a rotation, and is gone in the end with the folder that was made for it", async () => {
    const first = await created();
    expect(readFileSync(path, "utf8")).toBe(one.given.certificatePem + one.given.privateKeyPem);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(first).toMatchObject({ path, thumbprint: one.thumbprint, writtenAt: "2027-01-01T12:00:00Z" });
    expect(JSON.stringify(first)).not.toContain("PRIVATE KEY");
    expect(reasons(first, {})).toEqual([]);

    expect(reasons(first, two.given)).toEqual([
      `certificatePem: is written again with ${two.thumbprint.slice(0, 8)}… in the place of ${one.thumbprint.slice(0, 8)}…`,
    ]);
    const second = await certificateFile.update(path, first, checked(two.given), context);
    expect(readFileSync(path, "utf8")).toContain(two.given.privateKeyPem);

    context = configuredFrom({}, context.ports);
    await certificateFile.delete(second, context);
    expect(readdirSync(home)).toEqual([]);
  });

  it("as a PFX has the same bytes for the same key and password, and others for others", async () => {
    const pfx = { format: "pfx", password: "correct horse" };
    const first = await created(pfx);
    const bytes = readFileSync(path);
    expect(readPfx(bytes, "correct horse").privateKeyPem).toBe(one.given.privateKeyPem);
    expect(reasons(first, pfx)).toEqual([]);
    expect(reasons(first, { ...pfx, password: "battery" })).toEqual(["format: is written again in another form"]);
    await certificateFile.update(path, first, checked(pfx), context);
    expect(readFileSync(path)).toEqual(bytes);
  });

  const drifts: readonly [string, () => void, string][] = [
    ["is removed", () => rmSync(path), "it is missing"],
    ["is changed", () => writeFileSync(path, "nothing"), "somebody changed it"],
    ["is opened to others", () => chmodSync(path, 0o644), "its mode is 0644"],
  ];
  it.each(drifts)("that %s is seen by a refresh and written again", async (_what, drift, why) => {
    const first = await created();
    drift();
    const refreshed = await certificateFile.read(first, context);
    expect(refreshed["drift"]).toBe(why);
    expect(reasons(refreshed, {})).toEqual([`drift: is written again, because ${why}`]);
    const repaired = await certificateFile.update(path, refreshed, checked(), context);
    expect(repaired).toEqual(first);
    expect(await certificateFile.read(repaired, context)).toEqual(first);
    expect(readFileSync(path, "utf8")).toContain(one.given.privateKeyPem);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is taken over where a run that was killed has left it, also with a later version", async () => {
    await created();
    await created();
    await created(two.given);
    expect(readFileSync(path, "utf8")).toContain(two.given.privateKeyPem);
  });

  it("is not put over somebody else's, nor removed with what somebody else put there", async () => {
    const theirs = foreign.given.certificatePem + foreign.given.privateKeyPem;
    const first = await created();
    writeFileSync(path, theirs);
    context = configuredFrom({}, context.ports);
    await expect(created()).rejects.toThrow("holds something else, which is not overwritten");
    context = configuredFrom({}, context.ports);
    await expect(certificateFile.delete(first, context)).rejects.toThrow("holds something else than this stack");
    expect(readFileSync(path, "utf8")).toBe(theirs);
  });

  it("that the provider signs in with stays", async () => {
    const first = await created();
    const names = [
      { clientCertificatePath: path },
      { tenantId: "t", clientId: "c", entraCertificatePath: join(home, "keys/../keys/alice.pem") },
    ];
    for (const settings of names) {
      await expect(certificateFile.delete(first, configuredFrom(settings, context.ports))).rejects.toMatchObject({
        code: "ERR_LOCK_OUT",
        message: expect.stringContaining("the provider signs in with it"),
      });
    }
    expect(existsSync(path)).toBe(true);
  });

  it("that moves is written there before it is removed here, and is another resource", () => {
    const first = {
      path,
      thumbprint: one.thumbprint,
      contentSha256: "AA",
      writtenAt: "2027-01-01",
      resourceName: "alice",
    };
    const [change] = certificateFile.diff(first, checked({ path: join(home, "other.pem") }), context).changes;
    expect(change).toMatchObject({
      property: "path",
      replaces: true,
      reason: expect.stringContaining("before it is removed"),
    });
  });

  it("of a resource that was renamed stays where it is", async () => {
    const first = await created();
    const fresh = configuredFrom({}, context.ports);
    const renamed = checked({ resourceName: "alicia" }, fresh);
    await certificateFile.create(renamed, fresh);
    await certificateFile.delete(first, fresh);
    expect(existsSync(path)).toBe(true);
  });

  it("is not written by two resources of one program", () => {
    checked();
    const { failures } = certificateFile.check(inputs({ resourceName: "bob" }), context);
    expect(failures).toEqual([
      { property: "path", reason: "the CertificateFile alice of this program writes the same file" },
    ]);
  });

  it("is not changed any more once the engine is gone, nor for another day than today", async () => {
    const gone = configuredFrom(
      {},
      { ...context.ports, beforeEffect: () => Promise.reject(new Error("the engine is gone")) },
    );
    const asOf = configuredFrom({}, context.ports, { AZURE_CERTIFICATES_AS_OF: "2027-03-01T00:00:00Z" });
    for (const [within, words] of [
      [gone, "the engine is gone"],
      [asOf, "Nothing is changed as of 2027-03-01"],
    ] as const) {
      await expect(certificateFile.create(checked({}, within), within)).rejects.toThrow(words);
    }
    expect(readdirSync(home)).toEqual([]);
  });
});

describe("checking a file's inputs", () => {
  const refused: readonly [string, Values, string, RegExp][] = [
    ["a path that only a shell knows", { path: "~/alice.pem" }, "path", /only a shell knows/],
    ["a folder", { path: "/etc/keys/" }, "path", /not a folder/],
    ["a blank path", { path: " " }, "path", /must name a file/],
    ["a path with a control character", { path: "/etc/a\nb" }, "path", /must name a file/],
    ["an owner that is no name", { owner: "--help" }, "owner", /name or number of a user/],
    ["a password for a PEM", { password: "x" }, "password", /is a PEM/],
    ["a certificate that is none", { certificatePem: "x" }, "certificatePem", /BEGIN CERTIFICATE/],
    ["a key that is none", { privateKeyPem: "x" }, "privateKeyPem", /BEGIN line/],
  ];
  it.each(refused)("refuses %s, and names the property", (_what, over, property, words) => {
    const { failures } = certificateFile.check(inputs(over), context);
    expect(failures).toMatchObject([{ property, reason: expect.stringMatching(words) }]);
  });

  it("refuses a key of another certificate, without showing any of it", () => {
    const { failures } = certificateFile.check(inputs({ privateKeyPem: two.given.privateKeyPem }), context);
    expect(failures).toMatchObject([{ property: "privateKeyPem" }]);
    expect(JSON.stringify(failures)).not.toContain(two.given.privateKeyPem.slice(40, 80));
  });
});

describe("a preview of a file", () => {
  it("knows where it is and what will be in it, as far as the key is known", async () => {
    const known = certificateFile.preview(null, checked(), context);
    expect(known).toMatchObject({ path, thumbprint: one.thumbprint, writtenAt: unknownValue });
    const first = await created();
    expect(certificateFile.preview(first, checked(), context)).toEqual({ ...first });
    const open = { certificatePem: unknownValue, privateKeyPem: unknownValue };
    expect(certificateFile.preview(first, checked(open), context)).toMatchObject({ path, thumbprint: unknownValue });
    expect(certificateFile.diff(first, checked(open), context).changes).toMatchObject([
      {
        property: "certificatePem",
        reason: expect.stringContaining("once all of its doors accept it"),
        replaces: false,
      },
    ]);
  });

  it("can't be imported, and says how to take a file over", async () => {
    await expect(certificateFile.import(path, "alice", context)).rejects.toThrow("is taken over as it is");
  });
});
