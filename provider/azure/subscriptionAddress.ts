/** Which subscription, and where. */
export interface SubscriptionAddress {
  /** As `canonicalEndpoint` writes it. */
  readonly endpoint: string;
  readonly subscriptionId: string;
}

/** One spelling of an address, to keep subscriptions apart by. */
export function subscriptionKey({ endpoint, subscriptionId }: SubscriptionAddress): string {
  return `${new URL(endpoint).origin}/${subscriptionId.toLowerCase()}`;
}
