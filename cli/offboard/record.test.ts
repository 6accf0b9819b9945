import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportText, thumbprintOf } from "../../test/support/exportTexts";
import { parseStackExport } from "../stackExport";
import { whatPersonHeld } from "./holdings";
import { readRecord, recordPath, writeRecord } from "./record";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "offboarding-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const holdings = whatPersonHeld(
  [
    parseStackExport(
      exportText({
        certificates: [{ name: "alice", thumbprint: thumbprintOf(1), holders: ["alice"] }],
        links: [
          {
            name: "alice-prod",
            subscriptionId: "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b",
            lineage: "lineage-of-alice",
            thumbprint: thumbprintOf(1),
          },
        ],
      }),
    ),
  ],
  "alice",
);

describe("the record of an offboarding", () => {
  it("comes back as it was written, and is for its owner only", () => {
    const path = recordPath(folder, "prod", "alice");
    expect(readRecord(path, "alice")).toBeNull();
    const settings = { provider: { "azure-certificates:managementEndpoint": "https://127.0.0.1:1" } };
    writeRecord(path, { holdings, settings });
    expect(readRecord(path, "alice")).toEqual({ holdings, settings });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toHaveLength(1);
  });

  it("holds no key, whatever a provider was told", () => {
    const path = recordPath(folder, "prod", "alice");
    const secrets = {
      clientKeyPem: "KEY",
      publishSettings: "KEY",
      "azure-certificates:clientCertificatePassword": "KEY",
    };
    writeRecord(path, { holdings, settings: { provider: { ...secrets, clientId: "app" } } });
    expect(readFileSync(path, "utf8")).not.toContain("KEY");
    expect(readRecord(path, "alice")?.settings).toEqual({ provider: { clientId: "app" } });
  });

  it.each(["../../../etc/passwd", "a/b", "", "\u001b[2J", "x".repeat(500), "alice"])(
    "of %j lies in the same folder, under a name of its own",
    (person) => {
      const path = recordPath(folder, "prod", person);
      expect(dirname(path)).toBe(join(folder, ".azure-certificates", "offboarding"));
      expect(basename(path)).toMatch(/^[\w.@-]{1,90}-[0-9a-f]{8}\.json$/);
      expect(path).not.toBe(recordPath(folder, "staging", person));
    },
  );

  it.each([
    ["something else", "{}", "is not one that this command wrote"],
    ["no JSON", "-----BEGIN PRIVATE KEY-----", "is not one that this command wrote"],
    ["somebody else's", null, "is about somebody else"],
  ])("is refused where it is %s", (_what, text, says) => {
    const path = join(folder, "record.json");
    if (text === null) {
      writeRecord(path, { holdings, settings: {} });
    } else {
      writeFileSync(path, text);
    }
    expect(() => readRecord(path, "bob")).toThrow(says);
    expect(() => readRecord(path, "bob")).not.toThrow("PRIVATE KEY");
  });
});
