import { randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import {
  fromStruct,
  isSecret,
  type Properties,
  revealProperties,
  secret,
  toStruct,
  unknown,
} from "../../local-engine/values";
import { emulatorConfig } from "../support/emulatorConfig";
import { type CallFailed, HostProcess } from "../support/hostProcess";
import { certificateInput } from "../support/linkInput";
import { hosts, makeProject, type Project } from "../support/project";

const certificateType = "ManagementCertificate";
const linkType = "SubscriptionCertificateLink";
const firstDay = "2027-01-01T00:00:00Z";

interface Scene {
  readonly host: HostProcess;
  readonly emulator: Emulator;
  readonly subscriptionId: string;
  readonly certificate: Awaited<ReturnType<HostProcess["made"]>>;
  readonly linkArgs: Properties;
}

type Observe = (scene: Scene) => Promise<unknown>;

/**
 * Where the dynamic host can do less. Pulumi's own process stands between it and the engine, and forwards neither side
 * whole (pulumi/pulumi sdk/nodejs/cmd/dynamic-provider); none of these can be made up for in the resources.
 */
const differences: readonly [what: string, observe: Observe, dynamic: unknown, plugin: unknown][] = [
  [
    "takes secrets as secrets, so that an input of a program stays one in the state",
    async ({ host }) => {
      const { inputs } = await host.check(certificateType, "on-call", { organization: secret("quiet") });
      return isSecret(inputs["organization"]);
    },
    // The engine strips the marks before it calls, and puts them back by name.
    false,
    true,
  ],
  [
    "knows a part of the outputs in a preview",
    async ({ host }) => {
      const preview = await previewed(host);
      return [preview["subject"], preview["revision"], preview["thumbprint"], preview["previous"]];
    },
    // Never called there: everything that is no input is unknown.
    [undefined, undefined, undefined, undefined],
    ["CN=on-call, OU=access/prod", 1, unknown, []],
  ],
  [
    "names the property that changes, and its kind",
    async ({ host, certificate }) => {
      const news = { ...certificate.inputs, rotationTriggers: { image: "2" } };
      const { answer } = await host.diff(
        certificateType,
        "on-call",
        certificate.id,
        certificate.outputs,
        news,
        certificate.inputs,
      );
      const details = answer.getDetaileddiffMap().getEntryList() as [string, unknown][];
      return [
        answer.getHasdetaileddiff(),
        answer.getDiffsList(),
        details.map(([path]) => path),
        answer.getStablesList(),
      ];
    },
    [false, [], [], []],
    [true, ["rotationTriggers"], ["rotationTriggers"], ["lineage"]],
  ],
  [
    "says a reason under the resource it is about",
    async ({ host, certificate }) => {
      const news = { ...certificate.inputs, rotationTriggers: { image: "3" } };
      await host.diff(certificateType, "on-call", certificate.id, certificate.outputs, news);
      const reason = await said(host, "rotates now");
      return reason.urn;
    },
    // A printed line, which begins with the resource's name.
    null,
    "urn:pulumi:prod::access::azure-certificates:index:ManagementCertificate::on-call",
  ],
  [
    "imports a link",
    async ({ host, subscriptionId, certificate, linkArgs }) => {
      await host.made(linkType, "link", linkArgs);
      const request = new messages.ReadRequest()
        .setUrn(host.urn(linkType, "imported"))
        .setId(`${subscriptionId.toUpperCase()}/${certificate.id}`);
      const answer = await host.call("read", request).catch(() => null);
      return (
        answer && [
          answer.getId() === `${subscriptionId}/${certificate.id}`,
          fromStruct(answer.getInputs())["resourceName"],
        ]
      );
    },
    // Its code is in the state that is not there yet (pulumi/pulumi#16175).
    null,
    [true, "imported"],
  ],
  [
    "gives up after the time of customTimeouts",
    async ({ host, emulator, linkArgs }) => {
      const { inputs } = await host.check(linkType, "link", linkArgs);
      const later = { kind: "status", status: 500, code: "InternalError", message: "Later." } as const;
      emulator.misbehave([{ times: 3, do: later }]);
      return outcomeOf(host.create(linkType, "link", inputs, 1));
    },
    // It is not told of them.
    "made",
    "Gave up trying to list the subscription's management certificates",
  ],
  [
    "is cancelled in the middle of a wait",
    async ({ host, emulator, linkArgs }) => {
      const { inputs } = await host.check(linkType, "link", linkArgs);
      emulator.misbehave([{ do: { kind: "throttle", retryAfter: 2 } }]);
      const outcome = outcomeOf(host.create(linkType, "link", inputs));
      await expect.poll(() => emulator.journal().length).toBeGreaterThan(0);
      await host.call("cancel", new Empty());
      return outcome;
    },
    // It finishes what it has begun.
    "made",
    "The run was cancelled while this was under way",
  ],
  [
    "checks its configuration before anything uses it",
    async ({ host }) => {
      const request = new messages.CheckRequest()
        .setUrn("urn:pulumi:prod::access::pulumi:providers:azure-certificates::mine")
        .setNews(toStruct({ managementEndpoint: "http://localhost", publishSettingPath: "x" }));
      const answer = await host.call("checkConfig", request).catch((error: CallFailed) => error.code);
      return typeof answer === "number" ? answer : answer.getFailuresList().map((failure) => failure.getProperty());
    },
    status.UNIMPLEMENTED,
    ["publishSettingPath", "managementEndpoint"],
  ],
];

describe.each(hosts)("the %s host", (kind) => {
  let project: Project;
  let emulator: Emulator;
  let host: HostProcess;
  beforeAll(async () => {
    project = await makeProject({ name: "access", stack: "prod", program: "" });
  });
  afterAll(() => project.remove());
  beforeEach(async () => {
    emulator = await startEmulator({ now: new Date(firstDay), subscriptions: [randomUUID()] });
    host = await HostProcess.start(kind, {
      directory: project.directory,
      environment: { AZURE_CERTIFICATES_AS_OF: firstDay },
      config: emulatorConfig(emulator),
    });
  });
  afterEach(async () => {
    await host.stop();
    await emulator.stop();
  });

  it.each(differences)("does what the table says: %s", async (_what, observe, dynamic, plugin) => {
    const certificate = await host.made(certificateType, "on-call", {});
    const subscriptionId = emulator.subscriptions[0] ?? "";
    const linkArgs = {
      subscriptionId,
      certificate: certificateInput(revealProperties(certificate.outputs)) as Properties,
    };
    const observed = await observe({ host, emulator, subscriptionId, certificate, linkArgs });
    expect(observed).toEqual(kind === "dynamic" ? dynamic : plugin);
  });
});

/** A preview's create, where the host says that it does previews. */
async function previewed(host: HostProcess): Promise<Properties> {
  const configured = await host.call("configure", new messages.ConfigureRequest().setArgs(toStruct({})));
  if (!configured.getSupportspreview()) {
    return {};
  }
  const { inputs } = await host.check(certificateType, "on-call", {});
  const request = new messages.CreateRequest()
    .setUrn(host.urn(certificateType, "on-call"))
    .setProperties(toStruct(inputs))
    .setPreview(true);
  return fromStruct((await host.call("create", request)).getProperties());
}

async function said(host: HostProcess, words: string) {
  await expect.poll(() => host.said.some(({ text }) => text.includes(words))).toBe(true);
  const found = host.said.find(({ text }) => text.includes(words));
  return found ?? expect.unreachable();
}

/** Of a failure, the words up to the first number or full stop. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "made",
    (error: Error) => error.message.split(/ after \d|\./)[0] ?? "",
  );
}
