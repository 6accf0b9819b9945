import type { ProviderConfiguration } from "../azure/configuration";
import type { Connection } from "../azure/connection";
import type { Ports } from "../ports";
import type { Claims } from "./claims";
import type { DecidedRotations } from "./decidedRotations";
import type { SharedListings } from "./sharedListings";

/** What a resource works with once the provider is configured. One per provider process. */
export interface Configured {
  readonly ports: Ports;
  readonly configuration: ProviderConfiguration;
  readonly connection: Connection;
  readonly claims: Claims;
  readonly decided: DecidedRotations;
  readonly listings: SharedListings;
}
