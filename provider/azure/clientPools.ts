import type { Agent, Dispatcher } from "undici";
import { tryParseCertificate } from "../certificate/parse";
import { pemBlocks } from "../certificate/pem";
import { longestAnswerBytes, requestTimeoutMs } from "../defaults";
import { ConfigurationError } from "../errors";
import type { Credential } from "./credential";
import { readPublicFile } from "./protectedFile";

/** Sockets per credential and origin; beyond that, requests queue. */
const socketsPerOrigin = 64;

/** Keep-alive connections, apart for each credential: a connection stays signed in as whoever opened it. */
export interface ClientPools {
  for(credential: Credential): Promise<Dispatcher>;
  close(): Promise<void>;
}

/** @param caCertificatePath PEM file of the only authorities trusted; null: the machine's */
export function clientPools(caCertificatePath: string | null): ClientPools {
  const agents = new Map<Credential, Promise<Agent>>();
  let authorities: Promise<string | undefined> | undefined;

  async function open(credential: Credential): Promise<Agent> {
    authorities ??= readAuthorities(caCertificatePath);
    const ca = await authorities;
    // Only here: a preview, which asks Azure nothing, starts sooner without it.
    const { Agent } = await import("undici");
    return new Agent({
      // The classic service speaks HTTP/1.1.
      allowH2: false,
      connections: socketsPerOrigin,
      pipelining: 1,
      headersTimeout: requestTimeoutMs,
      bodyTimeout: requestTimeoutMs,
      maxResponseSize: longestAnswerBytes,
      connect: {
        rejectUnauthorized: true,
        timeout: 10_000,
        ...(ca === undefined ? {} : { ca }),
        ...(credential.kind === "certificate" ? credential.tls() : {}),
      },
    });
  }

  return {
    for: (credential) => {
      let agent = agents.get(credential);
      if (agent === undefined) {
        agent = open(credential);
        agents.set(credential, agent);
        // A file that could not be read may be there next time.
        agent.catch(() => {
          agents.delete(credential);
          authorities = undefined;
        });
      }
      return agent;
    },
    close: async () => {
      const opened = await Promise.allSettled(agents.values());
      agents.clear();
      await Promise.all(opened.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)));
    },
  };
}

async function readAuthorities(path: string | null): Promise<string | undefined> {
  if (path === null) {
    return undefined;
  }
  const text = (await readPublicFile(path, "azure-certificates:caCertificatePath")).toString("utf8");
  const certificates = pemBlocks(text).filter(({ label }) => label === "CERTIFICATE");
  if (certificates.length === 0 || certificates.some(({ bytes }) => tryParseCertificate(bytes) === null)) {
    throw new ConfigurationError({
      what: `azure-certificates:caCertificatePath names ${path}, which is no list of PEM certificates.`,
      todo: "Give the PEM file of the authority that signed the server's certificate.",
    });
  }
  return text;
}
