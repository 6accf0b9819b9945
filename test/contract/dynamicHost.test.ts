import type { dynamic } from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { managementCertificate, subscriptionCertificateLink } from "../../provider/hosts/dynamic";
import { certificateInput } from "../support/linkInput";

const now = "2027-01-01T00:00:00Z";
const filledIn = { __provider: "require(…)" };

interface Partly extends Error {
  readonly id?: string;
  readonly reasons?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

describe("the dynamic provider, when something was done before it went wrong", () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ now: new Date(now) });
    vi.stubEnv("AZURE_CERTIFICATES_AS_OF", now);
    const settings: Readonly<Record<string, string>> = {
      "azure-certificates:managementEndpoint": emulator.endpoint,
      "azure-certificates:caCertificatePath": emulator.caCertificatePath,
      "azure-certificates:clientCertificatePath": emulator.credentialPath,
    };
    const config = { get: (key: string) => settings[key] } as dynamic.ConfigureRequest["config"];
    await managementCertificate.configure?.({ config });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await emulator.stop();
  });

  it("hands the engine an id, a reason, and outputs with which destroy works", async () => {
    const certificate = await managementCertificate.check?.(
      {},
      { ...filledIn, resourceName: "on-call", project: "access", stack: "prod" },
    );
    const { outs } = await managementCertificate.create(certificate?.inputs);
    const inputs = { subscriptionId: emulator.subscriptions[0], certificate: certificateInput(outs) };
    const checked = await subscriptionCertificateLink.check?.({}, { ...filledIn, ...inputs, resourceName: "prod" });
    // The upload takes effect; then the subscription goes.
    emulator.misbehave([
      {
        match: { method: "GET" },
        skip: 1,
        times: 9,
        do: { kind: "status", status: 403, code: "SubscriptionDisabled", message: "The subscription is disabled." },
      },
    ]);
    const news = { ...(checked?.inputs as object), __provider: filledIn.__provider };
    const error: Partly = await subscriptionCertificateLink.create(news).then(
      () => expect.unreachable("it succeeded"),
      (reason: Partly) => reason,
    );
    expect(error.id).toBe(`${emulator.subscriptions[0]}/${outs["lineage"]}`);
    expect(error.reasons).toEqual([expect.stringContaining("The subscription is disabled")]);
    expect(error.properties).toMatchObject({ __provider: filledIn.__provider, lineage: outs["lineage"] });
    expect(emulator.certificates(emulator.subscriptions[0] ?? "")).toHaveLength(2);

    emulator.misbehave([]);
    vi.resetModules();
    // The next run's process, in which no link claims it.
    const { subscriptionCertificateLink: later, managementCertificate: first } = await import(
      "../../provider/hosts/dynamic.js"
    );
    const settings: Readonly<Record<string, string>> = {
      "azure-certificates:managementEndpoint": emulator.endpoint,
      "azure-certificates:caCertificatePath": emulator.caCertificatePath,
      "azure-certificates:clientCertificatePath": emulator.credentialPath,
    };
    const config = { get: (key: string) => settings[key] } as dynamic.ConfigureRequest["config"];
    await first.configure?.({ config });
    await later.delete?.(error.id ?? "", error.properties);
    expect(emulator.certificates(emulator.subscriptions[0] ?? "")).toHaveLength(1);
  });
});
