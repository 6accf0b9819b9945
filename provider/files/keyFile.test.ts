import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readKeyFile, removeKeyFile, writeKeyFile } from "./keyFile";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "key-file-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const write = (path: string, text = "new", owner: string | null = null) =>
  writeKeyFile({ path, bytes: Buffer.from(text), owner, randomBytes });
const modeOf = (path: string) => lstatSync(path).mode & 0o7777;
const isRoot = process.getuid?.() === 0;

describe("writing a key to a file", () => {
  it("makes the folder and the file for their owner alone, whatever the umask", async () => {
    const before = process.umask(0o777);
    try {
      expect(await write(join(home, "keys/alice.pem"))).toBe(true);
    } finally {
      process.umask(before);
    }
    expect(modeOf(join(home, "keys"))).toBe(0o700);
    expect(modeOf(join(home, "keys/alice.pem"))).toBe(0o600);
    expect(readFileSync(join(home, "keys/alice.pem"), "utf8")).toBe("new");
    expect(readdirSync(join(home, "keys"))).toEqual(["alice.pem"]);
  });

  it("closes a file that was open to others, and says that the folder was there", async () => {
    const path = join(home, "alice.pem");
    writeFileSync(path, "old", { mode: 0o644 });
    expect(await write(path)).toBe(false);
    expect(modeOf(path)).toBe(0o600);
  });

  it("shows a reader the old key or the new one, and never part of either", async () => {
    const path = join(home, "alice.pem");
    const contents = ["a", "b"].map((letter) => letter.repeat(100_000));
    await write(path, contents[0]);
    const seen = new Set<string>();
    let isWriting = true;
    const reading = (async () => {
      while (isWriting) {
        seen.add(((await readKeyFile(path))?.bytes ?? "nothing").toString());
      }
    })();
    for (let round = 1; round <= 40; round++) {
      await write(path, contents[round % 2]);
    }
    isWriting = false;
    await reading;
    expect([...seen].filter((text) => !contents.includes(text))).toEqual([]);
    expect(seen.size).toBe(2);
  });

  it("takes away what a killed run has left of this file, and nothing else", async () => {
    const path = join(home, "alice.pem");
    const others = [".alice.pem.azure-certificates-notes", ".bob.pem.azure-certificates-0123456789abcdef", ".profile"];
    for (const name of [".alice.pem.azure-certificates-0123456789abcdef", ...others]) {
      writeFileSync(join(home, name), "key", { mode: 0o600 });
    }
    await write(path);
    expect(readdirSync(home).sort()).toEqual([...others, "alice.pem"].sort());
  });

  it("leaves what was there, and nothing of the new key, where it fails", async () => {
    const path = join(home, "alice.pem");
    mkdirSync(path);
    await expect(write(path)).rejects.toMatchObject({
      code: "ERR_FILE",
      message: expect.stringMatching(/can't be written \(EISDIR\).*is there still/),
    });
    expect(readdirSync(home)).toEqual(["alice.pem"]);
  });

  it("gives it to its owner, where who runs this may", async () => {
    const path = join(home, "keys/service.pem");
    const outcome = await write(path, "new", "65534").then(
      () => "given",
      (error: Error) => error.message,
    );
    if (isRoot) {
      expect(outcome).toBe("given");
      expect([lstatSync(path).uid, lstatSync(join(home, "keys")).uid]).toEqual([65534, 65534]);
      expect([modeOf(path), modeOf(join(home, "keys"))]).toEqual([0o600, 0o700]);
    } else {
      expect(outcome).toContain("only root may give files away");
      expect(existsSync(path)).toBe(false);
    }
  });

  const refused: readonly [string, () => string, RegExp][] = [
    ["a folder that everybody can write", () => folder("open", 0o777), /every user of this machine can write/],
    ["one that is sticky besides", () => folder("sticky", 0o1777), /every user of this machine can write/],
    [
      "a folder below one that everybody can write",
      () => join(folder("above", 0o777), "keys"),
      /above is a folder that every/,
    ],
    [
      "a folder that is a symbolic link",
      () => {
        symlinkSync(folder("real", 0o700), join(home, "link"));
        return join(home, "link");
      },
      /is a symbolic link/,
    ],
  ];
  it.each(refused)("is refused in %s", async (_what, make, words) => {
    const folder = make();
    const wasThere = existsSync(folder);
    await expect(write(join(folder, "alice.pem"))).rejects.toMatchObject({
      code: "ERR_FILE",
      message: expect.stringMatching(words),
    });
    expect(existsSync(join(folder, "alice.pem"))).toBe(false);
    expect(existsSync(folder)).toBe(wasThere);
  });

  it("is possible below a sticky folder, where nobody renames what is another's", async () => {
    await write(join(folder("sticky", 0o1777), "keys", "alice.pem"));
    expect(modeOf(join(home, "sticky/keys/alice.pem"))).toBe(0o600);
  });

  it("does not follow a symbolic link, also one that leads nowhere", async () => {
    writeFileSync(join(home, "elsewhere"), "theirs");
    for (const [name, target] of [
      ["link", "elsewhere"],
      ["dangling", "nowhere"],
    ] as const) {
      symlinkSync(join(home, target), join(home, name));
      await expect(write(join(home, name))).rejects.toThrow("is a symbolic link, which is not followed");
      expect(lstatSync(join(home, name)).isSymbolicLink()).toBe(true);
    }
    expect(readFileSync(join(home, "elsewhere"), "utf8")).toBe("theirs");
    expect(existsSync(join(home, "nowhere"))).toBe(false);
  });

  it("is refused for a user whom this machine does not know, before anything is written", async () => {
    await expect(write(join(home, "keys/alice.pem"), "new", "nobody-of-this-name")).rejects.toThrow(
      "this machine knows no such user",
    );
    expect(existsSync(join(home, "keys"))).toBe(false);
  });

  function folder(name: string, mode: number): string {
    mkdirSync(join(home, name));
    chmodSync(join(home, name), mode);
    return join(home, name);
  }
});

describe("reading a key file", () => {
  it("is null where there is none, and tells who can read it", async () => {
    expect(await readKeyFile(join(home, "alice.pem"))).toBeNull();
    expect(await readKeyFile(join(home, "missing/alice.pem"))).toBeNull();
    writeFileSync(join(home, "alice.pem"), "key");
    chmodSync(join(home, "alice.pem"), 0o640);
    expect(await readKeyFile(join(home, "alice.pem"))).toEqual({
      bytes: Buffer.from("key"),
      mode: 0o640,
      uid: process.getuid?.(),
    });
  });

  it("refuses a symbolic link, a folder, and what is too large", async () => {
    symlinkSync(join(home, "nowhere"), join(home, "link"));
    writeFileSync(join(home, "huge"), Buffer.alloc(5 * 1024 * 1024));
    await expect(readKeyFile(join(home, "link"))).rejects.toThrow("symbolic link");
    await expect(readKeyFile(home)).rejects.toThrow("is no file");
    await expect(readKeyFile(join(home, "huge"))).rejects.toThrow("too large");
  });
});

describe("removing a key file", () => {
  it("takes the file, what a killed run has left, and the folder once it is empty", async () => {
    const path = join(home, "keys/alice.pem");
    await write(path);
    writeFileSync(join(home, "keys/.alice.pem.azure-certificates-0123456789abcdef"), "key");
    writeFileSync(join(home, "keys/theirs"), "");
    await removeKeyFile(path, { andFolder: true });
    expect(readdirSync(join(home, "keys"))).toEqual(["theirs"]);
    rmSync(join(home, "keys/theirs"));
    await removeKeyFile(path, { andFolder: true });
    expect(existsSync(join(home, "keys"))).toBe(false);
    await removeKeyFile(path, { andFolder: true });
  });
});
