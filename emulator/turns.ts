import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

/** More than a client can send in one go; who has that many unanswered only wants to fill the memory. */
const mostWaiting = 5_000;

/**
 * Serves the requests of one connection one after the other. A client may send several without waiting for the answers,
 * and then each has to see what those before it did (RFC 9112, section 9.3.2).
 */
export class Turns {
  readonly #lines = new WeakMap<Socket, { last: Promise<void>; waiting: number }>();

  /** Serves a request when those before it are served. Never rejects; a connection that is gone is not served. */
  take(socket: Socket, serve: () => Promise<void>): void {
    const line = this.#lines.get(socket) ?? { last: Promise.resolve(), waiting: 0 };
    this.#lines.set(socket, line);
    line.waiting += 1;
    if (line.waiting > mostWaiting) {
      socket.destroy();
    }
    line.last = line.last
      // Node can't pause a TLS connection whose answers come while its requests are still being parsed: it would break it.
      .then(() => nextTurn())
      .then(() => (socket.destroyed ? undefined : serve()))
      .catch(() => {
        socket.destroy();
      })
      .finally(() => {
        line.waiting -= 1;
      });
  }
}
