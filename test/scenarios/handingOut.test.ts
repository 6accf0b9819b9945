import { afterEach, describe, expect, it } from "vitest";
import { isStageOfAll, stages } from "../support/engine";
import { World } from "../support/world";

/** The consumer stands for whoever gets the key: another resource that depends on the credential. */
const program = `
const pulumi = require("@pulumi/pulumi");
const { credential, ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const certificate = new ManagementCertificate("on-call");
const links = new pulumi.Config()
  .requireObject("subscriptions")
  .map((subscriptionId, index) => new SubscriptionCertificateLink("link" + index, { subscriptionId, certificate }));
const served = credential({ certificate, links });
new ManagementCertificate("consumer", { rotationTriggers: { served: served.thumbprint } });
exports.handedOut = served.combinedPem;
`;

describe.each(stages())("on the $title, a credential", (engine) => {
  let world: World;
  afterEach(() => world.stop());

  async function served(): Promise<string> {
    const triggers = (await world.stored("consumer"))?.["rotationTriggers"] as { served: string };
    return triggers.served;
  }

  /** Whatever the run did or did not do: who has a key has one that all doors accept. */
  async function expectServedIsAccepted(): Promise<void> {
    const thumbprint = await served();
    expect([world.registered(0), world.registered(1)]).toEqual([
      expect.arrayContaining([thumbprint]),
      expect.arrayContaining([thumbprint]),
    ]);
  }

  it("reaches nobody before all of its doors accept it, and then everybody", async () => {
    world = await World.start(engine, { program });
    await world.up();
    const one = await world.thumbprint("on-call");
    expect(await served()).toBe(one);

    world.at("2027-09-05");
    world.emulator.setStatus(world.subscription(1), "disabled");
    const failed = await world.tryUp({ continueOnError: true });
    expect(failed.succeeded).toBe(false);
    const two = await world.thumbprint("on-call");
    expect(two).not.toBe(one);
    expect(await served()).toBe(one);
    await expectServedIsAccepted();

    world.emulator.setStatus(world.subscription(1), "active");
    await world.up();
    expect(await served()).toBe(two);
    await expectServedIsAccepted();
  });

  it.runIf(isStageOfAll(engine))("is refused where a link was left out with --target, and says which", async () => {
    world = await World.start(engine, { program });
    await world.up();
    const one = await world.thumbprint("on-call");
    world.at("2027-09-05");
    const { deployment } = (await world.export()) as unknown as { deployment: { resources: { urn: string }[] } };
    const targets = deployment.resources
      .map(({ urn }) => urn)
      .filter((urn) => ["on-call", "link0", "consumer"].some((name) => urn.endsWith(`::${name}`)));
    const partial = await world.tryUp({ targets });
    expect(partial.succeeded).toBe(false);
    expect(partial.text).toMatch(
      new RegExp(`is not handed out: subscription ${world.subscription(1)} does not accept it.*--target`),
    );
    expect(partial.text).not.toMatch(/^\s+at \S/m);
    expect(await served()).toBe(one);
    await expectServedIsAccepted();

    await world.up();
    expect(await served()).toBe(await world.thumbprint("on-call"));
    await expectServedIsAccepted();
  });
});
