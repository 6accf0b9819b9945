import { generateRsaKeyPair } from "../provider/certificate/keyPair";
import { localEngine } from "../test/support/localEngine";
import { certificateOf } from "../test/support/manyCertificates";
import { World } from "../test/support/world";
import type { Figure } from "./figure";

const start = "2027-01-01";

/** How often a refresh asks the service, however many links there are. */
export async function measureRefreshRequests(): Promise<readonly Figure[]> {
  const { privateKeyPem } = await generateRsaKeyPair(2048);
  const figures: Figure[] = [];
  for (const { links, subscriptions } of [
    { links: 1, subscriptions: 1 },
    { links: 10, subscriptions: 1 },
    { links: 100, subscriptions: 1 },
    { links: 100, subscriptions: 10 },
  ]) {
    const certificates = Array.from(
      { length: links },
      (_, index) => certificateOf(privateKeyPem, `link-${index}`, new Date(start)).pem,
    );
    figures.push(await refreshed(certificates, subscriptions));
  }
  return figures;
}

async function refreshed(certificates: readonly string[], subscriptions: number): Promise<Figure> {
  const limit = certificates.length + 1;
  const world = await World.start(localEngine(), {
    now: start,
    subscriptions,
    emulator: { certificateLimit: limit },
    config: { "azure-certificates:certificateLimit": String(limit) },
    program,
  });
  try {
    // Not in the configuration, which travels in one variable of the environment: it is too small for a hundred of them.
    world.project.addModule("certificates", `module.exports = ${JSON.stringify(certificates)};`);
    await world.up();
    world.emulator.clearJournal();
    const { succeeded, text } = await world.refresh();
    if (!succeeded) {
      throw new Error(text);
    }
    return {
      name: `${certificates.length} ${certificates.length === 1 ? "link" : "links"} on ${subscriptions} ${subscriptions === 1 ? "subscription" : "subscriptions"}`,
      value: world.emulator.journal().length,
      unit: subscriptions === 1 ? "request" : "requests",
      goal: { atMost: subscriptions, atLeast: subscriptions },
      how: "Every request that reached the emulator during one refresh of all links. Each subscription is listed once.",
    };
  } finally {
    await world.stop();
  }
}

const program = `
const pulumi = require("@pulumi/pulumi");
const { SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const subscriptions = new pulumi.Config().requireObject("subscriptions");
require("certificates").forEach((certificatePem, index) => {
  const subscriptionId = subscriptions[index % subscriptions.length];
  new SubscriptionCertificateLink("link-" + index, { subscriptionId, certificatePem });
});
`;
