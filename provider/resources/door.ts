import type { Connection } from "../azure/connection";
import type { AddOptions, ListedCertificate, Listing } from "../azure/managementCertificates";
import { type SubscriptionAddress, subscriptionKey } from "../azure/subscriptionAddress";
import type { ErrorFacts } from "../errors";

/** A place where certificates are registered, as a link works with it. */
export interface Door {
  /** As sentences name it: "subscription 7e4c…". */
  readonly name: string;
  /** One spelling, to keep doors apart by. */
  readonly key: string;
  /** Where a run for another day has to prove that it is the emulator. */
  readonly endpoint: string;
  /** What errors about it show. */
  readonly facts: Pick<ErrorFacts, "subscription">;
  list(): Promise<Listing>;
  /** Null once it is certain that it is not there. */
  get(thumbprint: string): Promise<ListedCertificate | null>;
  add(der: Buffer, options: Pick<AddOptions, "onAnswerLost">): Promise<{ readonly requestId: string | null }>;
  /** Also where it is gone already. */
  remove(thumbprint: string): Promise<unknown>;
}

/** Touches no connection before something is asked of it: previews name doors too. */
export function subscriptionDoor(at: SubscriptionAddress, context: { readonly connection: Connection }): Door {
  const client = () => context.connection.managementCertificates;
  return {
    name: `subscription ${at.subscriptionId}`,
    key: subscriptionKey(at),
    endpoint: at.endpoint,
    facts: { subscription: at.subscriptionId },
    list: () => client().list(at),
    get: (thumbprint) => client().get(at, thumbprint),
    add: (der, options) => client().add(at, der, options),
    remove: (thumbprint) => client().remove(at, thumbprint),
  };
}
