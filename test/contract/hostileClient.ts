import { readFileSync } from "node:fs";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { WireIdentity, WireTarget } from "./wire";

export interface Wires {
  readonly identity?: WireIdentity | null;
  /** Called with the open connection. */
  readonly speak: (socket: Socket) => void;
  readonly plain?: boolean;
}

/** Opens a connection, speaks, and listens until the server closes it. @returns what came */
export function conversation(emulator: WireTarget, { identity = null, speak, plain = false }: Wires): Promise<string> {
  const port = Number(new URL(emulator.endpoint).port);
  const socket = plain
    ? connectPlain(port, "127.0.0.1")
    : connectTls({ port, host: "127.0.0.1", ca: readFileSync(emulator.caCertificatePath), ...(identity ?? {}) });
  return new Promise((resolve) => {
    let heard = "";
    socket.on("data", (chunk) => {
      heard += String(chunk);
    });
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(heard));
    socket.once(plain ? "connect" : "secureConnect", () => speak(socket));
  });
}

/** The head of a request, with more headers after the usual ones. */
export function head(line: string, more = ""): string {
  return `${line}\r\nHost: x\r\nx-ms-version: 2014-10-01\r\n${more}\r\n`;
}
