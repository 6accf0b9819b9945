import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { pemBlocks } from "../certificate/pem";
import { AsOfError } from "../errors";
import type { ProviderConfiguration } from "./configuration";
import { isLoopback } from "./knownClouds";
import { readPublicFile } from "./protectedFile";

/** Common name of the authority that every emulator makes for itself at its start. */
const emulatorAuthority = "pulumi-azure-certificates emulator";
const handshakeTimeoutMs = 10_000;

/**
 * Lets a change pass unless it would be made for another day than today: with `AZURE_CERTIFICATES_AS_OF` set, only the
 * emulator may be changed. That it is the emulator is proved by its own authority's signature, not by its address.
 *
 * @throws AsOfError ERR_AS_OF
 */
export async function assertMayChangeAsOf(
  configuration: Pick<ProviderConfiguration, "asOf" | "caCertificatePath">,
  endpoint: string,
): Promise<void> {
  const { asOf, caCertificatePath } = configuration;
  if (asOf === null) {
    return;
  }
  const refuse = (why: string) =>
    new AsOfError({
      what: `Nothing is changed as of ${asOf.toISOString().slice(0, 19)}Z: ${why}.`,
      todo: "Unset AZURE_CERTIFICATES_AS_OF (or leave --as-of out) to change something today; with it, preview only.",
      facts: { endpoint },
    });
  const url = new URL(endpoint);
  if (!isLoopback(url.hostname)) {
    throw refuse("the endpoint is not on this machine, so it is not the emulator");
  }
  if (caCertificatePath === null) {
    throw refuse(
      "azure-certificates:caCertificatePath is not set, so the endpoint can't prove that it is the emulator",
    );
  }
  const authorities = (await readPublicFile(caCertificatePath, "azure-certificates:caCertificatePath")).toString(
    "utf8",
  );
  const presented = await handshake(url, authorities).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`the endpoint did not prove that it is the emulator (${error.code ?? error.message})`);
  });
  if (!signedByEmulator(presented, authorities)) {
    throw refuse("the endpoint's certificate is not signed by the emulator's authority");
  }
}

function signedByEmulator(presented: X509Certificate, authorities: string): boolean {
  return pemBlocks(authorities)
    .filter(({ label }) => label === "CERTIFICATE")
    .map(({ bytes }) => new X509Certificate(bytes))
    .some(
      (authority) =>
        authority.subject.split("\n").includes(`CN=${emulatorAuthority}`) &&
        presented.checkIssued(authority) &&
        presented.verify(authority.publicKey),
    );
}

/** The certificate of a server that passes verification against these authorities and no other. */
async function handshake(url: URL, ca: string): Promise<X509Certificate> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate>();
  const socket = connect({
    host,
    port: Number(url.port || 443),
    ca,
    rejectUnauthorized: true,
    timeout: handshakeTimeoutMs,
  });
  socket.once("secureConnect", () => {
    const presented = socket.getPeerX509Certificate();
    if (presented === undefined) {
      reject(new Error("no certificate"));
    } else {
      resolve(presented);
    }
  });
  socket.once("timeout", () => reject(new Error("no answer")));
  socket.once("error", reject);
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
