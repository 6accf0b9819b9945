import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateRsaKeyPair } from "../../provider/certificate/keyPair";
import type { Outcome } from "../support/engine";
import { filesBelow, KeyScan, modeOf, processesThatMention } from "../support/keyScan";
import { localEngine } from "../support/localEngine";
import { World } from "../support/world";

describe("the scan for keys", () => {
  let scan: KeyScan;
  let pem: string;
  beforeAll(async () => {
    scan = new KeyScan();
    ({ privateKeyPem: pem } = await generateRsaKeyPair(2048));
    scan.know(pem);
  });

  const der = () => createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  const prime = () => Buffer.from(createPrivateKey(pem).export({ format: "jwk" }).q ?? "", "base64url");
  const lines = () => pem.split("\n").slice(1, -2);
  const shapes: readonly [string, () => Buffer | string][] = [
    ["PEM", () => pem],
    ["PEM in JSON", () => JSON.stringify({ key: pem })],
    ["PEM in JSON in JSON", () => JSON.stringify(JSON.stringify({ key: pem }))],
    ["PEM in XML", () => pem.replaceAll("\n", "&#10;")],
    ["PEM in an address", () => encodeURIComponent(pem)],
    ["one line of PEM from the middle", () => `unexpected token in ${lines()[Math.floor(lines().length / 2)]}`],
    ["the last full line of PEM", () => lines().at(-2) ?? ""],
    ["DER", () => Buffer.concat([Buffer.from("x"), der()])],
    ["one prime", () => prime()],
    ["one prime in hexadecimal digits", () => prime().toString("hex").toUpperCase()],
    [
      "one prime in hexadecimal digits, as openssl prints it",
      () =>
        prime()
          .toString("hex")
          .replace(/(..)(?=.)/g, "$1:"),
    ],
    ["a JSON web key", () => JSON.stringify(createPrivateKey(pem).export({ format: "jwk" }))],
    ...[0, 1, 2].map((before): [string, () => string] => [
      `base64, ${before} bytes on`,
      () =>
        Buffer.concat([Buffer.alloc(before, 7), der()])
          .toString("base64")
          .replace(/.{76}/g, "$&\r\n"),
    ]),
  ];
  it.each(shapes)("finds %s", (_shape, show) => {
    expect(scan.shows(show())).toBe(true);
  });

  it("finds nothing in the public half, nor in another key", async () => {
    const publicKey = createPublicKey(pem);
    expect(scan.shows(publicKey.export({ type: "spki", format: "pem" }))).toBe(false);
    expect(scan.shows(publicKey.export({ type: "pkcs1", format: "der" }))).toBe(false);
    expect(scan.shows((await generateRsaKeyPair(2048)).privateKeyPem)).toBe(false);
  });
});

const program = (holders: string) => `
const pulumi = require("@pulumi/pulumi");
const { CertificateFile, credential, ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const certificate = new ManagementCertificate("on-call", { holders: ${holders} });
const links = new pulumi.Config()
  .requireObject("subscriptions")
  .map((subscriptionId, index) => new SubscriptionCertificateLink("link" + index, { subscriptionId, certificate, verify: "used" }));
const signIn = credential({ certificate, links });
exports.handedOut = signIn.combinedPem;
exports.pfx = signIn.pfxBase64();
exports.appsettings = signIn.appsettings({ tenantId: "contoso", clientId: "on-call" });
exports.path = new CertificateFile("on-call-file", { credential: signIn, path: "keys/on-call.pem" }).path;
`;

interface Seen {
  readonly file: string;
  readonly modes: string;
  readonly content: Buffer;
}

describe("in a whole life of a certificate", () => {
  const scan = new KeyScan();
  /** Everything that anybody could have read: what was printed, and what the emulator wrote down. */
  const told: string[] = [];
  /** Every content that any file ever had, with the modes of the file and its folder. */
  const seen = new Map<string, Seen>();
  const processes = new Map<string, Buffer>();
  /** What anybody may read of each state. */
  const plainState: string[] = [];
  const temporaryFolder = process.env["TMPDIR"];
  let root = "";
  let world: World;

  function look(): void {
    for (const file of filesBelow(root)) {
      const path = join(root, file);
      try {
        const content = readFileSync(path);
        const modes = `${modeOf(path)} in ${modeOf(dirname(path))}`;
        const digest = createHash("sha256").update(content).digest("hex");
        // The name of the project's folder differs from run to run.
        seen.set(`${file} ${modes} ${digest}`, { file: file.replace(/^[^/]+-project-\w+/, "project"), modes, content });
      } catch {
        // Gone between two looks.
      }
    }
    for (const { id, text } of processesThatMention(root)) {
      processes.set(id, text);
    }
  }

  async function run(work: Promise<Outcome>): Promise<Outcome> {
    const timer = setInterval(look, 50);
    try {
      const outcome = await work;
      told.push(outcome.text, JSON.stringify(outcome), JSON.stringify(world.emulator.journal()));
      return outcome;
    } finally {
      clearInterval(timer);
      look();
      const key = plain((await world.stored("on-call"))?.["privateKeyPem"]);
      if (key !== undefined) {
        scan.know(key);
      }
      plainState.push(JSON.stringify(withoutSecrets(await world.export())));
    }
  }

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "no-key-anywhere-"));
    // Whatever any of the processes writes to a temporary folder is looked at too.
    process.env["TMPDIR"] = root;
    world = await World.start(localEngine(), {
      program: program('["alice", "bob"]'),
      emulator: { dataDirectory: join(root, "data") },
    });
    scan.know(pemIn(readFileSync(world.emulator.credentialPath, "utf8")));
    scan.know(JSON.parse(readFileSync(join(root, "data/identity.json"), "utf8")).serverKeyPem);

    expect((await run(world.tryUp())).succeeded).toBe(true);
    world.at("2027-09-05");
    await run(world.preview());
    expect((await run(world.tryUp())).succeeded).toBe(true);
    world.project.setProgram(program('["alice"]'));
    const refuse = { kind: "status", status: 400, code: "BadRequest", message: "not today" } as const;
    world.emulator.misbehave([{ match: { method: "DELETE" }, times: 9, do: refuse }]);
    const failed = await run(world.tryUp());
    expect(failed.text).toContain("STILL OPEN");
    world.emulator.misbehave([]);
    expect((await run(world.tryUp())).succeeded).toBe(true);
    expect((await run(world.tryDestroy())).succeeded).toBe(true);
    // The emulator's two, and one for each version.
    expect(scan.size).toBe(2 + 3);
  });
  afterAll(async () => {
    await world.stop();
    if (temporaryFolder === undefined) {
      delete process.env["TMPDIR"];
    } else {
      process.env["TMPDIR"] = temporaryFolder;
    }
    rmSync(root, { recursive: true, force: true });
  });

  it("no key is in anything that was printed or written down", () => {
    expect(told.filter((text) => scan.shows(text))).toEqual([]);
    expect(told.join()).not.toContain("PRIVATE KEY");
    expect(told.join()).toContain("[secret]");
  });

  it("a key was never in a file but those that are meant to hold one", () => {
    const holding = new Set([...seen.values()].filter(({ content }) => scan.shows(content)).map(({ file }) => file));
    const state = "project/.azure-certificates/test.json";
    // Whether the journal of a run is met depends on the moment of a look.
    holding.delete(`${state}.journal`);
    // So does the temporary name of a key file.
    const lasting = [...holding].filter((file) => !/\.azure-certificates-[0-9a-f]{16}$/.test(file));
    expect(lasting.sort()).toEqual(["data/credential.pem", "data/identity.json", state, "project/keys/on-call.pem"]);
  });

  it("in the state no key is in what is not a secret", () => {
    expect(plainState.join()).toContain("[secret]");
    expect(plainState.filter((text) => scan.shows(text))).toEqual([]);
  });

  it("these files, and everything beside them, are their owner's alone at any time", () => {
    const guarded = [...seen.values()].filter(({ file }) => /^data\/|\/\.azure-certificates\/|\/keys\//.test(file));
    expect(new Set(guarded.map(({ file }) => file)).size).toBeGreaterThan(4);
    expect(guarded.filter(({ modes }) => modes !== "600 in 700").map(({ file, modes }) => `${file}: ${modes}`)).toEqual(
      [],
    );
  });

  it("what is left in the end holds no key but the emulator's own", () => {
    const left = filesBelow(root).filter((file) => scan.shows(readFileSync(join(root, file))));
    expect(left).toEqual(["data/credential.pem", "data/identity.json"]);
  });

  it("no key was in the environment or on the command line of any process", () => {
    // A program and a provider in each update, where the system shows them.
    expect(existsSync("/proc/self/environ") ? processes.size : 99).toBeGreaterThanOrEqual(8);
    expect([...processes.values()].filter((text) => scan.shows(text))).toEqual([]);
  });

  it("a key that is planted in a log of the tree is found", () => {
    const key = pemIn(readFileSync(join(root, "data/credential.pem"), "utf8"));
    writeFileSync(join(root, "planted.log"), JSON.stringify({ message: `can't parse ${key}` }));
    look();
    const holding = [...seen.values()].filter(({ content }) => scan.shows(content)).map(({ file }) => file);
    expect(holding).toContain("planted.log");
  });
});

function pemIn(text: string): string {
  return /-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----/s.exec(text)?.[0] ?? "";
}

const secretMark = "4dabf18193072939515e22adb298388d";

function withoutSecrets(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && secretMark in inner ? "[secret]" : inner,
    ),
  );
}

/** A secret of an exported state, in plain text. */
function plain(value: unknown): string | undefined {
  if (typeof value === "object" && value !== null) {
    const { plaintext, value: inner } = value as { plaintext?: string; value?: string };
    return plaintext === undefined ? inner : (JSON.parse(plaintext) as string);
  }
  return typeof value === "string" ? value : undefined;
}
