const pulumi = require("@pulumi/pulumi");
const { ManagementCertificate, SubscriptionCertificateLink, credential } = require("pulumi-azure-certificates");

const [subscriptionId] = new pulumi.Config().requireObject("subscriptions");
const certificate = new ManagementCertificate("pipeline", { organization: "Contoso", holders: ["alice"] });
const link = new SubscriptionCertificateLink("pipeline-production", { subscriptionId, certificate });

module.exports = {
  thumbprint: certificate.thumbprint,
  accepted: link.registered.apply((registered) => registered.map(({ thumbprint }) => thumbprint)),
  combinedPem: credential({ certificate, links: [link] }).combinedPem,
};
