import type { ProviderConfiguration } from "../azure/configuration";
import { type Connection, connect } from "../azure/connection";
import { Evidence } from "../evidence/evidence";
import type { Ports } from "../ports";
import { Claims } from "./claims";
import { DecidedRotations } from "./decidedRotations";
import { SharedListings } from "./link/sharedListings";
import { ParsedCertificates } from "./parsedCertificates";

/** What the resources of one provider process work with once it is configured. */
export interface Configured {
  readonly ports: Ports;
  readonly configuration: ProviderConfiguration;
  readonly connection: Connection;
  readonly claims: Claims;
  readonly decided: DecidedRotations;
  readonly listings: SharedListings;
  readonly parsed: ParsedCertificates;
  /** Null where nobody asked for it. */
  readonly evidence: Evidence | null;
  /** `project/stack`, where the host knows it: for evidence only. */
  readonly stack: string | null;
}

/** Opens nothing and reads nothing: a preview needs neither a credential nor a network. */
export function configuredWith(configuration: ProviderConfiguration, ports: Ports): Configured {
  const connection = connect(configuration, ports);
  const { path, command } = configuration.evidence;
  return {
    ports,
    configuration,
    connection,
    claims: new Claims(),
    decided: new DecidedRotations(),
    listings: new SharedListings(),
    parsed: new ParsedCertificates(),
    evidence: path === null && command === null ? null : new Evidence(configuration.evidence, ports),
    stack: null,
  };
}
