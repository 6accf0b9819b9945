const pulumi = require("@pulumi/pulumi");
const { ManagementCertificate, SubscriptionCertificateLink, credential } = require("pulumi-azure-certificates");

const config = new pulumi.Config();

// A key pair and a certificate for the deployment pipeline: valid for a year, due after eight months.
const pipeline = new ManagementCertificate("pipeline", { organization: "Contoso" });

// Each subscription accepts it and, for a week after every rotation, its predecessor.
const links = config
  .requireObject("subscriptions")
  .map(
    (subscriptionId, index) =>
      new SubscriptionCertificateLink(`pipeline-${index + 1}`, { subscriptionId, certificate: pipeline }),
  );

// The key, once every subscription accepts it. Secret.
exports.credential = credential({ certificate: pipeline, links }).combinedPem;
exports.thumbprint = pipeline.thumbprint;
exports.renewalTime = pipeline.renewalTime;
