import pRetry from "p-retry";
import { requestTimeoutMs, totalBudgetMs } from "../defaults";
import { RetriesExhaustedError } from "../errors";
import type { Ports } from "../ports";
import { type ClientPools, clientPools } from "./clientPools";
import type { ProviderConfiguration } from "./configuration";
import type { Credential } from "./credential";
import { type Credentials, credentials } from "./credentialSources";
import { exchange, type ServiceAnswer, type ServiceRequest } from "./exchange";
import { type Failure, RequestFailed } from "./failure";
import { decideRetry, isThrottling } from "./retry";
import { errorFor, isAuthenticationRefusal, type RequestContext } from "./serviceErrors";
import type { SubscriptionAddress } from "./subscriptionAddress";
import { subscriptionKey } from "./subscriptionAddress";
import { Throttles } from "./throttle";
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
export type CallPurpose = Pick<RequestContext, "at" | "purpose" | "thumbprint">;

/** An answer, and the thumbprint of the certificate that it was given to; null for a token. */
export type AuthenticatedAnswer = ServiceAnswer & { readonly authenticatedWith: string | null };

/** Sends one request of an attempt. @throws RequestFailed */
export type Send = (request: ServiceRequest) => Promise<AuthenticatedAnswer>;

/** What one call has of its budget, and what of its time went by at the throttle. */
interface CallTime extends Patience {
  throttledMs: number;
}

/** One way to the services for the whole process: its credentials, connections, throttles and retries. */
export class Transport {
  readonly #ports: Ports;
  readonly #pools: ClientPools;
  readonly #credentials: Credentials;
  readonly #throttles: Throttles;
  /** Which credential a subscription accepted last. */
  readonly #accepted = new Map<string, Credential>();

  constructor(configuration: ProviderConfiguration, ports: Ports) {
    this.#ports = ports;
    this.#pools = clientPools(configuration.caCertificatePath);
    this.#credentials = credentials(configuration, ports.now);
    this.#throttles = new Throttles(ports);
  }

  /**
   * Carries out one attempt, and again as long as its failure is worth it and the budget lasts.
   *
   * @throws whatever aborted the call; RetriesExhaustedError ERR_RETRIES_EXHAUSTED; otherwise the error of the last failure
   */
  async call<T>(
    purpose: CallPurpose,
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
        const cause = errorFor(error.failure, { ...purpose, shown });
        if (!gaveUp && error instanceof RequestFailed) {
          throw cause;
        }
        // Whom the throttle turned away has not tried once more.
        const tried = error instanceof ThrottleClosed ? attempts - 1 : attempts;
        throw exhausted(purpose, tried, monotonicMs() - startedMs, cause);
      }
      throw error;
    }
  }

  async #send(
    request: ServiceRequest,
    call: { at: SubscriptionAddress; time: CallTime; tried: Credential[] },
  ): Promise<AuthenticatedAnswer> {
    let refusal: RequestFailed | undefined;
    for await (const credential of this.#candidates(call.at)) {
      call.tried.push(credential);
      try {
        const answer = await this.#sendAs(credential, request, call);
        this.#accepted.set(subscriptionKey(call.at), credential);
        return { ...answer, authenticatedWith: credential.kind === "certificate" ? credential.thumbprint : null };
      } catch (error) {
        if (!(error instanceof RequestFailed && isAuthenticationRefusal(error.failure))) {
          throw error;
        }
        refusal = error;
      }
    }
    this.#accepted.delete(subscriptionKey(call.at));
    throw refusal ?? new Error("a subscription without a candidate passed unnoticed");
  }

  /** The one that was accepted last, then the rest in their order. */
  async *#candidates(at: SubscriptionAddress): AsyncGenerator<Credential, void> {
    const accepted = this.#accepted.get(subscriptionKey(at));
    if (accepted !== undefined) {
      yield accepted;
    }
    for await (const credential of this.#credentials.candidates(at)) {
      if (credential !== accepted) {
        yield credential;
      }
    }
  }

  async #sendAs(
    credential: Credential,
    request: ServiceRequest,
    { at, time }: { at: SubscriptionAddress; time: CallTime },
  ): Promise<ServiceAnswer> {
    const { now, monotonicMs, beforeEffect } = this.#ports;
    const { signal, startedMs, budgetMs } = time;
    const client = await this.#pools.for(credential);
    const bearerToken = credential.kind === "token" ? await credential.token(at.endpoint, signal) : null;
    const inLineMs = monotonicMs();
    const passage = await this.#throttles.for(at).enter(time);
    time.throttledMs += monotonicMs() - inLineMs;
    const leftMs = startedMs + budgetMs + time.throttledMs - monotonicMs();
    const timeoutMs = Math.max(1, Math.ceil(Math.min(requestTimeoutMs, leftMs)));
    try {
      const answer = await exchange(request, {
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

  async close(): Promise<void> {
    await this.#pools.close();
  }
}

function exhausted(
  { at, purpose, thumbprint }: CallPurpose,
  attempts: number,
  elapsedMs: number,
  cause: Error,
): RetriesExhaustedError {
  const [last] = cause.message.split("\n");
  return new RetriesExhaustedError({
    what: `Gave up trying to ${purpose} after ${attempts} ${attempts === 1 ? "attempt" : "attempts"} in ${(elapsedMs / 1000).toFixed(1)} s. The last failure: ${last}`,
    todo: "What was done so far is kept; run again to go on.",
    facts: { subscription: at.subscriptionId, thumbprint: thumbprint ?? undefined, endpoint: at.endpoint },
    attempts,
    elapsedMs,
    cause,
  });
}
