import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Doors, openDoors } from "../../cli/offboard/doors";
import { whatPersonHeld } from "../../cli/offboard/holdings";
import { type KnownState, readKnownState } from "../../cli/offboard/knownState";
import { offboardStates } from "../../cli/offboard/offboardStates";
import { isClosed, type OffboardReport } from "../../cli/offboard/report";
import { testPorts } from "../support/configured";
import { emulatorConfig } from "../support/emulatorConfig";
import { foreignCertificate } from "../support/foreignCertificate";
import { signIn } from "../support/signIn";
import { SmallStack } from "../support/smallStack";

const today = "2027-03-01T00:00:00Z";
let stack: SmallStack;
let doors: Doors;

/** Alice's own certificate on a subscription and an application, and one that she shares with Bob. */
beforeEach(async () => {
  stack = await SmallStack.start("2027-01-01");
  const own = await stack.certificate("alice", { holders: ["alice"] });
  const shared = await stack.certificate("on-call", { holders: ["alice", "bob"] });
  await stack.link("alice-prod", own);
  await stack.applicationLink("alice-app", own);
  await stack.link("on-call-prod", shared);
  // Whose removal would leave nobody else behind stays: the application has another key.
  const [application] = stack.emulator.directory.applications;
  stack.emulator.directory.plant(application?.objectId ?? "", (await foreignCertificate()).der);
  stack.at(today);
  doors = doorsWith(environmentOf(stack));
});
afterEach(async () => {
  await doors.end();
  await stack.stop();
});

/** As a person sets it where there is no engine. */
function environmentOf({ emulator }: SmallStack): Record<string, string> {
  const config = emulatorConfig(emulator);
  return {
    AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT: config.managementEndpoint,
    AZURE_CERTIFICATES_CA_CERTIFICATE_PATH: config.caCertificatePath,
    AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH: config.clientCertificatePath,
    AZURE_CERTIFICATES_TENANT_ID: config.tenantId,
    AZURE_CERTIFICATES_CLIENT_ID: config.clientId,
    AZURE_CERTIFICATES_ENTRA_CERTIFICATE_PATH: config.entraCertificatePath,
  };
}

function doorsWith(environment: Record<string, string>): Doors {
  return openDoors({
    providers: new Map(),
    trusted: false,
    folder: "/",
    environment,
    portsFor: () => testPorts(stack.clock),
  });
}

const types: Readonly<Record<string, string>> = {
  alice: "ManagementCertificate",
  "on-call": "ManagementCertificate",
  "alice-prod": "SubscriptionCertificateLink",
  "on-call-prod": "SubscriptionCertificateLink",
  "alice-app": "ApplicationCertificateLink",
};

function stateOf(names: readonly string[] = Object.keys(types)): KnownState {
  const resources = names.map((name) => ({
    urn: `urn:pulumi:prod::access::azure-certificates:index:${types[name]}::${name}`,
    type: `azure-certificates:index:${types[name]}`,
    outputs: stack.stored(name),
  }));
  return readKnownState(JSON.stringify({ version: 3, deployment: { resources } }), "state.json");
}

async function offboard(apply: boolean, states: readonly KnownState[] = [stateOf()]): Promise<OffboardReport> {
  const holdings = whatPersonHeld(
    states.map((one) => one.stack),
    "alice",
  );
  return offboardStates({
    states,
    holdings,
    knownStates: [],
    doors,
    apply,
    say: () => {},
    now: () => stack.clock.now,
  });
}

const rows = ({ doors: all }: OffboardReport) =>
  all.flatMap((door) => door.rows.map(({ certificate, status }) => `${door.place.kind} ${certificate} ${status}`));
const thumbprint = (name: string) => String(stack.stored(name)?.["thumbprint"]);

describe("letting somebody go by a state alone", () => {
  it("looks, and changes nothing, until it is told to", async () => {
    const report = await offboard(false);
    expect(rows(report)).toEqual(["application alice open", "subscription alice open", "subscription on-call open"]);
    expect(stack.registered()).toEqual([thumbprint("alice"), thumbprint("on-call")].sort());
    expect(stack.emulator.journal().filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it("takes what is theirs alone off every door, and says what is shared and needs the program", async () => {
    const report = await offboard(true);
    expect(rows(report)).toEqual([
      "application alice absent",
      "subscription alice absent",
      "subscription on-call open",
    ]);
    expect(stack.registered()).toEqual([thumbprint("on-call")]);
    expect(stack.onApplication()).not.toContain(thumbprint("alice"));
    expect(isClosed(report)).toBe(false);
    const { privateKeyPem, certificatePem } = stack.stored("alice") ?? {};
    const ca = readFileSync(stack.emulator.caCertificatePath, "utf8");
    const pem = `${privateKeyPem}${certificatePem}`;
    expect(await signIn(stack.emulator.endpoint, ca, stack.subscription, pem)).toBe("refused");
    expect(await offboard(true)).toEqual(report);
  });

  it("takes off what a run that died had registered of their lineage, recorded or not", async () => {
    const before = stateOf();
    await stack.newRun();
    await stack.link(
      "alice-prod",
      await stack.certificate("alice", { holders: ["alice"], rotationTriggers: { n: "2" } }),
    );
    expect(stack.registered()).toHaveLength(3);
    expect(rows(await offboard(false, [before]))).toContain("subscription alice open");
    await offboard(true, [before]);
    expect(stack.registered()).toEqual([thumbprint("on-call")]);
  });

  it("never takes away the last valid certificate of a door", async () => {
    const [application] = stack.emulator.directory.applications;
    for (const { keyId, thumbprint: one } of stack.emulator.directory.keyCredentials(application?.objectId ?? "")) {
      if (one !== thumbprint("alice")) {
        stack.emulator.directory.take(application?.objectId ?? "", keyId);
      }
    }
    const report = await offboard(true);
    expect(report.doors[0]?.rows[0]?.because).toMatch(/^it is the last valid certificate of application/);
    expect(stack.onApplication()).toEqual([thumbprint("alice")]);
  });

  it("never takes away the one that signs in", async () => {
    const { privateKeyPem, certificatePem } = stack.stored("alice") ?? {};
    writeFileSync(stack.emulator.credentialPath, `${privateKeyPem}${certificatePem}`);
    const report = await offboard(true, [stateOf(["alice", "alice-prod"])]);
    expect(report.doors[0]?.rows).toMatchObject([{ status: "open", because: "this run signs in with it" }]);
    expect(report.checks[0]?.what).toContain("whose key alice had");
    expect(stack.registered()).toContain(thumbprint("alice"));
  });

  it("goes by a creation that was cut off too: only the door can say whether it happened", async () => {
    const whole = stateOf(["alice"]);
    const pending = {
      type: "creating",
      resource: {
        urn: "urn:pulumi:prod::access::azure-certificates:index:SubscriptionCertificateLink::alice-prod",
        type: "azure-certificates:index:SubscriptionCertificateLink",
        inputs: {
          subscriptionId: stack.subscription,
          certificate: {
            der: String(stack.stored("alice")?.["certificatePem"]).replaceAll(/-----[^-]+-----|\s/g, ""),
          },
        },
      },
    };
    const text = JSON.parse(whole.text) as { deployment: Record<string, unknown> };
    text.deployment["pending_operations"] = [pending];
    const state = readKnownState(JSON.stringify(text), "state.json");
    expect(rows(await offboard(true, [state]))).toEqual(["subscription alice absent"]);
    expect(stack.registered()).toEqual([thumbprint("on-call")]);
  });

  it("asks for each certificate by itself where the list may lag behind", async () => {
    const own = thumbprint("alice");
    const der = stack.emulator.certificates(stack.subscription).find((one) => one.thumbprint === own)?.der;
    stack.emulator.take(stack.subscription, own);
    const lag = [{ match: { method: "GET" }, times: 100, do: { kind: "staleList", changes: 1 } }] as const;
    stack.emulator.misbehave(lag);
    expect(rows(await offboard(false))).toContain("subscription alice absent");
    stack.emulator.plant(stack.subscription, der ?? Buffer.alloc(0));
    stack.emulator.misbehave(lag);
    expect(rows(await offboard(false))).toContain("subscription alice open");
  });

  it("does not know what it can't read, and still reads the other doors", async () => {
    stack.emulator.setStatus(stack.subscription, "disabled");
    expect(rows(await offboard(true))).toEqual([
      "application alice absent",
      "subscription alice unknown",
      "subscription on-call unknown",
    ]);
  });

  it("names what no state manages, and who uploaded it", async () => {
    const foreign = await foreignCertificate();
    await stack.context.connection.managementCertificates.add(
      { endpoint: stack.emulator.endpoint, subscriptionId: stack.subscription },
      foreign.der,
    );
    const report = await offboard(false);
    const [unmanaged] = report.doors.flatMap((door) =>
      door.unmanaged.filter((one) => one.thumbprint === foreign.thumbprint),
    );
    expect(unmanaged).toMatchObject({ subject: foreign.subject });
    expect(unmanaged?.uploaded).toMatch(/^uploaded on 2027-03-01 with [0-9A-F]{8}…, whose holders no state knows$/);
  });

  it("goes nowhere that the environment does not name: a state may be anybody's", async () => {
    await doors.end();
    doors = doorsWith({
      ...environmentOf(stack),
      AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT: "https://management.core.windows.net",
      AZURE_CERTIFICATES_GRAPH_ENDPOINT: "https://graph.microsoft.com",
      AZURE_CERTIFICATES_AUTHORITY_HOST: "https://login.microsoftonline.com",
    });
    stack.emulator.clearJournal();
    const report = await offboard(true);
    expect(rows(report).every((row) => row.endsWith("unknown"))).toBe(true);
    expect(report.doors[1]?.rows[0]?.because).toContain("neither a known Azure cloud nor the configured endpoint");
    expect(stack.emulator.journal()).toEqual([]);
  });
});
