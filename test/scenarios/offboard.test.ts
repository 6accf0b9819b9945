import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type CommandOutcome, commandInProject } from "../support/commandInProject";
import { type Engine, engines } from "../support/engine";
import { signIn } from "../support/signIn";
import { World } from "../support/world";

const nowhere = "99999999-9999-4999-8999-999999999999";
const today = "2027-03-01T00:00:00Z";

/** Personal certificates of `people`, and one that everybody on call shares. */
function program(people: readonly string[], onCall: readonly string[], unrelated = ""): string {
  const personal = people.map(
    (id) => `
const ${id} = new ManagementCertificate("${id}", { holders: ["${id}"] });
new SubscriptionCertificateLink("${id}/prod", { subscriptionId: subscriptions[0], certificate: ${id} });`,
  );
  return `
const pulumi = require("@pulumi/pulumi");
const { ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const subscriptions = new pulumi.Config().requireObject("subscriptions");
${personal.join("")}
const onCall = new ManagementCertificate("on-call", { holders: ${JSON.stringify(onCall)} });
for (const [index, name] of ["prod", "staging"].entries()) {
  new SubscriptionCertificateLink("on-call/" + name, { subscriptionId: subscriptions[index], certificate: onCall });
}
${unrelated}
`;
}

/** Nobody's business here, and it never succeeds: the subscription does not exist. */
const failing = `
new SubscriptionCertificateLink("unrelated", {
  subscriptionId: "${nowhere}",
  certificate: new ManagementCertificate("unrelated", {}),
});`;

/** Either host leaves another trace in the state: one each is enough. */
const stages = engines().map(
  (engine): Engine => ({ ...engine, host: engine.name === "pulumi" ? "dynamic" : "plugin" }),
);

describe.each(stages)("azure-certificates offboard on the $name", (engine) => {
  let world: World;
  afterEach(() => world.stop());

  function offboard(person: string, ...args: readonly string[]): Promise<CommandOutcome> {
    const { project, emulator } = world;
    const local = engine.name === "pulumi" ? [] : ["--local"];
    const byState = args.includes("--state");
    const environment = {
      AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT: emulator.endpoint,
      AZURE_CERTIFICATES_CA_CERTIFICATE_PATH: emulator.caCertificatePath,
      AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH: emulator.credentialPath,
    };
    const where = byState ? [] : ["--stack", project.stack, ...local];
    return commandInProject(project, engine, ["offboard", person, ...where, ...args], {
      asOf: today,
      ...(byState && { environment }),
    });
  }

  async function keyOf(name: string): Promise<string> {
    const { privateKeyPem, certificatePem } = (await world.stored(name)) ?? {};
    const plain = privateKeyPem as string | { readonly plaintext?: string; readonly value?: string };
    const key = typeof plain === "string" ? plain : (plain.value ?? (JSON.parse(plain.plaintext ?? '""') as string));
    return `${key}${certificatePem}`;
  }

  /** At both subscriptions. */
  async function answersTo(pem: string): Promise<readonly string[]> {
    const { endpoint, caCertificatePath } = world.emulator;
    const ca = readFileSync(caCertificatePath, "utf8");
    return Promise.all([0, 1].map((index) => signIn(endpoint, ca, world.subscription(index), pem)));
  }

  it("closes what a plain update leaves open, in an order that an unrelated failure can't hold up", async () => {
    world = await World.start(engine, { program: program(["alice", "bob"], ["alice", "bob", "carol"]) });
    await world.up();
    world.at(today);
    const alices = [await keyOf("alice"), await keyOf("on-call")];
    expect(await answersTo(alices[0] ?? "")).toEqual(["accepted", "refused"]);
    expect(await answersTo(alices[1] ?? "")).toEqual(["accepted", "accepted"]);

    const tooEarly = await offboard("alice");
    expect(tooEarly).toMatchObject({ code: 1, stdout: "" });
    expect(tooEarly.stderr).toMatch(/error: The program still gives alice alice \(it would stay\) and on-call/);
    expect(tooEarly.stderr).toContain("Take alice out of the roster or the program first");
    expect(await answersTo(alices[0] ?? "")).toEqual(["accepted", "refused"]);

    world.project.setProgram(program(["bob"], ["bob", "carol"], failing));
    expect((await world.tryUp({ continueOnError: true })).succeeded).toBe(false);
    // Whatever else came through, the deletion of what was only hers waits for everything to succeed.
    expect(await answersTo(alices[0] ?? "")).toEqual(["accepted", "refused"]);

    const out = await offboard("Alice");
    expect(out.stdout).toMatch(/^alice is out: \d certificates on 2 doors, each confirmed closed/);
    expect(out.stderr).toContain("The update failed, and the doors say how far it came:");
    expect(out.code).toBe(0);
    for (const key of alices) {
      expect(await answersTo(key)).toEqual(["refused", "refused"]);
    }
    expect(await answersTo(await keyOf("on-call"))).toEqual(["accepted", "accepted"]);
    expect(await answersTo(await keyOf("bob"))).toEqual(["accepted", "refused"]);

    expect(await offboard("alice")).toMatchObject({ code: 0, stdout: out.stdout });

    // The program is broken: what is Bob's alone can go all the same.
    const bobs = await keyOf("bob");
    const state = join(world.project.directory, "state.json");
    writeFileSync(state, JSON.stringify(await world.export()), { mode: 0o600 });
    world.project.setProgram("process.exit(1);");
    const closed = await offboard("bob", "--state", state, "--apply");
    expect(closed.code).toBe(2);
    expect(closed.stdout).toMatch(
      /^bob may still sign in: 2 STILL OPEN, 3 confirmed closed \(3 certificates on 2 doors, /,
    );
    expect(closed.stdout).toMatch(/closed {6}[0-9A-F]{8}… {2}bob/);
    expect(closed.stdout).toMatch(
      /STILL OPEN {2}[0-9A-F]{8}… {2}on-call {2}it is of on-call, which carol holds too: without the program/,
    );
    expect(await answersTo(bobs)).toEqual(["refused", "refused"]);

    const broken = await offboard("bob");
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain("The preview failed, so there is no update.");
    expect(broken.stdout).toMatch(/STILL OPEN .* the update that rotates it was not made/);

    expect((await offboard("bobb")).stderr).toMatch(
      /error: No state at hand knows of anybody called bobb, .* Did you mean bob\?/,
    );
  });
});
