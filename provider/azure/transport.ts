import pRetry from "p-retry";
import { requestTimeoutMs, totalBudgetMs } from "../defaults";
import { type ErrorFacts, RetriesExhaustedError } from "../errors";
import type { Ports } from "../ports";
import type { ClientPools } from "./clientPools";
import { type Credential, signerOf } from "./credential";
import { exchange, type ServiceAnswer, type ServiceRequest } from "./exchange";
import { type Failure, RequestFailed } from "./failure";
import { decideRetry, isThrottling } from "./retry";
import type { RequestContext, Service, ServiceAddress } from "./service";
import type { Throttles } from "./throttle";
import { type Patience, ThrottleClosed } from "./throttleGate";

export interface CallOptions {
  /** Ends the call at once; its reason is what the call rejects with. */
  readonly signal?: AbortSignal;
  /**
   * Time for the call with all its attempts and waits, in milliseconds. Default 15 minutes. Waits at the throttle count
   * only as long as the service accepts nothing of anybody: a long line that moves is no reason to give up.
   */
  readonly budgetMs?: number;
}

/** What a call is about, for the words of its errors. */
export type CallPurpose<At extends ServiceAddress> = Pick<RequestContext<At>, "at" | "purpose" | "thumbprint">;

/** An answer, and whom it was given to. */
export type AuthenticatedAnswer = ServiceAnswer & {
  /** Thumbprint of the certificate; null for a token. */
  readonly authenticatedWith: string | null;
  /** For records: that thumbprint, or the application of a token. */
  readonly signedInAs: string;
};

/** Sends one request of an attempt. @throws RequestFailed */
export type Send = (request: ServiceRequest) => Promise<AuthenticatedAnswer>;

/** What one call has of its budget, and what of its time went by at the throttle. */
interface CallTime extends Patience {
  throttledMs: number;
}

/** What all services of one process share. */
export interface SharedTransport {
  readonly ports: Ports;
  readonly pools: ClientPools;
  readonly throttles: Throttles;
}

/** One way to a service for the whole process: its credentials and retries, over shared connections and throttles. */
export class Transport<At extends ServiceAddress> {
  readonly #service: Service<At>;
  readonly #ports: Ports;
  readonly #pools: ClientPools;
  readonly #throttles: Throttles;
  /** Which credential an address accepted last. */
  readonly #accepted = new Map<string, Credential>();

  constructor(service: Service<At>, { ports, pools, throttles }: SharedTransport) {
    this.#service = service;
    this.#ports = ports;
    this.#pools = pools;
    this.#throttles = throttles;
  }

  /**
   * Carries out one attempt, and again as long as its failure is worth it and the budget lasts.
   *
   * @throws whatever aborted the call; RetriesExhaustedError ERR_RETRIES_EXHAUSTED; otherwise the error of the last failure
   */
  async call<T>(
    purpose: CallPurpose<At>,
    { signal: ownSignal, budgetMs = totalBudgetMs }: CallOptions,
    attempt: (send: Send) => Promise<T>,
  ): Promise<T> {
    const { monotonicMs, random, sleep } = this.#ports;
    const signal =
      ownSignal === undefined
        ? AbortSignal.any([this.#ports.signal])
        : AbortSignal.any([this.#ports.signal, ownSignal]);
    const startedMs = monotonicMs();
    const time: CallTime = { signal, startedMs, budgetMs, throttledMs: 0 };
    let shown: readonly Credential[] = [];
    let attempts = 0;
    let transientFailures = 0;
    let gaveUp = false;

    const send: Send = async (request) => {
      const tried: Credential[] = [];
      shown = tried;
      return this.#send(request, { at: purpose.at, time, tried });
    };

    /** Waits as decided. False: this was the last attempt. */
    const waitForNext = async (failure: Failure): Promise<boolean> => {
      const throttled = isThrottling(failure);
      transientFailures += throttled ? 0 : 1;
      const decision = decideRetry(failure, {
        attempt: transientFailures,
        elapsedMs: monotonicMs() - startedMs - time.throttledMs,
        budgetMs,
        random: random(),
      });
      if (decision.action === "fail") {
        gaveUp = decision.because !== "permanent";
        return false;
      }
      if (decision.because === "transient") {
        await sleep(decision.afterMs, signal);
      }
      // Throttled: the wait is at the throttle, together with everybody else.
      return true;
    };

    try {
      return await pRetry(
        () => {
          attempts++;
          return attempt(send);
        },
        {
          retries: Number.POSITIVE_INFINITY,
          // The waiting is ours: it goes through the clock that was handed in.
          minTimeout: 0,
          signal,
          shouldRetry: ({ error }) => error instanceof RequestFailed && waitForNext(error.failure),
        },
      );
    } catch (error) {
      if (error instanceof RequestFailed || error instanceof ThrottleClosed) {
        const cause = this.#service.errorFor(error.failure, { ...purpose, shown });
        if (!gaveUp && error instanceof RequestFailed) {
          throw cause;
        }
        // Whom the throttle turned away has not tried once more.
        const tried = error instanceof ThrottleClosed ? attempts - 1 : attempts;
        throw exhausted(purpose, this.#service.factsOf(purpose.at), tried, monotonicMs() - startedMs, cause);
      }
      throw error;
    }
  }

  async #send(
    request: ServiceRequest,
    call: { at: At; time: CallTime; tried: Credential[] },
  ): Promise<AuthenticatedAnswer> {
    let refusal: RequestFailed | undefined;
    for await (const credential of this.#candidates(call.at)) {
      call.tried.push(credential);
      try {
        const answer = await this.#sendAs(credential, request, call);
        this.#accepted.set(this.#service.keyOf(call.at), credential);
        return { ...answer, authenticatedWith: credential.thumbprint, signedInAs: signerOf(credential) };
      } catch (error) {
        if (!(error instanceof RequestFailed && this.#service.isRefusal(error.failure))) {
          throw error;
        }
        refusal = error;
      }
    }
    this.#accepted.delete(this.#service.keyOf(call.at));
    throw refusal ?? new Error("an address without a candidate passed unnoticed");
  }

  /** The one that was accepted last, then the rest in their order. */
  async *#candidates(at: At): AsyncGenerator<Credential, void> {
    const accepted = this.#accepted.get(this.#service.keyOf(at));
    if (accepted !== undefined) {
      yield accepted;
    }
    for await (const credential of this.#service.candidates(at)) {
      if (credential !== accepted) {
        yield credential;
      }
    }
  }

  async #sendAs(
    credential: Credential,
    request: ServiceRequest,
    { at, time }: { at: At; time: CallTime },
  ): Promise<ServiceAnswer> {
    const { now, monotonicMs, beforeEffect } = this.#ports;
    const { signal, startedMs, budgetMs } = time;
    const client = await this.#pools.for(credential);
    const bearerToken = credential.kind === "token" ? await credential.token(at.endpoint, signal) : null;
    const inLineMs = monotonicMs();
    const passage = await this.#throttles.for(at.endpoint, this.#service.keyOf(at)).enter(time);
    time.throttledMs += monotonicMs() - inLineMs;
    const leftMs = startedMs + budgetMs + time.throttledMs - monotonicMs();
    const timeoutMs = Math.max(1, Math.ceil(Math.min(requestTimeoutMs, leftMs)));
    try {
      const answer = await exchange(request, {
        protocol: this.#service.protocol,
        endpoint: at.endpoint,
        client,
        bearerToken,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        now,
        beforeEffect,
      });
      passage.accepted();
      return answer;
    } catch (error) {
      if (error instanceof RequestFailed && isThrottling(error.failure)) {
        passage.refused(error.failure);
      } else {
        passage.failed();
      }
      signal.throwIfAborted();
      throw error;
    }
  }
}

function exhausted(
  { purpose, thumbprint }: CallPurpose<ServiceAddress>,
  facts: ErrorFacts,
  attempts: number,
  elapsedMs: number,
  cause: Error,
): RetriesExhaustedError {
  const [last] = cause.message.split("\n");
  return new RetriesExhaustedError({
    what: `Gave up trying to ${purpose} after ${attempts} ${attempts === 1 ? "attempt" : "attempts"} in ${(elapsedMs / 1000).toFixed(1)} s. The last failure: ${last}`,
    todo: "What was done so far is kept; run again to go on.",
    facts: { ...facts, thumbprint: thumbprint ?? undefined },
    attempts,
    elapsedMs,
    cause,
  });
}
