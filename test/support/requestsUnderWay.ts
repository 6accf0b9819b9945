import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Counts the requests of this process's HTTP client that are not answered yet. */
export class RequestsUnderWay {
  readonly #requests = new Set<unknown>();
  #begun = 0;
  readonly #began = (message: unknown) => {
    this.#begun++;
    this.#requests.add(requestOf(message));
  };
  readonly #ended = (message: unknown) => this.#requests.delete(requestOf(message));

  constructor() {
    subscribe("undici:request:create", this.#began);
    subscribe("undici:request:trailers", this.#ended);
    subscribe("undici:request:error", this.#ended);
  }

  get count(): number {
    return this.#requests.size;
  }

  /** All requests so far. */
  get begun(): number {
    return this.#begun;
  }

  stop(): void {
    unsubscribe("undici:request:create", this.#began);
    unsubscribe("undici:request:trailers", this.#ended);
    unsubscribe("undici:request:error", this.#ended);
  }
}

function requestOf(message: unknown): unknown {
  return typeof message === "object" && message !== null && "request" in message ? message.request : message;
}
