import { setImmediate as nextTurn } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Credential, credential } from "./credential";
import { ManagementCertificate } from "./managementCertificate";
import { SubscriptionCertificateLink } from "./subscriptionCertificateLink";

const current = "3F2A1B4C".repeat(5);
const older = "99C1D2E3".repeat(5);
const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const certificateOutputs = {
  lineage: "e1f5a0f0-0000-4000-8000-000000000000",
  thumbprint: current,
  certificatePem: "-----BEGIN CERTIFICATE-----\n…\n",
  privateKeyPem: pulumi.secret("-----BEGIN PRIVATE KEY-----\n…\n"),
  previous: [],
  overlapHours: 168,
};
const registration = { thumbprint: current, registeredAt: "2027-01-01T00:00:00Z", origin: "created" };

/** What each link says of itself, by its name. */
const doors: Readonly<Record<string, readonly object[]>> = {
  open: [registration],
  overlapping: [registration, { ...registration, thumbprint: older }],
  late: [{ ...registration, thumbprint: older }],
  empty: [],
  removed: [{ ...registration, missingSince: "2027-02-01T12:00:00Z" }],
};

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ name, inputs, type }) => ({
      id: name,
      state: type.endsWith("ManagementCertificate")
        ? { ...inputs, ...certificateOutputs }
        : { ...inputs, registered: doors[name] },
    }),
  });
});

/** An output that fails rejects promises that nobody waits for: on those, Pulumi's runtime ends the program. */
let watchers: NodeJS.UnhandledRejectionListener[];
beforeAll(() => {
  watchers = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => expect(reason).toBeInstanceOf(pulumi.RunError));
});
afterAll(async () => {
  await nextTurn();
  process.removeAllListeners("unhandledRejection");
  for (const watcher of watchers) {
    process.on("unhandledRejection", watcher);
  }
});

function handedOut(...names: string[]): Credential {
  const certificate = new ManagementCertificate("alice");
  const links = names.map((name) => new SubscriptionCertificateLink(name, { subscriptionId, certificate }));
  return credential({ certificate, links });
}

/** What Pulumi itself waits for; a program sees the same only through what it does with an output. */
function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

describe("a credential", () => {
  it("is handed out once every door accepts it", async () => {
    const { thumbprint, certificatePem, privateKeyPem, combinedPem } = handedOut("open", "overlapping");
    expect(await settled(thumbprint)).toBe(current);
    expect(await settled(certificatePem)).toBe(certificateOutputs.certificatePem);
    expect(await settled(privateKeyPem)).toContain("PRIVATE KEY");
    expect(await settled(combinedPem)).toBe(`${await settled(certificatePem)}${await settled(privateKeyPem)}`);
  });

  it("keeps what holds the key secret, and shows the rest", async () => {
    const { thumbprint, certificatePem, privateKeyPem, combinedPem } = handedOut("open");
    expect(await Promise.all([privateKeyPem, combinedPem].map(pulumi.isSecret))).toEqual([true, true]);
    expect(await Promise.all([thumbprint, certificatePem].map(pulumi.isSecret))).toEqual([false, false]);
  });

  const refused: readonly [string, string, RegExp][] = [
    ["has not registered this version yet", "late", /has not registered this version yet.*--target/],
    ["has registered nothing", "empty", /has not registered this version yet/],
    [
      "somebody else closed",
      "removed",
      /somebody else removed it from there \(found missing on 2027-02-01T12:00:00Z\)/,
    ],
  ];
  it.each(refused)("is not handed out, not even its public half, while one door %s", async (_what, door, words) => {
    const { thumbprint, certificatePem, privateKeyPem, combinedPem } = handedOut("open", door);
    for (const output of [thumbprint, certificatePem, privateKeyPem, combinedPem]) {
      const error = await settled(output).then(
        () => expect.unreachable("it was handed out"),
        (reason: Error) => reason,
      );
      expect(error.message).toMatch(words);
      expect(error.message).toContain(subscriptionId);
      expect(error.message).not.toContain("PRIVATE KEY");
      expect(error.stack).toBe(error.message);
    }
  });

  it("is for at least one door", () => {
    expect(() => handedOut()).toThrow("give it at least one link");
  });
});
