import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Ports } from "../ports";
import type { EngineWatch } from "./engineWatch";
import { commandRunner } from "./runCommand";

/** The real world: this machine's clock, dice and timers, with the date of `AZURE_CERTIFICATES_AS_OF` where that is set. */
export function systemPorts(asOf: Date | null, watch: EngineWatch, signal: AbortSignal): Ports {
  return {
    now: () => (asOf === null ? new Date() : new Date(asOf)),
    monotonicMs: () => performance.now(),
    sleep: async (milliseconds, abort) => {
      await delay(milliseconds, undefined, { signal: abort });
    },
    random: Math.random,
    randomBytes,
    beforeEffect: () => watch.assertAlive(),
    runCommand: commandRunner(process.env),
    signal,
  };
}
