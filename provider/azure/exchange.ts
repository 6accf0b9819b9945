import type { Dispatcher } from "undici";
import { longestRedirectChain } from "../defaults";
import { failureOf, RequestFailed } from "./failure";
import { assertTrustedAddress } from "./knownClouds";
import { httpDate, retryAfterMs } from "./retryAfter";
import type { Protocol } from "./service";

export interface ServiceRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the endpoint, with its leading slash. */
  readonly path: string;
  readonly body?: string;
}

/** An answer that is a success. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string | null;
  readonly serverDate: Date | null;
}

export interface ExchangeOptions {
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly client: Dispatcher;
  readonly bearerToken: string | null;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Called right before anything that may change something is sent. */
  readonly beforeEffect: () => Promise<void>;
}

/**
 * Sends one request and reads its answer, following a few redirects to hosts that are trusted.
 *
 * @throws RequestFailed for everything but a success; whatever aborted the signal; ConfigurationError for a redirect elsewhere
 */
export async function exchange(request: ServiceRequest, options: ExchangeOptions): Promise<ServiceAnswer> {
  let url = new URL(request.path, options.endpoint);
  for (let redirects = 0; ; redirects++) {
    if (request.method !== "GET") {
      await options.beforeEffect();
    }
    const { status, header, body } = await send(url, request, options);
    const location = header("location");
    if (status === 307 && location !== null && redirects < longestRedirectChain) {
      const next = URL.parse(location, url.href);
      if (next === null) {
        throw new RequestFailed({ kind: "unreadable", detail: "it redirects to no address", requestId: null });
      }
      assertTrustedAddress(next, `A redirect from ${url.host}`, [options.endpoint]);
      url = next;
      continue;
    }
    const requestId = header(options.protocol.requestIdHeader);
    const serverDate = httpDate(header("date"));
    if (status >= 200 && status < 300) {
      return { status, body, requestId, serverDate };
    }
    const error = options.protocol.readError(body);
    throw new RequestFailed({
      kind: "answer",
      status,
      serviceCode: error?.code ?? null,
      message: error?.message ?? null,
      requestId,
      retryAfterMs: retryAfterMs(header("retry-after"), serverDate, options.now()),
    });
  }
}

async function send(
  url: URL,
  { method, body }: ServiceRequest,
  { protocol, client, bearerToken, signal }: ExchangeOptions,
) {
  try {
    const response = await client.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      body: body ?? null,
      signal,
      headers: {
        ...protocol.headers,
        "user-agent": "pulumi-azure-certificates",
        accept: protocol.mediaType,
        ...(body === undefined ? {} : { "content-type": protocol.mediaType }),
        ...(bearerToken === null ? {} : { authorization: `Bearer ${bearerToken}` }),
      },
    });
    const header = (name: string): string | null => {
      const value = response.headers[name];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    };
    return { status: response.statusCode, header, body: await response.body.text() };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) {
      throw error;
    }
    throw new RequestFailed(failure);
  }
}
