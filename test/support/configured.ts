import { randomBytes } from "node:crypto";
import { parseConfiguration } from "../../provider/azure/configuration";
import type { Ports } from "../../provider/ports";
import { type Configured, configuredWith } from "../../provider/resources/context";

/** Ports on a clock that the test moves; waiting takes no time. */
export function testPorts(clock: { now: Date }, overrides: Partial<Ports> = {}): Ports {
  return {
    now: () => new Date(clock.now),
    monotonicMs: () => performance.now(),
    sleep: async (_milliseconds, signal) => signal.throwIfAborted(),
    random: () => 0.5,
    randomBytes,
    beforeEffect: async () => {},
    runCommand: async () => {},
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** A configured provider, as a host would build it, without the machine's environment. */
export function configuredFrom(
  settings: Readonly<Record<string, string>>,
  ports: Ports,
  environment: Readonly<Record<string, string>> = {},
): Configured {
  return configuredWith(
    parseConfiguration((key) => settings[key], environment),
    ports,
  );
}
