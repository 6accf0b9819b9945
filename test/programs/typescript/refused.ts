// Compiled, never run: the compiler must refuse each line that says so, and no other.
import * as pulumi from "@pulumi/pulumi";
import { credential, ManagementCertificate, SubscriptionCertificateLink } from "pulumi-azure-certificates";

const certificate = new ManagementCertificate("pipeline", { rsaBits: pulumi.output(4096 as const) });
new ManagementCertificate("pipeline", { rsaBits: 1024 }); // refused
new ManagementCertificate("pipeline", { validityHours: 8760 }); // refused
new ManagementCertificate("pipeline", { holders: "alice" }); // refused
new SubscriptionCertificateLink("production", { certificate }); // refused
new SubscriptionCertificateLink("production", { subscriptionId: "", certificate: certificate.thumbprint }); // refused
new SubscriptionCertificateLink("production", { subscriptionId: "", whenRemovedElsewhere: "ignore" }); // refused
credential({ certificate }); // refused
export const days: pulumi.Output<number> = certificate.renewalTime; // refused
export const rotatedAt: pulumi.Output<string> = certificate.lastRotation.apply((rotation) => rotation?.at ?? "never");
