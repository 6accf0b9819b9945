import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

/** More than a client can send in one go; who has that many unanswered only wants to fill the memory. */
const mostWaiting = 5_000;
/** After so many in a row, the other connections have their turn. */
const mostInARow = 20;

/**
 * Serves the requests of one connection one after the other. A client may send several without waiting for the answers,
 * and then each has to see what those before it did (RFC 9112, section 9.3.2).
 */
export class Turns {
  readonly #lines = new WeakMap<Socket, (() => Promise<void>)[]>();

  /** Serves a request when those before it are served; if its connection is gone by then, not at all. */
  take(socket: Socket, serve: () => Promise<void>): void {
    const waiting = this.#lines.get(socket);
    if (waiting === undefined) {
      const line = [serve];
      this.#lines.set(socket, line);
      void this.#serveAll(socket, line);
    } else if (waiting.push(serve) > mostWaiting) {
      socket.destroy();
    }
  }

  async #serveAll(socket: Socket, line: (() => Promise<void>)[]): Promise<void> {
    try {
      for (let served = 0; line.length > 0 && !socket.destroyed; served += 1) {
        // Also before the first: what came in one piece is to be parsed to its end. While it does that, Node can't pause
        // a TLS connection for the answers that have not been taken yet, and breaks it instead.
        if (served % mostInARow === 0) {
          await nextTurn();
        }
        await line.shift()?.();
      }
    } catch {
      socket.destroy();
    } finally {
      this.#lines.delete(socket);
    }
  }
}
