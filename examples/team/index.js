const pulumi = require("@pulumi/pulumi");
const { ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");

const config = new pulumi.Config();
const people = config.requireObject("people"); // ["alice", "bob", "carol"]
const subscriptions = config.requireObject("subscriptions"); // { production: "<GUID>", staging: "<GUID>" }

// One certificate for each person, so that the portal's list says whose it is. Whoever is no longer listed in
// `people` loses certificate and links in the same update.
for (const person of people) {
  const certificate = new ManagementCertificate(person, { organization: "Contoso", holders: [person] });
  for (const [name, subscriptionId] of Object.entries(subscriptions)) {
    new SubscriptionCertificateLink(`${person}-${name}`, { subscriptionId, certificate });
  }
}

// One that they share: when one of its holders leaves, it is replaced at once, and what that person knew is revoked.
const shared = new ManagementCertificate("on-call", {
  organization: "Contoso",
  holders: people,
  validityPeriodHours: 4380,
});
for (const [name, subscriptionId] of Object.entries(subscriptions)) {
  new SubscriptionCertificateLink(`on-call-${name}`, { subscriptionId, certificate: shared });
}

exports.onCall = shared.thumbprint;
