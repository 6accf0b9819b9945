import { execFileSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findPulumi } from "../../cli/stackRunner/findPulumi";
import { engines, type Outcome } from "../support/engine";
import { linkPluginCommand, repositoryRoot } from "../support/project";
import { World } from "../support/world";

function program(host: "" | "/native", links = "subscriptions"): string {
  return `
const pulumi = require("@pulumi/pulumi");
const { credential, ManagementCertificate, Provider, SubscriptionCertificateLink } = require("pulumi-azure-certificates${host}");
const subscriptions = new pulumi.Config().requireObject("subscriptions");
const certificate = new ManagementCertificate("on-call");
const links = ${links}.map((subscriptionId, index) => new SubscriptionCertificateLink("link" + index, { subscriptionId, certificate }));
exports.subject = certificate.subject;
exports.thumbprint = certificate.thumbprint;
exports.handedOut = credential({ certificate, links }).combinedPem;
`;
}

/** As a person does it: npm has put the command there, and `install-plugin` tells the project. */
function installPlugin({ project }: World): void {
  linkPluginCommand(project.directory);
  execFileSync(process.execPath, [join(repositoryRoot, "dist/cli/main.js"), "install-plugin"], {
    cwd: project.directory,
    stdio: "pipe",
  });
}

function opsOf({ steps }: Outcome): Record<string, string> {
  return Object.fromEntries(
    steps.filter(({ type }) => type !== "pulumi:pulumi:Stack").map(({ name, op }) => [name, op]),
  );
}

describe.each(engines())("the native plugin on the $name", (engine) => {
  let world: World;
  afterEach(() => world.stop());

  async function start(text: string): Promise<void> {
    // Bare: Pulumi and Node, and no plugin.
    const PATH = [findPulumi() ?? "", process.execPath].map(dirname).concat("/usr/bin", "/bin").join(delimiter);
    world = await World.start(engine, { program: text, environment: { PATH } });
    installPlugin(world);
  }

  it("is found by install-plugin alone, and rotates with an overlap that each preview announces", async () => {
    await start(program("/native"));
    const before = await world.preview();
    expect(before.outputs).toMatchObject({ subject: "CN=on-call, OU=trial/test", thumbprint: "[unknown]" });
    await world.up();
    const first = await world.thumbprint("on-call");
    expect([world.registered(0), world.registered(1)]).toEqual([[first], [first]]);
    expect((await world.preview()).changes).toEqual({ same: 4 });

    world.at("2027-10-01");
    const due = await world.preview();
    expect(due.text).toContain("on-call update [diff: ~renewalTime]");
    expect(due.text).toContain("the renewal window opened on 2027-09-01");
    expect(due.text).toContain(`registers the successor of ${first.slice(0, 8)}…`);
    // What the rotation does not change does not look changed.
    expect(due.outputs).toMatchObject({ subject: "CN=on-call, OU=trial/test", thumbprint: "[unknown]" });
    const rotated = await world.up();
    const second = await world.thumbprint("on-call");
    expect(rotated.text).toContain(`due: registers ${second.slice(0, 8)}…`);
    expect(world.registered()).toEqual([first, second].sort());
    // A refresh with nothing due reports nothing.
    expect((await world.refresh()).changes).toEqual({ same: 4 });

    world.at("2027-11-01");
    expect((await world.preview()).text).toContain(`retires ${first.slice(0, 8)}…`);
    await world.up();
    expect(world.registered()).toEqual([second]);
    await world.destroy();
    expect(world.registered()).toEqual([]);
  });

  it("takes over a stack of the dynamic provider: nothing changes in the preview, nothing in Azure", async () => {
    await start(program(""));
    await world.up();
    const ids = async () =>
      (await world.export()).deployment.resources
        ?.filter(({ type }) => type.includes("azure-certificates:"))
        .map(({ id }) => id)
        .sort();
    const [thumbprint, idsBefore] = [await world.thumbprint("on-call"), await ids()];
    const requests = () => world.emulator.journal().filter(({ method }) => method !== "GET").length;
    const requestsBefore = requests();

    world.project.setProgram(program("/native"));
    const preview = await world.preview();
    expect(opsOf(preview)).toEqual({ "on-call": "same", link0: "same", link1: "same" });
    expect(preview.changes).toEqual({ same: 4 });
    await world.up();
    expect(await world.thumbprint("on-call")).toBe(thumbprint);
    expect((await ids())?.filter((id) => idsBefore?.includes(id))).toHaveLength(3);
    expect(requests()).toBe(requestsBefore);
    expect((await world.preview()).changes).toEqual({ same: 4 });

    world.at("2027-10-01");
    await world.up();
    expect(world.registered()).toHaveLength(2);
    await world.destroy();
    expect(world.registered()).toEqual([]);
  });

  describe("a link that no state knows of, as after a restore of an old one,", () => {
    /** Azure keeps what it has; the links leave the state, and the program imports the first one. */
    async function startWithLostLink(): Promise<void> {
      await start(program("/native"));
      await world.up();
      const stored = await world.stored("on-call");
      const { deployment, ...rest } = await world.export();
      const resources = deployment.resources?.filter(({ type }) => !type.endsWith("SubscriptionCertificateLink"));
      await world.import({ ...rest, deployment: { ...deployment, resources } } as Parameters<World["import"]>[0]);
      const id = `${world.subscription()}/${stored?.["lineage"]}`;
      world.project.setProgram(
        program("/native", "subscriptions.slice(0, 1)").replace(
          "certificate }))",
          `certificate }, { import: ${JSON.stringify(id)} }))`,
        ),
      );
    }

    it("is imported, and found as the program says", async () => {
      await startWithLostLink();
      const registered = world.registered();
      expect(opsOf(await world.up())).toMatchObject({ link0: "import" });
      expect(world.registered()).toEqual(registered);
      world.project.setProgram(program("/native", "subscriptions.slice(0, 1)"));
      expect((await world.preview()).changes).toEqual({ same: 3 });
    });

    it("is imported as it is, and then updated to what the program says", async () => {
      await startWithLostLink();
      const [first] = world.registered();
      world.at("2027-10-01");
      const preview = await world.preview();
      expect(preview.steps.filter(({ name }) => name === "link0").map(({ op }) => op)).toEqual(["import", "update"]);
      expect(preview.text).toContain(`registers the successor of ${first?.slice(0, 8)}…`);
      await world.up();
      expect(world.registered(0)).toEqual([first, await world.thumbprint("on-call")].sort());
      expect(world.registered(1)).toEqual([first]);
    });
  });

  it("serves two providers with credentials of their own in one program", async () => {
    await start(
      program("/native", "[]").replace(
        /const links = .*/,
        `
const config = new pulumi.Config("azure-certificates");
const settings = { managementEndpoint: config.require("managementEndpoint"), caCertificatePath: config.require("caCertificatePath") };
const mine = new Provider("mine", { ...settings, clientCertificatePath: config.require("clientCertificatePath") });
const lost = new Provider("lost", { ...settings, clientCertificatePath: "/nowhere.pem", certificateLimit: 7 });
const links = [mine, lost].map((provider, index) =>
  new SubscriptionCertificateLink("link" + index, { subscriptionId: subscriptions[index], certificate }, { provider }));
`,
      ),
    );
    const outcome = await world.tryUp({ continueOnError: true });
    expect(outcome.succeeded).toBe(false);
    expect(outcome.text).toContain("/nowhere.pem");
    expect(world.registered(0)).toHaveLength(1);
    expect(world.registered(1)).toEqual([]);
  });

  it("previews links of a provider whose settings are not known yet, and makes them once they are", async () => {
    await start(
      program("/native").replace(
        /const links = .*/,
        `
const config = new pulumi.Config("azure-certificates");
const path = config.require("clientCertificatePath");
const late = new Provider("late", {
  managementEndpoint: config.require("managementEndpoint"),
  caCertificatePath: config.require("caCertificatePath"),
  clientCertificatePath: certificate.thumbprint.apply(() => path),
});
const links = [new SubscriptionCertificateLink("link0", { subscriptionId: subscriptions[0], certificate }, { provider: late })];`,
      ),
    );
    const requests = world.emulator.journal().length;
    expect(opsOf(await world.preview())).toMatchObject({ "on-call": "create", link0: "create" });
    expect(world.emulator.journal()).toHaveLength(requests);
    await world.up();
    expect(world.registered(0)).toEqual([await world.thumbprint("on-call")]);
    expect((await world.preview()).changes).toEqual({ same: 4 });
  });

  it("looks up who could sign in to a subscription, also with a provider of its own", async () => {
    await start(`${program("/native")}
const { getManagementCertificatesOutput } = require("pulumi-azure-certificates/native");
const config = new pulumi.Config("azure-certificates");
const mine = new Provider("mine", {
  managementEndpoint: config.require("managementEndpoint"),
  caCertificatePath: config.require("caCertificatePath"),
  clientCertificatePath: config.require("clientCertificatePath"),
});
const asked = [{ dependsOn: links }, { dependsOn: links, provider: mine }].map((options) =>
  getManagementCertificatesOutput({ subscriptionId: subscriptions[1] }, options).certificates);
exports.open = pulumi.all(asked).apply((lists) => lists.map((list) => list.map(({ thumbprint }) => thumbprint)));
`);
    const { outputs } = await world.up();
    const open = [await world.thumbprint("on-call"), world.emulator.credentialThumbprint].sort();
    expect(outputs["open"]).toEqual([open, open]);
  });

  it("says in the preview what is wrong with a provider's settings", async () => {
    await start(
      program("/native", "[]")
        .replace(
          /const links = .*/,
          `new Provider("mine", { managementEndpoint: "http://localhost" }); const links = [];`,
        )
        .replace(/exports.handedOut = .*/, ""),
    );
    const outcome = await world.preview();
    expect(outcome.succeeded).toBe(false);
    expect(outcome.text).toContain("managementEndpoint");
  });
});
