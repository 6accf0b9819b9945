interface LinkText {
  readonly name: string;
  readonly subscription?: number;
  /** More arguments, as JavaScript text: `removeFirst: true`. */
  readonly args?: string;
  /** Resource options, as JavaScript text. */
  readonly options?: string;
}

/** The text of a program with one certificate, named `on-call`, and links of it. */
export function onCallProgram(certificateArgs: string, links: readonly (LinkText | string)[]): string {
  const lines = links.map((link) => {
    const { name, subscription = 0, args = "", options = "{}" } = typeof link === "string" ? { name: link } : link;
    return `new SubscriptionCertificateLink("${name}", { subscriptionId: subscriptions[${subscription}], certificate, ${args} }, ${options});`;
  });
  return `
const pulumi = require("@pulumi/pulumi");
const { ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const subscriptions = new pulumi.Config().requireObject("subscriptions");
const certificate = new ManagementCertificate("on-call", { ${certificateArgs} });
${lines.join("\n")}
`;
}
