import { randomBytes } from "node:crypto";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { createServer, type Server } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { subscriptionOf } from "./addresses";
import { readCaller } from "./caller";
import { Connections } from "./connections";
import { type ControlSettings, control, refusal } from "./control";
import { ServiceError, serviceErrors } from "./errors";
import type { FaultAction } from "./faults";
import type { Identity } from "./identity";
import type { Answer, Plane, Served } from "./plane";
import { readBody } from "./requestBody";
import { thumbprintOf } from "./thumbprint";
import { Turns } from "./turns";

export interface ServerSettings extends ControlSettings {
  readonly planeAt: (path: string) => Plane;
  readonly identity: Identity;
  /** The only caller of the control endpoints. */
  readonly credentialThumbprint: string;
  /** Time for a request to arrive, for a handshake, and for an answer to be taken. */
  readonly requestTimeoutMs: number;
  readonly maximumConnections: number;
  /** Ends the waits of slow answers. */
  readonly stopping: AbortSignal;
}

/** As long as the real service: a client that pauses for seconds must not find its connection half closed. */
const keepAliveMs = 120_000;

/** The HTTPS server of the emulator: every request comes in here, and every answer leaves here. */
export function createEmulatorServer(settings: ServerSettings): Server {
  const { identity, requestTimeoutMs, maximumConnections } = settings;
  const server = createServer(
    {
      key: identity.serverKeyPem,
      cert: identity.serverCertificatePem,
      minVersion: "TLSv1.2",
      requestCert: true,
      // Management certificates are self-signed: there is no chain to verify. The handshake proves that the caller has
      // the key, and whether the certificate is registered is for the subscription to say, with a 403.
      rejectUnauthorized: false,
      handshakeTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs),
      keepAliveTimeout: keepAliveMs,
    },
    (request, response) => {
      connections.used(request.socket);
      turns.take(request.socket, () => handle(settings, request, response));
    },
  );
  const connections = new Connections(server, maximumConnections);
  const turns = new Turns();
  return server;
}

async function handle(settings: ServerSettings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "/" } = request;
  const [path = "/", query = ""] = url.split("?", 2);
  const certificate = request.socket instanceof TLSSocket ? request.socket.getPeerX509Certificate() : undefined;
  if (/^\/emulator(\/|$)/.test(path)) {
    const isAdministrator =
      certificate !== undefined && thumbprintOf(certificate.raw) === settings.credentialThumbprint;
    const { status, content } = isAdministrator
      ? await control(settings, method, path, () => readBody(request))
      : refusal(403, "The control endpoints want the credential that the emulator started with.");
    limitTaking(response, settings);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(content));
    return;
  }

  const requestId = randomBytes(16).toString("hex");
  const plane = settings.planeAt(path);
  const subscriptionId = subscriptionOf(path);
  const caller = readCaller(certificate, request.headers);
  const fault = settings.faults.next({ method, path, subscriptionId });
  const record = (outcome: { status: number | null; code?: string; thumbprint?: string }) =>
    settings.journal.record({
      at: settings.clock.now().toISOString(),
      method,
      path,
      subscriptionId,
      callerThumbprint: caller.certificate?.thumbprint ?? null,
      requestId,
      ...outcome,
      ...(fault === null ? {} : { fault: fault.kind }),
    });

  if (fault?.kind === "reset" && fault.when === "before") {
    record({ status: null });
    request.socket.destroy();
    return;
  }
  let served: Served;
  let code: string | undefined;
  try {
    await pause(fault, "before", settings.stopping);
    throwScripted(fault, path, plane);
    served = await plane.serve({
      method,
      path,
      query: new URLSearchParams(query),
      headers: request.headers,
      caller,
      requestId,
      body: () => readBody(request),
      staleChanges: fault?.kind === "staleList" ? fault.changes : 0,
      isDisabled: fault?.kind === "disabled",
    });
  } catch (error) {
    if (request.errored !== null || settings.stopping.aborted) {
      record({ status: null });
      response.destroy();
      return;
    }
    // Anything else is a bug or a full disk; its words may name local paths and stay here.
    const refused = error instanceof ServiceError ? error : plane.internal();
    code = refused.code;
    served = { answer: plane.errorAnswer(refused, requestId), thumbprint: null };
  }
  const isCutOff = fault?.kind === "reset" || fault?.kind === "truncate";
  record({
    status: isCutOff ? null : served.answer.status,
    ...(code === undefined ? {} : { code }),
    ...(served.thumbprint === null ? {} : { thumbprint: served.thumbprint }),
  });
  await pause(fault, "after", settings.stopping);
  if (fault?.kind === "reset") {
    request.socket.destroy();
    return;
  }
  limitTaking(response, settings);
  const offMs = fault?.kind === "clockOff" ? fault.seconds * 1_000 : 0;
  const date = new Date(settings.clock.now().getTime() + offMs);
  send(response, served.answer, plane.headers(requestId), date, fault?.kind === "truncate" ? fault.part : null);
}

/** Without a limit, a client that does not read what it asked for would keep its connection for ever. */
function limitTaking(response: ServerResponse, { requestTimeoutMs }: ServerSettings): void {
  response.setTimeout(requestTimeoutMs, () => response.destroy());
}

async function pause(fault: FaultAction | null, when: "before" | "after", signal: AbortSignal): Promise<void> {
  if (fault?.kind === "slow" && fault.when === when) {
    await wait(fault.milliseconds, undefined, { signal });
  }
}

/** @throws {ServiceError} the one that the script asks for. */
function throwScripted(fault: FaultAction | null, path: string, plane: Plane): void {
  switch (fault?.kind) {
    case "throttle":
      throw plane.tooManyRequests(fault.status ?? 429, fault.retryAfter ?? null);
    case "status":
      throw new ServiceError(
        fault.status,
        fault.code,
        fault.message,
        fault.retryAfter === undefined ? {} : { "Retry-After": fault.retryAfter },
      );
    case "redirect":
      throw serviceErrors.redirect(locationOf(fault.location, path));
  }
}

/** Without a path of its own, the path of the request. */
function locationOf(location: string, path: string): string {
  if (location.startsWith("/")) {
    return location === "/" ? path : location;
  }
  const address = new URL(location);
  return address.pathname === "/" ? new URL(path, address).href : address.href;
}

function send(
  response: ServerResponse,
  answer: Answer,
  { contentType, others }: ReturnType<Plane["headers"]>,
  date: Date,
  cutOff: "headers" | "body" | null,
): void {
  const body = Buffer.from(answer.body);
  // Written by hand, in the service's order: the date is the emulator's, and there is no Connection header.
  response.removeHeader("Connection");
  response.setHeader("Cache-Control", "no-cache");
  response.setHeader("Content-Length", body.length);
  if (body.length > 0) {
    response.setHeader("Content-Type", contentType);
  }
  for (const [name, value] of [...Object.entries(answer.headers), ...Object.entries(others)]) {
    response.setHeader(name, value);
  }
  response.setHeader("Date", date.toUTCString());
  if (cutOff === "headers") {
    const headers = response.getHeaderNames().map((name) => `${name}: ${String(response.getHeader(name))}\r\n`);
    const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${headers.join("")}`;
    response.socket?.write(head.slice(0, head.length / 2), () => response.destroy());
    return;
  }
  response.writeHead(answer.status);
  if (cutOff === null) {
    response.end(body);
  } else if (body.length === 0) {
    response.destroy();
  } else {
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  }
}
