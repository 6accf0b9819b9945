import { randomUUID } from "node:crypto";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { fromStruct, type Properties, secret, signatureKey, toStruct, unknown } from "../../local-engine/values";
import { emulatorConfig } from "../support/emulatorConfig";
import { CallFailed, HostProcess } from "../support/hostProcess";
import { makeProject, type Project } from "../support/project";

const certificateType = "ManagementCertificate";
const linkType = "SubscriptionCertificateLink";
const firstDay = "2027-01-01T00:00:00Z";
const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";

describe("the plugin, whatever it is asked", () => {
  let project: Project;
  let emulator: Emulator;
  let host: HostProcess;
  beforeAll(async () => {
    project = await makeProject({ name: "access", stack: "prod", program: "" });
    emulator = await startEmulator({ now: new Date(firstDay), subscriptions: [randomUUID()] });
    host = await HostProcess.start("plugin", {
      directory: project.directory,
      environment: { AZURE_CERTIFICATES_AS_OF: firstDay },
      config: emulatorConfig(emulator),
    });
  });
  afterAll(async () => {
    await host.stop();
    await emulator.stop();
    project.remove();
  });

  const certificateUrn = () => host.urn(certificateType, "on-call");
  const linkUrn = () => host.urn(linkType, "link");
  const failures = async (type: typeof certificateType | typeof linkType, news: Properties) => {
    const { failures: found } = await host.check(type, "on-call", news);
    return found.map(([property]) => property).sort();
  };

  const checks: readonly [string, typeof certificateType | typeof linkType, Properties, string[]][] = [
    [
      "wrong types everywhere",
      certificateType,
      { rsaBits: "2048", holders: {}, commonName: [1], rotationTriggers: 7, overlapHours: true },
      ["commonName", "holders", "overlapHours", "rotationTriggers", "rsaBits"],
    ],
    [
      "wrong types deep down",
      certificateType,
      { rotationTriggers: { image: { tag: 1 } }, compromised: [null] },
      ["compromised[0]", "rotationTriggers.image"],
    ],
    ["a text of 4 MB", certificateType, { commonName: "x".repeat(4 * 1024 * 1024) }, ["commonName"]],
    [
      "a certificate of 4 MB",
      linkType,
      {
        subscriptionId,
        certificatePem: `-----BEGIN CERTIFICATE-----\n${"A".repeat(4 * 1024 * 1024)}\n-----END CERTIFICATE-----\n`,
      },
      ["certificatePem"],
    ],
    ["a secret of the wrong type", certificateType, { rsaBits: secret("2048") }, ["rsaBits"]],
    ["nothing", linkType, {}, ["subscriptionId"]],
    [
      "half a certificate",
      linkType,
      { subscriptionId, certificate: { previous: [], overlapHours: 1 } },
      ["certificate"],
    ],
    [
      "names that are none",
      certificateType,
      { __proto__x: 1, "": 2, constructor: 3 },
      ["", "__proto__x", "constructor"],
    ],
  ];
  it.each(checks)("refuses %s, naming each property", async (_what, type, news, properties) => {
    expect(await failures(type, news)).toEqual(properties);
  });

  it("lets unknown values stand anywhere, also where an object, a list or a number belongs", async () => {
    for (const property of [
      "rsaBits",
      "holders",
      "rotationTriggers",
      "commonName",
      "validityPeriodHours",
      "compromised",
    ]) {
      expect(await failures(certificateType, { [property]: unknown }), property).toEqual([]);
      expect(await failures(certificateType, { [property]: secret(unknown) }), property).toEqual([]);
    }
    expect(await failures(linkType, { subscriptionId: unknown, certificate: unknown })).toEqual([]);
    expect(
      await failures(linkType, {
        subscriptionId,
        certificate: { der: unknown, previous: [unknown], overlapHours: unknown },
      }),
    ).toEqual([]);
  });

  it("keeps a secret where none is expected, and passes its value on", async () => {
    const { inputs, failures: found } = await host.check(certificateType, "on-call", {
      holders: ["alice", secret("bob")],
      rotationTriggers: { image: secret("2"), team: "ops" },
    });
    expect(found).toEqual([]);
    expect(inputs).toMatchObject({
      holders: secret(["alice", "bob"]),
      rotationTriggers: { image: secret("2"), team: "ops" },
    });
    const { outputs } = await host.create(certificateType, "on-call", inputs);
    expect(outputs).toMatchObject({ holders: secret(["alice", "bob"]), rotationTriggers: { image: secret("2") } });
  });

  it("keeps a certificate secret that came in as one under another name", async () => {
    const { outputs } = await host.made(certificateType, "on-call", {});
    const certificate = { certificatePem: secret(outputs["certificatePem"] ?? ""), previous: [], overlapHours: 24 };
    const { inputs, failures: found } = await host.check(linkType, "link", { subscriptionId, certificate });
    expect(found).toEqual([]);
    expect(inputs["certificate"]).toMatchObject({ [signatureKey]: expect.any(String), value: { overlapHours: 24 } });
  });

  const broken = toStruct({ lineage: 7, thumbprint: "AB" });
  const signed = toStruct({ commonName: { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270" } });
  const asset = toStruct({ subscriptionId: { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", text: "x" } });
  const calls: readonly [string, () => Promise<unknown>, RegExp][] = [
    ["no URN", () => host.call("check", new messages.CheckRequest()), /urn is ""/],
    [
      "half a URN",
      () => host.call("create", new messages.CreateRequest().setUrn("urn:pulumi:a::b")),
      /urn is "urn:pulumi:a::b"/,
    ],
    [
      "a type of somebody else",
      () => host.call("diff", new messages.DiffRequest().setUrn("urn:pulumi:a::b::x:y:Z::n")),
      /no resource of the type x:y:Z.*ManagementCertificate/,
    ],
    [
      "no inputs to create from",
      () => host.call("create", new messages.CreateRequest().setUrn(certificateUrn())),
      /resourceName in the inputs/,
    ],
    [
      "no inputs to preview",
      () => host.call("create", new messages.CreateRequest().setUrn(linkUrn()).setPreview(true)),
      /certificate/,
    ],
    [
      "no state to compare",
      () => host.call("diff", new messages.DiffRequest().setUrn(certificateUrn())),
      /lineage in the state/,
    ],
    [
      "no state to update",
      () => host.call("update", new messages.UpdateRequest().setUrn(linkUrn())),
      /subscriptionId in the state/,
    ],
    [
      "no state to delete",
      () => host.call("delete", new messages.DeleteRequest().setUrn(linkUrn())),
      /subscriptionId in the state/,
    ],
    [
      "a state that somebody edited",
      () => host.call("diff", new messages.DiffRequest().setUrn(certificateUrn()).setOlds(broken)),
      /lineage in the state of this resource can't be used.*pulumi stack export/,
    ],
    [
      "a state that somebody edited, to preview",
      () => host.call("update", new messages.UpdateRequest().setUrn(linkUrn()).setOlds(broken).setPreview(true)),
      /subscriptionId in the state/,
    ],
    [
      "a secret without a value",
      () => host.call("check", new messages.CheckRequest().setUrn(certificateUrn()).setNews(signed)),
      /commonName is marked as a secret and has no value/,
    ],
    [
      "an asset",
      () => host.call("check", new messages.CheckRequest().setUrn(linkUrn()).setNews(asset)),
      /subscriptionId is an asset/,
    ],
    [
      "an id that is none, to import",
      () => host.call("read", new messages.ReadRequest().setUrn(linkUrn()).setId("../..")),
      /not the id of a SubscriptionCertificateLink.*<subscription>\/<lineage>/,
    ],
    [
      "a lineage that is not there, to import",
      () =>
        host.call(
          "read",
          new messages.ReadRequest().setUrn(linkUrn()).setId(`${emulator.subscriptions[0]}/${randomUUID()}`),
        ),
      /nothing to import/,
    ],
    [
      "a certificate to import",
      () => host.call("read", new messages.ReadRequest().setUrn(certificateUrn()).setId(randomUUID())),
      /an id can't carry its private key/,
    ],
    [
      "a function that it does not have",
      () => host.call("invoke", new messages.InvokeRequest().setTok("azure-certificates:index:x")),
      /no function azure-certificates:index:x/,
    ],
  ];
  it.each(calls)("answers %s with a sentence, and lives on", async (_what, call, words) => {
    const error = await call().then(
      () => expect.unreachable("it was accepted"),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CallFailed);
    expect(String(error)).toMatch(words);
    expect(String(error)).not.toMatch(/\n\s+at |ZodError|Cannot read/);
    expect(await failures(certificateType, {})).toEqual([]);
  });

  it("looks up what a subscription holds, and what is wrong with the question", async () => {
    const invoke = (name: string, args: Properties) =>
      host.call(
        "invoke",
        new messages.InvokeRequest().setTok(`azure-certificates:index:${name}`).setArgs(toStruct(args)),
      );
    const at = emulator.subscriptions[0] ?? "";
    const answer = fromStruct((await invoke("getManagementCertificates", { subscriptionId: at })).getReturn());
    expect(answer).toMatchObject({ subscriptionId: at, certificates: [{ thumbprint: emulator.credentialThumbprint }] });
    const named = async (work: Promise<messages.InvokeResponse>) =>
      (await work).getFailuresList().map((failure) => failure.getProperty());
    expect(await named(invoke("getManagementCertificates", { subscriptionId: "Production" }))).toEqual([
      "subscriptionId",
    ]);
    expect(await named(invoke("parsePublishSettings", { content: secret("<x") }))).toEqual(["content"]);
  });

  it("makes 200 certificates at once and answers meanwhile", async () => {
    const { inputs } = await host.check(certificateType, "on-call", {});
    let isBusy = true;
    const beganMs = performance.now();
    const creating = Promise.all(
      Array.from({ length: 200 }, () => host.create(certificateType, "on-call", inputs)),
    ).finally(() => {
      isBusy = false;
    });
    let answers = 0;
    let slowestMs = 0;
    while (isBusy) {
      const startedMs = performance.now();
      await host.check(certificateType, "another", {});
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      answers++;
    }
    expect(new Set((await creating).map(({ id }) => id)).size).toBe(200);
    expect(answers).toBeGreaterThan(20);
    // Keys made on the event loop would hold one answer up until most of them are made.
    expect(slowestMs).toBeLessThan((performance.now() - beganMs) / 3);
  });

  it("is configured by several calls at once, and the last one counts", async () => {
    const settings = (endpoint: string) =>
      new messages.ConfigureRequest().setArgs(toStruct({ managementEndpoint: endpoint }));
    const other = await HostProcess.startUnconfigured("plugin", project.directory);
    try {
      const early = await other.check(certificateType, "on-call", {}).catch((error: Error) => error.message);
      expect(early).toContain("before it was configured");
      const outcomes = await Promise.allSettled([
        other.call("configure", settings("https://localhost:1")),
        other.call("configure", settings("http://localhost")),
        other.call("configure", settings("https://localhost:2")),
      ]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      const certificatePem = String((await host.made(certificateType, "on-call", {})).outputs["certificatePem"]);
      const { inputs } = await other.check(linkType, "link", { subscriptionId, certificatePem });
      const request = new messages.CreateRequest().setUrn(linkUrn()).setProperties(toStruct(inputs)).setPreview(true);
      const preview = fromStruct((await other.call("create", request)).getProperties());
      expect(preview["managementEndpoint"]).toBe("https://localhost:2");
    } finally {
      await other.stop();
    }
  });

  it("after a configuration that is refused, every call says why", async () => {
    const other = await HostProcess.startUnconfigured("plugin", project.directory);
    try {
      const refused = new messages.ConfigureRequest().setArgs(toStruct({ certificateLimit: "many" }));
      await expect(other.call("configure", refused)).rejects.toThrow(
        "azure-certificates:certificateLimit can't be used",
      );
      await expect(other.check(certificateType, "on-call", {})).rejects.toThrow("azure-certificates:certificateLimit");
    } finally {
      await other.stop();
    }
  });

  it("ends nothing when it is cancelled with nothing under way, twice", async () => {
    const other = await HostProcess.start("plugin", { directory: project.directory, config: {} });
    try {
      await other.call("cancel", new Empty());
      await other.call("cancel", new Empty());
      expect((await other.check(certificateType, "on-call", {})).failures).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it("says who it is, and what it takes", async () => {
    const handshake = await host.call("handshake", new messages.ProviderHandshakeRequest());
    const configured = await host.call("configure", new messages.ConfigureRequest());
    expect([handshake.getAcceptSecrets(), configured.getAcceptsecrets()]).toEqual([true, true]);
    expect([handshake.getAcceptResources(), configured.getAcceptresources()]).toEqual([false, false]);
    expect([handshake.getAcceptOutputs(), configured.getAcceptoutputs()]).toEqual([false, false]);
    const version = await new Promise((resolve) =>
      host.client.getPluginInfo(new Empty(), (_error, answer) => resolve(answer.getVersion())),
    );
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    const schema = JSON.parse((await host.call("getSchema", new messages.GetSchemaRequest())).getSchema());
    expect(schema).toMatchObject({ name: "azure-certificates", version });
    const attached = await new Promise((resolve) =>
      host.client.attach(new PluginAttach().setAddress("127.0.0.1:1"), (error) => resolve(error)),
    );
    expect(attached).toBeNull();
  });
});
