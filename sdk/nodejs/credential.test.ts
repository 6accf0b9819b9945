import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawSerialNumber, issueManagementCertificate } from "../../provider/certificate/issue";
import { generateRsaKeyPair } from "../../provider/certificate/keyPair";
import { readPfx } from "../../provider/certificate/pfx";
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

let realThumbprint = "";

async function realVersion() {
  const { privateKeyPem } = await generateRsaKeyPair(2048);
  const { pem, thumbprint } = issueManagementCertificate({
    privateKeyPem,
    subject: { commonName: "alice" },
    lineage: certificateOutputs.lineage,
    serialNumber: drawSerialNumber(randomBytes),
    notBefore: new Date("2027-01-01"),
    notAfter: new Date("2028-01-01"),
  });
  realThumbprint = thumbprint;
  return { thumbprint, certificatePem: pem, privateKeyPem };
}

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
        ? // A certificate that is real says so in the one text that a program can give.
          { ...inputs, ...certificateOutputs, ...(inputs.organization && JSON.parse(inputs.organization)) }
        : { ...inputs, registered: doors[name] ?? [{ ...registration, thumbprint: realThumbprint }] },
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

  const who = { tenantId: "contoso", clientId: "on-call", certificatePath: "/etc/on-call/azure.pem" };

  it("is an environment that every Azure SDK reads, without the key itself", async () => {
    const environment = handedOut("open").environment(who);
    expect(await settled(environment)).toEqual({
      AZURE_TENANT_ID: "contoso",
      AZURE_CLIENT_ID: "on-call",
      AZURE_CLIENT_CERTIFICATE_PATH: "/etc/on-call/azure.pem",
    });
    const more = { certificatePassword: pulumi.secret("battery"), authorityHost: "https://login.example" };
    expect(await settled(handedOut("open").environment({ ...who, ...more }))).toMatchObject({
      AZURE_CLIENT_CERTIFICATE_PASSWORD: "battery",
      AZURE_AUTHORITY_HOST: "https://login.example",
    });
    expect(await pulumi.isSecret(environment)).toBe(true);
    expect(() => handedOut("open").environment({ ...who, certificatePath: undefined })).toThrow(
      "give it the certificatePath",
    );
  });

  it("is a section for Microsoft.Identity.Web, which names the file", async () => {
    const appsettings = handedOut("open").appsettings({ ...who, certificatePassword: "battery" });
    expect(await settled(appsettings)).toEqual({
      AzureAd: {
        Instance: "https://login.microsoftonline.com/",
        TenantId: "contoso",
        ClientId: "on-call",
        ClientCertificates: [
          { SourceType: "Path", CertificateDiskPath: "/etc/on-call/azure.pem", CertificatePassword: "battery" },
        ],
      },
    });
    expect(await pulumi.isSecret(appsettings)).toBe(true);
  });

  it("has neither environment, appsettings nor PFX while a door does not accept it", async () => {
    const { environment, appsettings, pfxBase64 } = handedOut("late");
    for (const output of [environment(who), appsettings(who), pfxBase64()]) {
      await expect(settled<unknown>(output)).rejects.toThrow("is not handed out");
    }
  });

  it("is a PFX, the same every time, and in the section itself where no file is named", async () => {
    const real = await realVersion();
    const { pfxBase64, appsettings } = credential({
      certificate: new ManagementCertificate("alice", { organization: JSON.stringify(real) }),
      links: [new SubscriptionCertificateLink("accepting", { subscriptionId, certificatePem: real.certificatePem })],
    });
    const pfx = pfxBase64("battery");
    expect(await settled(pfx)).toBe(await settled(pfxBase64("battery")));
    expect(readPfx(Buffer.from(await settled(pfx), "base64"), "battery").privateKeyPem).toBe(real.privateKeyPem);
    expect(await pulumi.isSecret(pfx)).toBe(true);
    const { AzureAd } = await settled(appsettings({ tenantId: "contoso", clientId: "on-call" }));
    const [{ SourceType, Base64EncodedValue = "" } = {}] = AzureAd.ClientCertificates;
    expect(SourceType).toBe("Base64Encoded");
    expect(readPfx(Buffer.from(Base64EncodedValue, "base64"), "").certificatePem).toBe(real.certificatePem);
  });

  it("is for at least one door", () => {
    expect(() => handedOut()).toThrow("give it at least one link");
  });
});
