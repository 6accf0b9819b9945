import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import type { Emulator } from "../../emulator/emulator";

/** A key that somebody has, and where it has to open. */
export interface HeldKey {
  readonly path: string;
  readonly pem: string;
}

/** Between two rounds: the run needs the machine too. */
const restMs = 1_000;

/** Whether a subscription lets a key in. Connections stay, as those of any tool do: what is asked for is looked at each time. */
export class CompanyProbe {
  readonly #emulator: Emulator;
  readonly #authority: string;
  readonly #agents = new Map<string, Agent>();

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    this.#authority = readFileSync(emulator.caCertificatePath, "utf8");
  }

  letsIn(subscriptionId: string, { pem }: HeldKey): Promise<boolean> {
    const agent = this.#agents.get(pem) ?? new Agent({ ca: this.#authority, cert: pem, key: pem, keepAlive: true });
    this.#agents.set(pem, agent);
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const url = new URL(`/${subscriptionId}`, this.#emulator.endpoint);
    request(url, { agent, headers: { "x-ms-version": "2014-10-01" } }, (answer) => {
      answer.resume();
      answer.once("error", reject);
      answer.once("end", () =>
        answer.statusCode === 200 || answer.statusCode === 403
          ? resolve(answer.statusCode === 200)
          : reject(new Error(`the service answered ${answer.statusCode}`)),
      );
    })
      .once("error", reject)
      .end();
    return promise;
  }

  /**
   * Signs in over and over while something runs.
   *
   * @param openings asked for again in each round
   * @returns how many sign-ins there were, and where somebody was not let in
   */
  async during<T>(
    run: Promise<T>,
    openings: () => readonly { readonly key: HeldKey; readonly subscriptionId: string }[],
  ): Promise<{ readonly signIns: number; readonly refused: readonly string[] }> {
    let isRunning = true;
    const done = run.finally(() => {
      isRunning = false;
    });
    done.catch(() => {});
    const refused: string[] = [];
    let signIns = 0;
    while (isRunning) {
      for (const { key, subscriptionId } of openings()) {
        signIns += 1;
        if (!(await this.letsIn(subscriptionId, key))) {
          refused.push(`${key.path} ${thumbprintOf(key)} on ${subscriptionId}`);
        }
      }
      await Promise.race([done, wait(restMs)]);
    }
    await done;
    return { signIns, refused };
  }

  stop(): void {
    for (const agent of this.#agents.values()) {
      agent.destroy();
    }
  }
}

export function thumbprintOf({ pem }: HeldKey): string {
  return new X509Certificate(pem).fingerprint.replaceAll(":", "");
}
