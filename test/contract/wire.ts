import { readFileSync } from "node:fs";
import type { ClientRequestArgs, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { Emulator } from "../../emulator/emulator";

/** A client certificate with its key. */
export interface WireIdentity {
  readonly key: string;
  readonly cert: string;
}

export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Default: the emulator's first credential. null: no client certificate. */
  readonly identity?: WireIdentity | null;
}

export interface WireAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values as they came, in order. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** What a client has to know of an emulator, in this process or another one. */
export type WireTarget = Pick<Emulator, "endpoint" | "caCertificatePath" | "credentialPath">;

export function credentialOf(emulator: WireTarget): WireIdentity {
  const pem = readFileSync(emulator.credentialPath, "utf8");
  return { key: pem, cert: pem };
}

/** Node refuses a header without a value; here it means not to send the usual one. */
function withoutUndefined(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** Sends one request as it is, on a connection of its own. */
export function send(emulator: WireTarget, wire: WireRequest): Promise<WireAnswer> {
  const { port } = new URL(emulator.endpoint);
  const identity = wire.identity === undefined ? credentialOf(emulator) : wire.identity;
  const options: ClientRequestArgs = {
    host: "127.0.0.1",
    port,
    method: wire.method ?? "GET",
    path: wire.path,
    headers: withoutUndefined({ "x-ms-version": "2014-10-01", ...wire.headers }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { ...options, agent: false, ca: readFileSync(emulator.caCertificatePath), ...(identity ?? {}) },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            statusText: incoming.statusMessage ?? "",
            headers: incoming.headers,
            rawHeaders: incoming.rawHeaders,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(wire.body);
  });
}
