import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { isSecret, type Properties, revealProperties, unknown } from "../../local-engine/values";
import { emulatorConfig } from "../support/emulatorConfig";
import { CallFailed, HostProcess } from "../support/hostProcess";
import { certificateInput } from "../support/linkInput";
import { hosts, makeProject, type Project } from "../support/project";

/** Two days of one world: the second one is in the certificate's renewal window. */
const firstDay = "2027-01-01T00:00:00Z";
const laterDay = "2027-10-01T00:00:00Z";

const certificateType = "ManagementCertificate";
const linkType = "SubscriptionCertificateLink";

let project: Project;
beforeAll(async () => {
  project = await makeProject({ name: "access", stack: "prod", program: "" });
});
afterAll(() => project.remove());

describe.each(hosts)("the %s host", (kind) => {
  let emulator: Emulator;
  let first: HostProcess;
  let later: HostProcess;
  let certificate: Awaited<ReturnType<HostProcess["made"]>>;
  let name: string;

  beforeAll(async () => {
    emulator = await startEmulator({ now: new Date(firstDay), subscriptions: [randomUUID(), randomUUID()] });
    const settings = (asOf: string) => ({
      directory: project.directory,
      environment: { AZURE_CERTIFICATES_AS_OF: asOf },
      config: emulatorConfig(emulator),
    });
    [first, later] = await Promise.all([
      HostProcess.start(kind, settings(firstDay)),
      HostProcess.start(kind, settings(laterDay)),
    ]);
  });
  afterAll(async () => {
    await Promise.all([first.stop(), later.stop()]);
    await emulator.stop();
  });

  beforeEach(async () => {
    emulator.clock.set(new Date(firstDay));
    emulator.misbehave([]);
    // Links are remembered for a run by subscription and certificate: another certificate for each case.
    name = `on-call-${randomUUID().slice(0, 8)}`;
    certificate = await first.made(certificateType, name, { holders: ["alice", "bob"] });
  });

  const subscriptionId = (index = 0): string => emulator.subscriptions[index] ?? "";
  const onSubscription = (index = 0): string[] =>
    emulator
      .certificates(subscriptionId(index))
      .map(({ thumbprint }) => thumbprint)
      .filter((thumbprint) => thumbprint !== emulator.credentialThumbprint);
  const linkArgs = (outputs = certificate.outputs, index = 0): Properties => ({
    subscriptionId: subscriptionId(index),
    certificate: certificateInput(revealProperties(outputs)) as Properties,
  });

  it("makes a certificate whose private key is the only secret", () => {
    const { id, outputs } = certificate;
    expect(outputs["lineage"]).toBe(id);
    expect(outputs["subject"]).toBe(`CN=${name}, OU=access/prod`);
    expect(Object.keys(outputs).filter((key) => isSecret(outputs[key]))).toEqual(["privateKeyPem"]);
  });

  it("keeps the key in a file of its owner alone, repairs it, and takes it away", async () => {
    const path = join(project.directory, `${kind}-keys`, `${name}.pem`);
    const { id, inputs, outputs } = await first.made("CertificateFile", "file", fileArgs(certificate.outputs, path));
    const text = readFileSync(path, "utf8");
    expect([text.includes("PRIVATE KEY"), lstatSync(path).mode & 0o777]).toEqual([true, 0o600]);
    expect(JSON.stringify(outputs)).not.toContain("PRIVATE KEY");

    chmodSync(path, 0o644);
    const seen = await first.read("CertificateFile", "file", id, outputs, inputs);
    expect(seen.outputs["drift"]).toBe("its mode is 0644");
    expect((await first.diff("CertificateFile", "file", id, seen.outputs, inputs)).changes).toBe(true);
    const repaired = await first.update("CertificateFile", "file", id, seen.outputs, inputs);
    expect([readFileSync(path, "utf8"), lstatSync(path).mode & 0o777]).toEqual([text, 0o600]);

    // A file that a run has claimed is not taken away by its former name: that is another run.
    await later.delete("CertificateFile", "file", id, repaired);
    expect(existsSync(path)).toBe(false);
  });

  it("compares a roster with the one before, and refuses one that was cut short", async () => {
    const people = ["alice", "bob", "carol", "dora"].map((id) => ({ id, name: id, subscriptions: ["production"] }));
    const subscriptions = [{ name: "production", subscriptionId: subscriptionId(0), certificateLimit: 7 }];
    const rosterOf = (count: number) => ({ roster: { subscriptions, people: people.slice(0, count), groups: [] } });
    const { id, inputs, outputs } = await first.made("RosterSnapshot", "staff", rosterOf(4));
    expect(outputs).toMatchObject({ peopleCount: 4, certificateCount: 4 });
    const { failures } = await first.check("RosterSnapshot", "staff", rosterOf(2), inputs);
    expect(failures).toEqual([["roster", expect.stringMatching(/^2 of 4 people would leave at once/)]]);
    const next = await first.check("RosterSnapshot", "staff", rosterOf(3), inputs);
    expect(next.failures).toEqual([]);
    expect((await first.diff("RosterSnapshot", "staff", id, outputs, next.inputs, inputs)).changes).toBe(true);
    await vi.waitFor(() => {
      const texts = first.said.map(({ text }) => text).join("\n");
      expect(texts).toContain("closes: dora (dora) left, and loses production");
      expect(texts).toContain("production would hold 4 of 7 certificates, 8 while all of them rotate");
    });
  });

  it("fills in the defaults, the resource's name, project and stack", async () => {
    const { __provider: _, ...inputs } = certificate.inputs;
    expect(inputs).toEqual({
      holders: ["alice", "bob"],
      rsaBits: 2048,
      validityPeriodHours: 8760,
      renewBeforeHours: 2920,
      overlapHours: 168,
      rotationTriggers: {},
      compromised: [],
      backdateMinutes: 60,
      resourceName: name,
      project: "access",
      stack: "prod",
    });
  });

  it("refuses inputs that are wrong, naming the property", async () => {
    const { failures } = await first.check(certificateType, name, { rsaBits: 1024, holders: [7], colour: "red" });
    expect(failures.map(([property]) => property).sort()).toEqual(["colour", "holders[0]", "rsaBits"]);
  });

  it("lets unknown values pass at every level, and keeps them", async () => {
    const args = { validityPeriodHours: unknown, holders: ["alice", unknown], rotationTriggers: { image: unknown } };
    const { inputs, failures } = await first.check(certificateType, name, args);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject(args);
    expect(inputs["rsaBits"]).toBe(2048);
    const { changes } = await first.diff(certificateType, name, certificate.id, certificate.outputs, inputs);
    expect(changes).toBe(true);
  });

  it("finds nothing to do where nothing changed, and says nothing", async () => {
    const said = first.said.length;
    const { changes, replaces } = await first.diff(
      certificateType,
      name,
      certificate.id,
      certificate.outputs,
      certificate.inputs,
    );
    expect([changes, replaces, first.said.length - said]).toEqual([false, [], 0]);
  });

  it("says why a certificate is due, once", async () => {
    const { id, outputs, inputs } = certificate;
    for (const _ of [1, 2]) {
      expect((await later.diff(certificateType, name, id, outputs, inputs)).changes).toBe(true);
    }
    const reasons = later.said.filter(
      ({ urn, text }) => (urn ?? text).includes(name) && text.includes("the renewal window opened on 2027-09-01"),
    );
    expect(reasons).toHaveLength(1);
  });

  it("lets a certificate that is due wait for its maintenance window, says so, and rotates it there", async () => {
    const spread = `${name}-spread`;
    const windows = (cron: string) => ({
      spreadHours: 24,
      maintenanceWindows: [{ cron, durationHours: 4, timeZone: "Europe/Berlin" }],
    });
    // It is a Friday, two in the morning in Berlin.
    const { id, inputs, outputs } = await first.made(certificateType, spread, windows("0 22 * * SAT"));
    expect(inputs).toMatchObject(windows("0 22 * * SAT"));
    const { spreadFraction, renewalTime } = outputs as { spreadFraction: number; renewalTime: string };
    expect(Date.parse(renewalTime)).toBe(
      Math.floor((Date.parse("2027-09-01T08:00:00Z") - spreadFraction * 24 * 3_600_000) / 1_000) * 1_000,
    );
    expect((await later.diff(certificateType, spread, id, outputs, inputs)).changes).toBe(false);
    const sentences = later.said.filter(({ urn, text }) => (urn ?? text).includes(spread));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]?.text).toMatch(
      /rotation is due, .*; waits for the maintenance window that opens on 2027-10-02 20:00 UTC$/,
    );

    const open = await later.check(certificateType, spread, windows("0 0 * * FRI"));
    expect((await later.diff(certificateType, spread, id, outputs, open.inputs)).changes).toBe(true);
    const rotated = await later.update(certificateType, spread, id, outputs, open.inputs);
    expect([rotated["revision"], rotated["renewalTime"] === renewalTime]).toEqual([2, false]);

    const { failures } = await first.check(certificateType, spread, windows("0 25 * * *"));
    expect(failures.map(([property]) => property)).toEqual(["maintenanceWindows[0].cron"]);
  });

  it("registers, refreshes, rotates with an overlap, and takes everything away again", async () => {
    const link = `${name}-link`;
    const made = await first.made(linkType, link, linkArgs());
    const [old] = [String(certificate.outputs["thumbprint"])];
    expect(made.id).toBe(`${subscriptionId()}/${certificate.id}`);
    expect(onSubscription()).toEqual([old]);

    const read = await first.read(linkType, link, made.id, made.outputs, made.inputs);
    expect(read.outputs).toEqual(made.outputs);

    emulator.clock.set(new Date(laterDay));
    const rotated = await later.update(certificateType, name, certificate.id, certificate.outputs, certificate.inputs);
    expect(rotated["revision"]).toBe(2);
    const { inputs } = await later.check(linkType, link, linkArgs(rotated));
    expect((await later.diff(linkType, link, made.id, made.outputs, inputs)).changes).toBe(true);
    const updated = await later.update(linkType, link, made.id, made.outputs, inputs);
    expect(onSubscription().sort()).toEqual([old, String(rotated["thumbprint"])].sort());

    // In the run in which a link was checked, its removal is taken for a rename.
    await first.delete(linkType, link, made.id, { ...updated, resourceName: "renamed" });
    expect(onSubscription()).toHaveLength(2);
    await later.update(linkType, link, made.id, updated, inputs);
    const afterwards = await HostProcess.start(kind, {
      directory: project.directory,
      environment: { AZURE_CERTIFICATES_AS_OF: laterDay },
      config: emulatorConfig(emulator),
    });
    try {
      await afterwards.delete(linkType, link, made.id, updated);
      await afterwards.delete(linkType, link, made.id, updated);
      await afterwards.delete(certificateType, name, certificate.id, rotated);
    } finally {
      await afterwards.stop();
    }
    expect(onSubscription()).toEqual([]);
  });

  it("replaces a link that goes to another subscription, the new one first", async () => {
    const link = `${name}-link`;
    const made = await first.made(linkType, link, linkArgs());
    const { inputs } = await first.check(linkType, `${link}2`, linkArgs(certificate.outputs, 1));
    const { replaces, answer } = await first.diff(linkType, link, made.id, made.outputs, inputs, made.inputs);
    expect([replaces, answer.getDeletebeforereplace()]).toEqual([["subscriptionId"], false]);
  });

  it("keeps what was done before something went wrong: id, outputs and the reason", async () => {
    const link = `${name}-link`;
    const { inputs } = await first.check(linkType, link, linkArgs());
    const disabled = { kind: "status", status: 403, code: "SubscriptionDisabled", message: "It is disabled." } as const;
    emulator.misbehave([{ match: { method: "GET" }, skip: 1, times: 9, do: disabled }]);
    const error = await failureOf(first.create(linkType, link, inputs));
    expect(error.kept).toMatchObject({
      id: `${subscriptionId()}/${certificate.id}`,
      reasons: [expect.stringContaining("It is disabled.")],
      outputs: { lineage: certificate.id, registered: [{ thumbprint: certificate.outputs["thumbprint"] }] },
    });
    emulator.misbehave([]);
    const outputs = error.kept?.outputs ?? {};
    expect(await first.update(linkType, link, error.kept?.id ?? "", outputs, inputs)).toMatchObject({
      thumbprint: certificate.outputs["thumbprint"],
    });
  });

  it("answers an error with its sentence alone: no status, no stack, no key", async () => {
    emulator.misbehave([
      { times: 9, do: { kind: "status", status: 403, code: "ForbiddenError", message: "Not you." } },
    ]);
    const { inputs } = await first.check(linkType, `${name}-link`, linkArgs());
    const error = await failureOf(first.create(linkType, `${name}-link`, inputs));
    expect(error.kept).toBeNull();
    expect(error.message).toMatch(/^The service refused the certificate/);
    expect(error.message).not.toMatch(/\n\s+at |PRIVATE KEY|UNKNOWN/);
  });
});

/** There is no way back: a dynamic provider's code is read from the outputs, and those of the plugin hold none. */
describe("a stack that changes over to the plugin", () => {
  it("is found as the dynamic provider left it", async () => {
    const emulator = await startEmulator({ now: new Date(firstDay) });
    const settings = {
      directory: project.directory,
      environment: { AZURE_CERTIFICATES_AS_OF: firstDay },
      config: emulatorConfig(emulator),
    };
    const [old, next] = await Promise.all([
      HostProcess.start("dynamic", settings),
      HostProcess.start("plugin", settings),
    ]);
    try {
      const certificate = await old.made(certificateType, "on-call", { holders: ["alice"] });
      const args = (outputs: Properties) => ({
        subscriptionId: emulator.subscriptions[0] ?? "",
        certificate: certificateInput(revealProperties(outputs)) as Properties,
      });
      const link = await old.made(linkType, "link", args(certificate.outputs));
      const toApplication = {
        appId: emulator.directory.applications[0]?.appId ?? "",
        certificate: certificateInput(revealProperties(certificate.outputs)) as Properties,
      };
      const application = await old.made("ApplicationCertificateLink", "entra", toApplication);
      const toFile = fileArgs(certificate.outputs, join(project.directory, "left/key.pem"));
      const file = await old.made("CertificateFile", "file", toFile);
      for (const [type, name, made, given] of [
        [certificateType, "on-call", certificate, { holders: ["alice"] }],
        [linkType, "link", link, args(certificate.outputs)],
        ["ApplicationCertificateLink", "entra", application, toApplication],
        ["CertificateFile", "file", file, toFile],
      ] as const) {
        const { inputs } = await next.check(type, name, given);
        expect(inputs).toEqual(withoutCode(made.inputs));
        expect((await next.diff(type, name, made.id, made.outputs, inputs, made.inputs)).changes).toBe(false);
        const read = await next.read(type, name, made.id, made.outputs, made.inputs);
        expect(read.outputs).toEqual(withoutCode(made.outputs));
        // Nor does an update that has another reason leave anything behind.
        const updated = await next.update(type, name, made.id, made.outputs, inputs);
        expect(revealProperties(updated)).toEqual(withoutCode(revealProperties(made.outputs)));
      }
    } finally {
      await Promise.all([old.stop(), next.stop()]);
      await emulator.stop();
    }
  });
});

function fileArgs(outputs: Properties, path: string): Properties {
  const { certificatePem, privateKeyPem } = revealProperties(outputs) as Record<string, string>;
  return { path, certificatePem: certificatePem ?? "", privateKeyPem: privateKeyPem ?? "" };
}

function withoutCode({ __provider: _, ...values }: Properties): Properties {
  return values;
}

async function failureOf(work: Promise<unknown>): Promise<CallFailed> {
  const error = await work.then(
    () => expect.unreachable("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CallFailed);
  return error as CallFailed;
}
