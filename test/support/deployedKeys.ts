import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Key } from "./accessBook";
import type { ProbedDoors } from "./probedDoors";
import type { Project } from "./project";

/** A certificate of the program, and the doors that its credential is for. */
export interface DeployedCertificate {
  /** JavaScript text: `holders: ["alice"]`. */
  readonly args: string;
  /** Their numbers. */
  readonly doors: readonly number[];
}

/**
 * A program that hands each credential to a consumer the moment it resolves, as a real deployment of a secret would: into
 * a file, replaced at once. The key alone goes into another file as soon as it is made, for a probe that looks at
 * doors which nobody was given the key for yet.
 */
export function deployingProgram(
  certificates: Readonly<Record<string, DeployedCertificate>>,
  { linkText }: ProbedDoors,
): string {
  const parts = Object.entries(certificates).map(([name, { args, doors }]) => {
    const links = doors.map((door) => linkText(linkName(name, door), door));
    return `{
  const certificate = new ManagementCertificate("${name}", { ${args} });
  const links = [${links.join(", ")}];
  deploy("${name}.made.pem", pulumi.all([certificate.certificatePem, certificate.privateKeyPem]).apply((both) => both.join("")));
  deploy("${name}.handedOut.pem", credential({ certificate, links }).combinedPem);
}`;
  });
  return `
const { renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");
const { ApplicationCertificateLink, credential, ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const doors = new pulumi.Config().requireObject("doors");
function deploy(file, pem) {
  const path = join(__dirname, file);
  pem.apply((text) => {
    writeFileSync(path + ".new", text, { mode: 0o600 });
    renameSync(path + ".new", path);
  });
}
${parts.join("\n")}
`;
}

function linkName(certificate: string, door: number): string {
  return `${certificate}-${door}`;
}

/** What the consumer of the credential has at this moment (`handedOut`), or the newest key whoever may use it (`made`). */
export function deployedKey(project: Project, certificate: string, which: "handedOut" | "made"): Key | null {
  let pem: string;
  try {
    pem = readFileSync(join(project.directory, `${certificate}.${which}.pem`), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return null;
    }
    throw error;
  }
  const { fingerprint, validToDate } = new X509Certificate(pem);
  return { certificate, thumbprint: fingerprint.replaceAll(":", ""), pem, notAfter: validToDate };
}
