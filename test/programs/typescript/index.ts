import * as pulumi from "@pulumi/pulumi";
import type { ManagementCertificateArgs } from "pulumi-azure-certificates";
import { credential, ManagementCertificate, SubscriptionCertificateLink } from "pulumi-azure-certificates";

const args: ManagementCertificateArgs = { organization: "Contoso", holders: ["alice"], rsaBits: 2048 };
const [subscriptionId] = new pulumi.Config().requireObject<string[]>("subscriptions");
const certificate = new ManagementCertificate("pipeline", args);
const link = new SubscriptionCertificateLink("pipeline-production", {
  subscriptionId: pulumi.output(subscriptionId),
  certificate,
});

export const thumbprint: pulumi.Output<string> = certificate.thumbprint;
export const accepted = link.registered.apply((registered) => registered.map((entry) => entry.thumbprint));
export const combinedPem = credential({ certificate, links: [link] }).combinedPem;
