import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../provider/errors";
import { parseStackExport } from "./stackExport";

const signature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const thumbprint = "3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C";
const certificate = {
  urn: "urn:pulumi:prod::access::pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate::alice",
  custom: true,
  type: "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate",
  outputs: {
    __provider: "…",
    thumbprint,
    issuedAt: "2026-06-01T00:00:00Z",
    renewalTime: "2027-02-01T00:00:00Z",
    notAfter: "2027-06-01T00:00:00Z",
    privateKeyPem: { ...signature, ciphertext: "v1:abc:def" },
  },
};

function exportOf(resources: readonly unknown[], version: unknown = 3): string {
  return JSON.stringify({ version, deployment: { manifest: {}, resources, metadata: {} } });
}

function messageOf(text: string): string {
  try {
    parseStackExport(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).message;
  }
  return "";
}

describe("a stack export", () => {
  it.each([3, 4])("of version %i is read, as both say the same of resources", (version) => {
    expect(parseStackExport(exportOf([certificate], version)).certificates).toHaveLength(1);
  });

  it("is read for the plugin's types as for the dynamic ones", () => {
    const native = { ...certificate, type: "azure-certificates:index:ManagementCertificate" };
    expect(parseStackExport(exportOf([native])).certificates).toHaveLength(1);
  });

  it("may hold anything else, which is skipped", () => {
    const other = { urn: "urn", type: "aws:s3/bucket:Bucket", outputs: { thumbprint: 1 }, newField: [1] };
    const look = { ...certificate, type: "azure-certificates:index:ManagementCertificateArchive" };
    expect(parseStackExport(exportOf([other, look]))).toMatchObject({
      certificates: [],
      links: [],
      interrupted: [],
      rosters: [],
    });
  });

  it("may be empty", () => {
    expect(parseStackExport('{"version":3,"deployment":{"resources":null}}').certificates).toEqual([]);
  });

  it("is read with values that were made secret and are shown", () => {
    const shown = { ...certificate.outputs, notAfter: { ...signature, plaintext: '"2027-06-01T00:00:00Z"' } };
    const [read] = parseStackExport(exportOf([{ ...certificate, outputs: shown }])).certificates;
    expect(read?.outputs?.notAfter).toEqual(new Date("2027-06-01T00:00:00Z"));
  });

  it("leaves out the optional values that are encrypted", () => {
    const hidden = { ...certificate.outputs, rotateEveryHours: { ...signature, ciphertext: "v1:abc:def" } };
    const [read] = parseStackExport(exportOf([{ ...certificate, outputs: hidden }])).certificates;
    expect(read?.outputs?.rotateEveryHours).toBeUndefined();
  });

  it("tells of a resource whose creation failed before it had outputs", () => {
    const failed = { ...certificate, outputs: {}, initErrors: ["no entropy"] };
    const [read] = parseStackExport(exportOf([failed])).certificates;
    expect(read).toMatchObject({ failures: ["no entropy"], outputs: null });
  });

  it.each([
    { what: "text that is not JSON", text: "-----BEGIN PRIVATE KEY-----", says: "it is not JSON" },
    { what: "an unknown version", text: exportOf([], 5), says: "must be 3 or 4" },
    { what: "a checkpoint file", text: '{"version":3,"checkpoint":{}}', says: "deployment" },
    { what: "a list", text: "[]", says: "no stack export" },
    {
      what: "a needed value that is encrypted",
      text: exportOf([
        { ...certificate, outputs: { ...certificate.outputs, notAfter: { ...signature, ciphertext: "x" } } },
      ]),
      says: "--show-secrets",
    },
    {
      what: "a date that is none",
      text: exportOf([{ ...certificate, outputs: { ...certificate.outputs, notAfter: "soon" } }]),
      says: "ManagementCertificate::alice can't be understood",
    },
    {
      what: "a maintenance window that never opens",
      text: exportOf([
        {
          ...certificate,
          outputs: { ...certificate.outputs, maintenanceWindows: [{ cron: "0 0 31 2 *", durationHours: 1 }] },
        },
      ]),
      says: "a day that never comes",
    },
    {
      what: "a secret whose text is not JSON",
      text: exportOf([
        { ...certificate, outputs: { ...certificate.outputs, notAfter: { ...signature, plaintext: "{" } } },
      ]),
      says: "it is not JSON",
    },
  ])("that is $what is an error that says so", ({ text, says }) => {
    expect(messageOf(text)).toContain(says);
  });

  it.each([
    { what: "ten thousand wrong values", outputs: { ...certificate.outputs, holders: Array(10_000).fill(1) } },
    { what: "a name without an end", urn: "u".repeat(100_000), outputs: {} },
    { what: "a name that moves the cursor", urn: "urn\u001b[2J\r\n\u0085", outputs: {} },
  ])("with $what is an error that can be read all the same", ({ what: _, ...wrong }) => {
    const message = messageOf(exportOf([{ ...certificate, ...wrong }]));
    expect(message.length).toBeLessThan(2_000);
    expect(message).toContain("can't be understood");
    expect(message).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it("never has its values repeated in an error", () => {
    const canary = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
    const texts = [
      `${canary}{`,
      `{"version":3,"deployment":${canary}`,
      exportOf([], canary),
      exportOf([{ ...certificate, outputs: { ...certificate.outputs, notAfter: canary } }]),
      exportOf([{ ...certificate, outputs: { ...certificate.outputs, thumbprint: canary, holders: canary } }]),
      exportOf([
        { ...certificate, outputs: { ...certificate.outputs, notAfter: { ...signature, plaintext: canary } } },
      ]),
    ];
    for (const text of texts) {
      expect(messageOf(text)).not.toBe("");
      expect(messageOf(text)).not.toContain(canary.slice(0, 6));
    }
  });

  it("may be any JSON at all: it is read, or it is an error of ours", () => {
    const resource = fc.record(
      {
        urn: fc.anything(),
        type: fc.constantFrom(certificate.type, "azure-certificates:index:SubscriptionCertificateLink"),
        outputs: fc.oneof(
          fc.anything(),
          fc.dictionary(fc.constantFrom(...Object.keys(certificate.outputs)), fc.anything()),
        ),
        initErrors: fc.anything(),
      },
      { requiredKeys: ["type"] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(resource), fc.anything()), (resources) => {
        const text = JSON.stringify({ version: 3, deployment: { resources } });
        try {
          parseStackExport(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
        }
      }),
    );
  });

  it("says whose it is, by the first URN in it", () => {
    expect(parseStackExport(exportOf([certificate])).stack).toEqual({ project: "access", stack: "prod" });
    expect(parseStackExport(exportOf([])).stack).toBeNull();
    expect(parseStackExport(exportOf([{ ...certificate, urn: "urn:other" }])).stack).toBeNull();
  });

  it("holds the rosters that it remembers, and is read as well where one is secret", () => {
    const type = "azure-certificates:index:RosterSnapshot";
    const urn = `urn:pulumi:prod::access::${type}::team`;
    const bob = { id: "bob", name: "Bob", subscriptions: [] };
    const roster = { subscriptions: [], people: [bob], groups: [] };
    const { rosters } = parseStackExport(
      exportOf([
        { urn, type, outputs: { roster } },
        { urn, type, outputs: { roster: { ...signature, ciphertext: "v1:abc" } } },
      ]),
    );
    expect(rosters.map(({ outputs }) => outputs?.roster)).toEqual([
      { ...roster, people: [{ ...bob, certificates: [] }] },
      undefined,
    ]);
    expect(messageOf(exportOf([{ urn, type, outputs: { roster: { people: "everybody" } } }]))).toContain(
      "can't be understood",
    );
  });

  it("names its file in an error, where it has one", () => {
    expect(() => parseStackExport("{", "west.json")).toThrow(/^ {2}file: west\.json$/m);
    expect(messageOf("{")).not.toContain("file:");
  });
});
