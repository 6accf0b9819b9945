import { createPrivateKey, createPublicKey } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { InvalidInputError } from "../errors";
import { generateRsaKeyPair } from "./keyPair";

test.each([2048, 3072, 4096])(
  "a pair of %i bits has that size, the usual exponent, and belongs together",
  async (bits) => {
    const pair = await generateRsaKeyPair(bits);
    const privateKey = createPrivateKey(pair.privateKeyPem);
    expect(privateKey.asymmetricKeyDetails).toEqual({ modulusLength: bits, publicExponent: 65537n });
    expect(createPublicKey(privateKey).export({ type: "spki", format: "pem" })).toBe(pair.publicKeyPem);
    expect(pair.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  },
);

test.each([0, 512, 1024, 2047, 8192, Number.NaN])("%d bits are refused by the name of the input", async (bits) => {
  const refusal = await generateRsaKeyPair(bits).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InvalidInputError);
  expect(refusal).toMatchObject({ property: "rsaBits", code: "ERR_INPUT_INVALID" });
});

test("the event loop goes on while a key is made", async () => {
  const order: string[] = [];
  await Promise.all([
    generateRsaKeyPair(3072).then(() => order.push("key")),
    setImmediate().then(() => order.push("loop")),
  ]);
  expect(order).toEqual(["loop", "key"]);
});
