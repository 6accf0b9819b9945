import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { pemOf } from "../../provider/certificate/pem";
import { commandInProject } from "../support/commandInProject";
import { stages } from "../support/engine";
import { oddCertificate } from "../support/oddCertificates";
import { type SignInAnswer, signIn } from "../support/signIn";
import { World } from "../support/world";

const card = oddCertificate({ rsaBits: 2048, commonName: "Bob's card" });
const certificatePem = pemOf("CERTIFICATE", card.der);
const pem = card.privateKeyPem + certificatePem;

describe.each(stages())("a certificate that somebody brings, on the $title", (engine) => {
  let world: World;
  afterEach(() => world.stop());

  /** Alice has a key that is made here; Bob, while he is there, has what his card holds. */
  function writeRoster({ bobOpens }: { readonly bobOpens: readonly string[] | null }): void {
    const [production, staging] = world.emulator.subscriptions;
    const bob = {
      name: "Bob Brown",
      certificates: { card: { subscriptions: bobOpens, certificatePem } },
    };
    const roster = {
      subscriptions: { production, staging },
      people: {
        alice: { name: "Alice Archer", subscriptions: ["production", "staging"] },
        ...(bobOpens !== null && { bob }),
      },
      ...(bobOpens === null && { expected: { leavers: ["bob"] } }),
    };
    writeFileSync(join(world.project.directory, "team.yaml"), stringify(roster));
  }

  function bobsAnswers(): Promise<readonly SignInAnswer[]> {
    const { endpoint, caCertificatePath } = world.emulator;
    const ca = readFileSync(caCertificatePath, "utf8");
    return Promise.all([0, 1].map((index) => signIn(endpoint, ca, world.subscription(index), pem)));
  }

  async function begin(): Promise<void> {
    const native = engine.host === "plugin" ? "/native" : "";
    world = await World.start(engine, {
      program: `
const { CertificateRoster } = require("pulumi-azure-certificates${native}");
new CertificateRoster("team", { path: "team.yaml" });
`,
    });
    writeRoster({ bobOpens: ["production"] });
    await world.up();
    expect(await bobsAnswers()).toEqual(["accepted", "refused"]);
  }

  it("opens what the file says, in words that the preview has first, and nothing once it is taken out", async () => {
    await begin();
    // Somebody had registered it there by hand: from now on the file says whose it is.
    world.emulator.plant(world.subscription(1), card.der);
    writeRoster({ bobOpens: ["production", "staging"] });
    const opening = await world.preview();
    expect(opening.text).toMatch(/opens: bob \(Bob Brown\) brings the certificate card \([0-9A-F]{40}\), into staging/);
    await world.up();
    expect(await bobsAnswers()).toEqual(["accepted", "accepted"]);

    writeRoster({ bobOpens: null });
    const closing = await world.preview();
    expect(closing.text).toContain("closes: bob (Bob Brown) left, and loses production and staging");
    expect(closing.changes).toMatchObject({ delete: 2 });
    await world.up();
    expect(await bobsAnswers()).toEqual(["refused", "refused"]);
    expect((await world.preview()).changes).not.toHaveProperty("update");
  });

  /** By the state, which is the same with both hosts but for its types: one each is enough. */
  const isOffboarded = engine.host === (engine.name === "pulumi" ? "dynamic" : "plugin");
  it.runIf(isOffboarded)("is among what offboard closes and reads again", async () => {
    await begin();
    const local = engine.name === "pulumi" ? [] : ["--local"];
    const args = ["offboard", "bob", "--stack", world.project.stack, ...local];
    const offboard = () => commandInProject(world.project, engine, args, { asOf: "2027-01-01T00:00:00Z" });
    expect((await offboard()).stderr).toMatch(
      /error: The program still gives bob team\/people\/bob\/card\/production \(it would stay\)/,
    );
    writeRoster({ bobOpens: null });
    const { code, stdout } = await offboard();
    expect(stdout).toContain(`production (subscription ${world.subscription()})`);
    expect(stdout).toMatch(/closed {6}[0-9A-F]{8}… {2}team\/people\/bob\/card\/production/);
    expect(code).toBe(0);
    expect(await bobsAnswers()).toEqual(["refused", "refused"]);
  });
});
