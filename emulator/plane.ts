import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "./caller";
import type { ServiceError } from "./errors";

/** One request, as the rules of a service see it. */
export interface PlaneRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  readonly requestId: string;
  /** Reads the body. @throws {ServiceError} BadRequest if it is too large. */
  readonly body: () => Promise<Buffer>;
  /** How many changes a read lags behind. */
  readonly staleChanges: number;
  /** Answers as if the subscription or application, when it is active, were disabled. */
  readonly isDisabled: boolean;
}

/** What is sent back, without the headers that every answer of the plane has. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: no Content-Type either. */
  readonly body: string;
}

/** What the journal tells about an answer, beside the answer. */
export interface Served {
  readonly answer: Answer;
  /** The certificate that it was about. */
  readonly thumbprint: string | null;
}

/** One of the services that the emulator stands for; its addresses tell them apart. */
export interface Plane {
  /** Serves one request. @throws {ServiceError} for every answer that is no success. */
  serve(request: PlaneRequest): Promise<Served>;
  errorAnswer(error: ServiceError, requestId: string): Answer;
  /** What every answer says beside its length and its date, in the service's order. */
  headers(requestId: string): {
    readonly contentType: string;
    readonly others: Readonly<Record<string, string>>;
  };
  tooManyRequests(status: 429 | 503, retryAfter: string | null): ServiceError;
  /** For what the rules did not foresee. */
  internal(): ServiceError;
}
