import { createPrivateKey, createPublicKey } from "node:crypto";
import fc from "fast-check";
import forge from "node-forge";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { RsaKeyPair } from "../../provider/certificate/keyPair";
import { seeded } from "../support/chaosCases";
import { oddCertificate } from "../support/oddCertificates";
import { commands } from "./accessCommands";
import { AccessModel } from "./accessModel";
import { AccessStack } from "./accessStack";
import { runsAll, seed } from "./seed";

const sequences = runsAll ? 1_000 : 60;
/** Path and replayPath as a failure prints them: with its seed, they lead to the one sequence again. */
const path = process.env["PROPERTIES_PATH"];
const replayPath = process.env["PROPERTIES_REPLAY"];

/** What is under test is what happens to certificates, and a key takes a hundred times as long as all the rest of one. */
const key = vi.hoisted(() => ({ pair: { privateKeyPem: "", publicKeyPem: "" } }));
vi.mock("../../provider/certificate/keyPair", () => ({
  generateRsaKeyPair: async (): Promise<RsaKeyPair> => key.pair,
}));

const foreign: Buffer[] = [];
let ran = 0;
let updates = 0;

beforeAll(() => {
  key.pair = keyFromFixedNumbers();
  for (const commonName of ["somebody else", "somebody new", "somebody old"]) {
    foreign.push(oddCertificate({ commonName, privateKeyPem: key.pair.privateKeyPem }).der);
  }
});

afterAll(() => {
  process.stdout.write(
    `sequences: ${ran} sequences with ${updates} steps; PROPERTIES_SEED=${seed} (with PROPERTIES_PATH and PROPERTIES_REPLAY: one of them)\n`,
  );
});

it(`whatever happens, in whatever order, each door accepts what it should (seed ${seed})`, {
  timeout: 900_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands(commands, { maxCommands: 40, size: "max", ...(replayPath === undefined ? {} : { replayPath }) }),
      async (steps) => {
        const model = new AccessModel();
        const stack = await AccessStack.start(model.nowMs, foreign);
        ran++;
        for (const _ of steps) {
          updates++;
        }
        try {
          await fc.asyncModelRun(() => ({ model, real: stack }), steps);
        } finally {
          await stack.stop();
        }
      },
    ),
    { numRuns: sequences, seed, ...(path === undefined ? {} : { path }), endOnFailure: path !== undefined },
  );
  expect(ran).toBeGreaterThan(0);
});

function keyFromFixedNumbers(): RsaKeyPair {
  const random = seeded(20_270_302);
  const getBytesSync = (size: number) =>
    String.fromCharCode(...Array.from({ length: size }, () => Math.floor(random() * 256)));
  const { privateKey } = forge.pki.rsa.generateKeyPair({ bits: 2048, prng: { getBytesSync } });
  const pem = forge.pki.privateKeyToPem(privateKey);
  return {
    privateKeyPem: createPrivateKey(pem).export({ type: "pkcs8", format: "pem" }).toString(),
    publicKeyPem: createPublicKey(pem).export({ type: "spki", format: "pem" }).toString(),
  };
}
