import type { dynamic } from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const filledIn = { resourceName: "alice", project: "access", stack: "prod", __provider: "require(…)" };
const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** The module as a new process has it: it holds what all resources of a run share. */
async function newProcess(config: Readonly<Record<string, string>> | null = {}) {
  vi.resetModules();
  const host = await import("./dynamic.js");
  if (config !== null) {
    for (const provider of [host.managementCertificate, host.subscriptionCertificateLink]) {
      await provider.configure?.({
        config: { get: (key: string) => config[key], require: (key: string) => config[key] ?? "" },
      } as dynamic.ConfigureRequest);
    }
  }
  return host;
}

async function failureOf(work: Promise<unknown> | undefined): Promise<Error> {
  return Promise.resolve(work).then(
    () => expect.unreachable("it succeeded"),
    (error: Error) => error,
  );
}

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function created(host: Awaited<ReturnType<typeof newProcess>>, inputs: object = {}) {
  const checked = await host.managementCertificate.check?.({}, { ...filledIn, ...inputs });
  const made = await host.managementCertificate.create(checked?.inputs);
  return { id: made.id, outs: made.outs as Record<string, unknown>, inputs: checked?.inputs as object };
}

/** Secrets come back to a dynamic provider in plain text. */
function stored(outs: Record<string, unknown>): Record<string, unknown> {
  const { value } = outs["privateKeyPem"] as { value: string };
  return { ...outs, privateKeyPem: value };
}

describe("the dynamic provider", () => {
  it("marks the private key as a secret, and nothing else", async () => {
    const { id, outs } = await created(await newProcess());
    expect(id).toBe(outs["lineage"]);
    expect(outs["privateKeyPem"]).toEqual({ ...mark, value: expect.stringContaining("BEGIN PRIVATE KEY") });
    const { privateKeyPem: _, ...rest } = outs;
    expect(JSON.stringify(rest)).not.toMatch(/PRIVATE KEY|4dabf18193072939515e22adb298388d/);
  });

  it("stores no undefined: the wire knows none", async () => {
    const { outs } = await created(await newProcess());
    expect(Object.values(outs)).not.toContain(undefined);
  });

  it("says why something is due, once, on a line that begins with the resource's name", async () => {
    const { id, outs, inputs } = await created(await newProcess());
    vi.stubEnv("AZURE_CERTIFICATES_AS_OF", new Date(Date.now() + 300 * 86_400_000).toISOString());
    const { managementCertificate } = await newProcess();
    const difference = await managementCertificate.diff?.(id, stored(outs), inputs);
    expect(difference).toMatchObject({ changes: true, replaces: [], deleteBeforeReplace: false });
    await managementCertificate.diff?.(id, stored(outs), inputs);
    expect(lines).toEqual([expect.stringMatching(/^alice: due: rotates now, because the renewal window opened.*\n$/)]);
  });

  it("answers with a boolean where nothing changes, and says nothing", async () => {
    const host = await newProcess();
    const { id, outs, inputs } = await created(host);
    expect(await host.managementCertificate.diff?.(id, stored(outs), inputs)).toMatchObject({ changes: false });
    expect(lines).toEqual([]);
  });

  it("fails every call with the words of a configuration that can't be used", async () => {
    const { managementCertificate } = await newProcess({ "azure-certificates:managementEndpoint": "http://azure.com" });
    for (const work of [
      managementCertificate.check?.({}, filledIn),
      managementCertificate.create(filledIn),
      managementCertificate.delete?.("id", filledIn),
    ]) {
      const error = await failureOf(work);
      expect(error.message).toContain("certificates are only ever sent over https");
      expect(`${error}: ${error.stack}`).toBe("alice: ERR_CONFIGURATION");
    }
  });

  it("names the resource in an error that nobody foresaw", async () => {
    const { managementCertificate } = await newProcess(null);
    const error = await failureOf(managementCertificate.check?.({}, filledIn));
    expect(error.message).toContain("before it configured the provider");
    expect(String(error)).toBe("alice");
  });

  it("refuses to make anything as of another day where the emulator does not answer", async () => {
    vi.stubEnv("AZURE_CERTIFICATES_AS_OF", "2027-03-01T00:00:00Z");
    const { managementCertificate } = await newProcess();
    const error = await failureOf(managementCertificate.create({ ...filledIn, validityPeriodHours: 1 }));
    expect(error.stack).toBe("ERR_AS_OF");
  });

  it("reads and deletes a certificate without asking anybody: it is a matter of the state alone", async () => {
    const host = await newProcess();
    const { id, outs } = await created(host);
    const read = await host.managementCertificate.read?.(id, stored(outs));
    expect(read).toEqual({ id, props: outs });
    await host.managementCertificate.delete?.(id, stored(outs));
  });
});
