import { randomBytes } from "node:crypto";
import { parseConfiguration } from "../../provider/azure/configuration";
import { type Connection, connect } from "../../provider/azure/connection";
import type { Ports } from "../../provider/ports";
import { Claims } from "../../provider/resources/claims";
import type { Configured } from "../../provider/resources/context";
import { DecidedRotations } from "../../provider/resources/decidedRotations";
import { SharedListings } from "../../provider/resources/sharedListings";

/** Ports on a clock that the test moves; waiting takes no time. */
export function testPorts(clock: { now: Date }, overrides: Partial<Ports> = {}): Ports {
  return {
    now: () => new Date(clock.now),
    monotonicMs: () => performance.now(),
    sleep: async (_milliseconds, signal) => signal.throwIfAborted(),
    random: () => 0.5,
    randomBytes,
    beforeEffect: async () => {},
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** A configured provider, as a host would build it, without the machine's environment. */
export function configuredWith(
  settings: Readonly<Record<string, string>>,
  ports: Ports,
  environment: Readonly<Record<string, string>> = {},
): Configured & { readonly connection: Connection } {
  const configuration = parseConfiguration((key) => settings[key], environment);
  const connection = connect(configuration, ports);
  return {
    ports,
    configuration,
    connection,
    claims: new Claims(),
    decided: new DecidedRotations(),
    listings: new SharedListings(connection.managementCertificates),
  };
}
