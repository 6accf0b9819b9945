import type { SubscriptionAddress } from "./connection";

/** One spelling of an address, to keep subscriptions apart by. */
export function subscriptionKey({ endpoint, subscriptionId }: SubscriptionAddress): string {
  return `${new URL(endpoint).origin}/${subscriptionId.toLowerCase()}`;
}
