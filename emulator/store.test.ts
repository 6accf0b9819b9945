import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { DataFolderError } from "./dataFolder";
import { Store, type StoredCertificate, type Subscription } from "./store";

const id = "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10";
const empty: Subscription = { id, name: "subscription 1", createdTime: "", status: "active", certificates: [] };

function certificate(first: string): StoredCertificate {
  return { thumbprint: first.padEnd(40, "0"), publicKey: "", data: "AAAA", createdAt: "2026-01-01T00:00:00Z" };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "emulator-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("the store", () => {
  it("keeps the list in ascending order of thumbprints, whatever the order of the changes", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[0-9A-F]{8}$/)), (thumbprints) => {
        const store = new Store(null);
        store.create(empty);
        for (const thumbprint of thumbprints) {
          store.addCertificate(id, certificate(thumbprint));
        }
        const held = store.find(id)?.certificates.map((one) => one.thumbprint);
        expect(held).toEqual(thumbprints.map((one) => one.padEnd(40, "0")).toSorted());
      }),
    );
  });

  it("reads back from its folder what it held, and writes for its owner only", () => {
    const folder = join(temporaryFolder(), "subscriptions");
    const store = new Store(folder);
    store.create(empty);
    store.addCertificate(id, certificate("B"));
    store.addCertificate(id, certificate("A"));
    store.removeCertificate(id, certificate("B").thumbprint);
    store.setStatus(id, "disabled");
    const again = new Store(folder);
    expect(again.stored()).toEqual([id]);
    again.open(id);
    expect(again.find(id)).toEqual({ ...empty, status: "disabled", certificates: [certificate("A")] });
    expect(statSync(join(folder, `${id}.json`)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each([
    ["", "is empty"],
    ["\0\0\0\0", "is cut off or damaged: it is no JSON"],
    ['{"name":"subscription 1","certif', "is cut off or damaged: it is no JSON"],
    ["[]", "is damaged: its content is wrong"],
    [JSON.stringify({ ...empty, status: "open" }), "is damaged: status is wrong"],
    [
      JSON.stringify({ ...empty, certificates: [{ thumbprint: "1" }] }),
      "is damaged: certificates.0.thumbprint is wrong",
    ],
  ])("refuses a file %j by its name", (content, problem) => {
    const folder = temporaryFolder();
    const path = join(folder, `${id}.json`);
    writeFileSync(path, content);
    expect(() => new Store(folder).open(id)).toThrow(new DataFolderError(path, problem));
  });

  it("takes no other file for a subscription's", () => {
    const folder = temporaryFolder();
    for (const name of [`${id}.json.new`, `${"-".repeat(36)}.json`, "notes.json"]) {
      writeFileSync(join(folder, name), "{}");
    }
    expect(new Store(folder).stored()).toEqual([]);
  });

  it("narrows a file that an interrupted write left readable by others", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, `${id}.json.new`), "", { mode: 0o644 });
    new Store(folder).create(empty);
    expect(statSync(join(folder, `${id}.json`)).mode & 0o777).toBe(0o600);
  });

  it("stays as it was when a change can't be written", () => {
    const folder = join(temporaryFolder(), "subscriptions");
    const store = new Store(folder);
    store.create(empty);
    rmSync(folder, { recursive: true });
    expect(() => store.addCertificate(id, certificate("A"))).toThrow("ENOENT");
    expect(store.find(id)).toEqual(empty);
    expect(() => store.setStatus(id, "gone")).toThrow("ENOENT");
    expect(store.find(id)?.status).toBe("active");
  });

  it("remembers earlier lists, and shows the oldest it has when asked for more", () => {
    const store = new Store(null);
    store.create(empty);
    store.addCertificate(id, certificate("A"));
    store.addCertificate(id, certificate("B"));
    const shown = [0, 1, 2, 9].map((changes) => store.listBefore(id, changes).length);
    expect(shown).toEqual([2, 1, 0, 0]);
  });

  it("refuses a folder whose file is not its own", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, `${id}.json`), '{"certificates":"all"}');
    expect(() => new Store(folder).open(id)).toThrow();
  });
});
