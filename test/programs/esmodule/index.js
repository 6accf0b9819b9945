import * as pulumi from "@pulumi/pulumi";
import { credential, ManagementCertificate, SubscriptionCertificateLink } from "pulumi-azure-certificates";

const [subscriptionId] = new pulumi.Config().requireObject("subscriptions");
const certificate = new ManagementCertificate("pipeline", { organization: "Contoso", holders: ["alice"] });
const link = new SubscriptionCertificateLink("pipeline-production", { subscriptionId, certificate });

export const thumbprint = certificate.thumbprint;
export const accepted = link.registered.apply((registered) => registered.map((entry) => entry.thumbprint));
export const combinedPem = credential({ certificate, links: [link] }).combinedPem;
