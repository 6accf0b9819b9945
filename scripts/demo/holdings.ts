import { X509Certificate } from "node:crypto";
import type { createColors } from "picocolors";
import type { Emulator } from "../../emulator/emulator";

/** What the emulator's subscriptions hold, as a portal would list it; the certificate that the run signs in with is left out. */
export function holdings(
  emulator: Emulator,
  doors: Readonly<Record<string, string>>,
  colours: ReturnType<typeof createColors>,
): string {
  const lines = [colours.bold("Azure now holds:")];
  for (const [subscriptionId, name] of Object.entries(doors)) {
    lines.push(`  ${name.padEnd(11)} ${colours.dim(subscriptionId)}`);
    const registered = emulator
      .certificates(subscriptionId)
      .filter(({ thumbprint }) => thumbprint !== emulator.credentialThumbprint)
      .toSorted((left, right) => (left.createdAt < right.createdAt ? -1 : 1));
    if (registered.length === 0) {
      lines.push(colours.dim("    nothing"));
    }
    for (const { thumbprint, der, createdAt } of registered) {
      const certificate = new X509Certificate(der);
      const commonName = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject;
      const ours = certificate.subjectAltName?.includes("urn:uuid:") === true;
      const until = certificate.validToDate.toISOString().slice(0, 10);
      lines.push(
        `    ${colours.green(`${thumbprint.slice(0, 8)}…`)} ${commonName.padEnd(18)} since ${createdAt.slice(0, 10)}, valid until ${until}${ours ? "" : colours.dim("   (somebody else's)")}`,
      );
    }
  }
  return lines.join("\n");
}
