import type { Server, Socket } from "node:net";

/**
 * Bounds how many connections are open. One more than that takes the place of the one that has been quiet longest, so
 * that whoever holds many idle ones shuts out nobody who has something to ask.
 */
export class Connections {
  /** By the caller's address, which a TLS socket shares with the plain one below it; the quietest first. */
  readonly #open = new Map<string, Socket>();

  constructor(server: Server, most: number) {
    server.on("connection", (socket) => {
      const caller = callerOf(socket);
      this.#open.set(caller, socket);
      socket.once("close", () => {
        // The same port may have been used again before this one was reported as closed.
        if (this.#open.get(caller) === socket) {
          this.#open.delete(caller);
        }
      });
      const [quietest] = this.#open.values();
      if (this.#open.size > most) {
        quietest?.destroy();
      }
    });
  }

  /** To be told of each request. */
  used(by: Socket): void {
    const caller = callerOf(by);
    const socket = this.#open.get(caller);
    if (socket !== undefined) {
      this.#open.delete(caller);
      this.#open.set(caller, socket);
    }
  }
}

function callerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
