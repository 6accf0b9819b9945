import * as pulumi from "@pulumi/pulumi";
import { credential, ManagementCertificate, SubscriptionCertificateLink } from "pulumi-azure-certificates";

const config = new pulumi.Config();

// A key pair and a certificate for the deployment pipeline: valid for a year, due after eight months.
const pipeline = new ManagementCertificate("pipeline", { organization: "Contoso" });

// Each subscription accepts it and, for a week after every rotation, its predecessor.
const links = config
  .requireObject<string[]>("subscriptions")
  .map(
    (subscriptionId, index) =>
      new SubscriptionCertificateLink(`pipeline-${index + 1}`, { subscriptionId, certificate: pipeline }),
  );

// The key, once every subscription accepts it. Secret.
export const handedOut = credential({ certificate: pipeline, links }).combinedPem;
export const { thumbprint, renewalTime } = pipeline;
