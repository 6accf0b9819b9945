import { afterEach, describe, expect, it } from "vitest";
import { isStageOfAll, stages } from "../support/engine";
import { World } from "../support/world";

const program = `
const pulumi = require("@pulumi/pulumi");
const { ApplicationCertificateLink, credential, ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const config = new pulumi.Config();
const certificate = new ManagementCertificate("pipeline");
const links = [
  new SubscriptionCertificateLink("classic", { subscriptionId: config.requireObject("subscriptions")[0], certificate }),
  new ApplicationCertificateLink("entra", { appId: config.require("appId"), certificate, allowLast: true }),
];
exports.handedOut = credential({ certificate, links }).thumbprint;
`;

describe.each(stages().filter(isStageOfAll))(
  "an application and a subscription with one certificate, on the $title,",
  (stage) => {
    let world: World;
    afterEach(() => world.stop());

    it("accept it together, rotate with an overlap that the preview announces, and let go of it", async () => {
      world = await World.start(stage, { program });
      const { directory } = world.emulator;
      const [application] = directory.applications;
      world.project.addConfig({ appId: application?.appId ?? "" });
      const onApplication = () =>
        directory.keyCredentials(application?.objectId ?? "").map(({ thumbprint }) => thumbprint);

      const { outputs } = await world.up();
      const first = await world.thumbprint("pipeline");
      expect(outputs["handedOut"]).toBe(first);
      expect([world.registered(0), onApplication()]).toEqual([[first], [first]]);

      world.at("2027-10-01");
      expect((await world.preview()).text).toContain(
        `registers the successor of ${first.slice(0, 8)}… on application ${application?.appId}`,
      );
      await world.up();
      const second = await world.thumbprint("pipeline");
      expect(onApplication()).toEqual([first, second]);

      world.at("2027-10-08");
      await world.up();
      expect([world.registered(0), onApplication()]).toEqual([[second], [second]]);
      await world.destroy();
      expect([world.registered(0), onApplication()]).toEqual([[], []]);
    });
  },
);
