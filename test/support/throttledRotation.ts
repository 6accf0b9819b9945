import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import pRetry from "p-retry";
import { Agent } from "undici";
import type { Behaviour } from "../../emulator/behaviour";
import type { RateLimitScope } from "../../emulator/rateLimit";
import { exchange } from "../../provider/azure/exchange";
import { managementCertificates } from "../../provider/azure/managementCertificates";
import { managementProtocol } from "../../provider/azure/managementService";
import type { SubscriptionAddress } from "../../provider/azure/subscriptionAddress";
import type { Transport } from "../../provider/azure/transport";
import { drawSerialNumber, issueManagementCertificate } from "../../provider/certificate/issue";
import { generateRsaKeyPair } from "../../provider/certificate/keyPair";
import type { Ports } from "../../provider/ports";
import { SharedListings } from "../../provider/resources/link/sharedListings";
import { RequestsUnderWay } from "./requestsUnderWay";
import { SimulatedTime } from "./simulatedTime";
import { SmallStack, type Stored } from "./smallStack";

/** How requests that the service refuses are sent again. */
export type Retries =
  /** As the provider does it. */
  | "throttle"
  /** A plain p-retry around each call, with its defaults: ten more attempts, after 1, 2, 4, … seconds, whatever the service says. */
  | "pRetry"
  | "none";

export interface RotationLimits {
  /** null: no limit. */
  readonly requestsPerSecond: number | null;
  /** Another limit from this second on. */
  readonly change?: { readonly afterSeconds: number; readonly requestsPerSecond: number };
  readonly retries?: Retries;
}

export interface RotationOutcome {
  /** Links whose update failed. */
  readonly failures: number;
  readonly accepted: number;
  readonly refused: number;
  /** Of all requests. */
  readonly percentRefused: number;
  readonly seconds: number;
}

const date = "2027-03-01T00:00:00Z";

/** When a service whose clock stands at that date says to come back in a second. */
export const retryAfterHeaders: Readonly<Record<"absent" | "seconds" | "date", Behaviour["throttlingRetryAfter"]>> = {
  absent: null,
  seconds: "1",
  date: new Date(Date.parse(date) + 1000).toUTCString(),
};

interface Version {
  readonly certificatePem: string;
  readonly thumbprint: string;
  readonly previous: readonly object[];
  readonly overlapHours: number;
}

/**
 * One rotation of many links in one provider process, against an emulator that limits requests. It can be played again
 * and again: each time begins with the same state, and with nothing learnt.
 */
export class ThrottledRotation {
  readonly #stack: SmallStack;
  readonly #time: Clock;
  readonly #before: ReadonlyMap<string, Stored>;
  readonly #after: ReadonlyMap<string, { readonly subscriptionId: string; readonly version: Version }>;
  readonly #underWay = new RequestsUnderWay();

  private constructor(
    stack: SmallStack,
    time: Clock,
    before: ReadonlyMap<string, Stored>,
    after: ReadonlyMap<string, { readonly subscriptionId: string; readonly version: Version }>,
  ) {
    this.#stack = stack;
    this.#time = time;
    this.#before = before;
    this.#after = after;
  }

  /** Links in an overlap-free state: each subscription holds each of the certificates in its first version. */
  static async start(settings: {
    readonly subscriptions: number;
    readonly certificates: number;
    readonly limits: RateLimitScope;
    readonly retryAfter?: Behaviour["throttlingRetryAfter"];
    /** Default: simulated, so that minutes pass in seconds. */
    readonly time?: Clock;
  }): Promise<ThrottledRotation> {
    const { subscriptions, certificates, limits, retryAfter = null, time = new SimulatedTime() } = settings;
    const stack = await SmallStack.start(date, {
      subscriptions: Array.from({ length: subscriptions }, () => randomUUID()),
      rateLimitScope: limits,
      monotonicMs: time.monotonicMs,
      certificateLimit: 1000,
      behaviour: { throttlingRetryAfter: retryAfter },
      config: { certificateLimit: "1000" },
    });
    const { privateKeyPem } = await generateRsaKeyPair(2048);
    const after = new Map<string, { subscriptionId: string; version: Version }>();
    const before = new Map<string, Stored>();
    for (let certificate = 0; certificate < certificates; certificate++) {
      const lineage = randomUUID();
      const first = version(privateKeyPem, lineage, null);
      const second = version(privateKeyPem, lineage, first);
      // One link is created; the others are what that one became, on another subscription.
      await stack.link("one", { ...first });
      const state = stack.snapshot().get("one");
      if (state === undefined) {
        throw new Error("the first link left no state");
      }
      const [der] = stack.emulator
        .certificates(stack.subscription)
        .filter((one) => one.thumbprint === first.thumbprint);
      for (const [index, subscriptionId] of stack.emulator.subscriptions.entries()) {
        const name = `link-${certificate}-${index}`;
        if (index > 0 && der !== undefined) {
          stack.emulator.plant(subscriptionId, der.der);
        }
        before.set(name, {
          ...state,
          id: `${subscriptionId}/${lineage}`,
          outputs: { ...state.outputs, resourceName: name, subscriptionId },
        });
        after.set(name, { subscriptionId, version: second });
      }
      await stack.newRun();
      stack.restore(new Map());
    }
    return new ThrottledRotation(stack, time, before, after);
  }

  async play({ requestsPerSecond, change, retries = "throttle" }: RotationLimits): Promise<RotationOutcome> {
    const { emulator } = this.#stack;
    for (const { subscriptionId, version: added } of this.#after.values()) {
      if (emulator.certificates(subscriptionId).some(({ thumbprint }) => thumbprint === added.thumbprint)) {
        emulator.take(subscriptionId, added.thumbprint);
      }
    }
    this.#stack.restore(this.#before);
    await this.#stack.newRun(this.#time);
    const closeOwn = this.#replaceTransport(retries);
    emulator.clearJournal();
    emulator.limitRate(null);
    emulator.limitRate(requestsPerSecond);
    const startMs = this.#time.monotonicMs();
    const { begun } = this.#underWay;
    const changed = new AbortController();
    if (change !== undefined) {
      this.#time
        .sleep(change.afterSeconds * 1000, changed.signal)
        .then(() => emulator.limitRate(change.requestsPerSecond))
        .catch(() => {});
    }
    const results = await this.#time.run(
      Promise.allSettled(
        [...this.#after].map(([name, { subscriptionId, version: wanted }]) =>
          this.#stack.link(name, { ...wanted }, { subscriptionId }),
        ),
      ),
      // Before its first request a new process reads files, and nothing tells how long that takes.
      () => this.#underWay.count === 0 && this.#underWay.begun > begun,
    );
    const seconds = (this.#time.monotonicMs() - startMs) / 1000;
    changed.abort();
    await closeOwn();
    const answers = emulator.journal();
    const refused = answers.filter(({ code }) => code === "TooManyRequests").length;
    return {
      failures: results.filter(({ status }) => status === "rejected").length,
      accepted: answers.length - refused,
      refused,
      percentRefused: (100 * refused) / answers.length,
      seconds,
    };
  }

  async stop(): Promise<void> {
    this.#underWay.stop();
    await this.#stack.stop();
  }

  /** The same links and the same client, on another way of sending again what was refused. */
  #replaceTransport(retries: Retries): () => Promise<void> {
    if (retries === "throttle") {
      return async () => {};
    }
    const { context, emulator } = this.#stack;
    const pem = readFileSync(emulator.credentialPath, "utf8");
    const client = new Agent({
      allowH2: false,
      connections: 64,
      connect: { ca: readFileSync(emulator.caCertificatePath, "utf8"), cert: pem, key: pem },
    });
    const { now, beforeEffect, signal } = context.ports;
    const call: Transport<SubscriptionAddress>["call"] = (_purpose, _options, attempt) =>
      this.#again(retries, () =>
        attempt(async (request) => ({
          ...(await exchange(request, {
            protocol: managementProtocol,
            endpoint: emulator.endpoint,
            client,
            bearerToken: null,
            signal,
            now,
            beforeEffect,
          })),
          authenticatedWith: emulator.credentialThumbprint,
          signedInAs: emulator.credentialThumbprint,
        })),
      );
    const replaced = managementCertificates({ call });
    this.#stack.context = {
      ...context,
      connection: { ...context.connection, managementCertificates: replaced },
      listings: new SharedListings(),
    };
    return () => client.close();
  }

  #again<T>(retries: Retries, attempt: () => Promise<T>): Promise<T> {
    return retries === "none"
      ? attempt()
      : pRetry(attempt, {
          // What it waits by default, but on our clock: 1, 2, 4, … seconds between eleven attempts.
          minTimeout: 0,
          shouldRetry: async ({ attemptNumber }) => {
            await this.#time.sleep(1000 * 2 ** (attemptNumber - 1), this.#stack.context.ports.signal);
            return true;
          },
        });
  }
}

/** The clock of both sides, and what makes it go. */
export interface Clock extends Pick<Ports, "monotonicMs" | "sleep"> {
  run<T>(work: Promise<T>, isQuiet: () => boolean): Promise<T>;
}

function version(privateKeyPem: string, lineage: string, previous: Version | null): Version {
  const { pem, thumbprint } = issueManagementCertificate({
    privateKeyPem,
    subject: { commonName: "rotated", organizationalUnit: "access/prod" },
    lineage,
    serialNumber: drawSerialNumber(randomBytes),
    notBefore: new Date(previous === null ? "2026-06-01T00:00:00Z" : "2027-02-28T23:00:00Z"),
    notAfter: new Date(previous === null ? "2027-06-01T00:00:00Z" : "2028-02-28T23:00:00Z"),
  });
  return {
    certificatePem: pem,
    thumbprint,
    previous:
      previous === null
        ? []
        : [{ thumbprint: previous.thumbprint, notAfter: "2027-06-01T00:00:00Z", revoked: false, heldBy: [] }],
    overlapHours: 168,
  };
}
