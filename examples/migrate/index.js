const pulumi = require("@pulumi/pulumi");
const {
  ApplicationCertificateLink,
  ManagementCertificate,
  SubscriptionCertificateLink,
  credential,
} = require("pulumi-azure-certificates");

const config = new pulumi.Config();
const team = config.requireObject("team"); // [{ name: "deploy", subscriptionId: "<GUID>", appId: "<GUID>" }]
const step = config.requireNumber("step"); // 1: subscriptions, as until now. 2: both. 3: applications.

exports.keys = {};
for (const { name, subscriptionId, appId } of team) {
  const certificate = new ManagementCertificate(name, { organization: "Contoso" });
  const links = [];
  if (step <= 2) {
    links.push(new SubscriptionCertificateLink(`${name}-subscription`, { subscriptionId, certificate }));
  }
  if (step >= 2) {
    links.push(new ApplicationCertificateLink(`${name}-application`, { appId, certificate }));
  }
  // Secret, and only once every door of this step accepts it.
  exports.keys[name] = credential({ certificate, links }).combinedPem;
}
