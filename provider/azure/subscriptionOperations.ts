import type { SubscriptionAddress } from "./subscriptionAddress";
import type { CallOptions, Transport } from "./transport";
import { decodeOperations, type SubscriptionOperation } from "./xml";

export type { SubscriptionOperation } from "./xml";

/** The changes of a classic subscription, and who made them. */
export interface SubscriptionOperations {
  /**
   * What was changed between two moments, oldest page first as the service gives them. The service remembers 90 days.
   * Throws what `ManagementCertificates.list` throws.
   *
   * @see https://learn.microsoft.com/previous-versions/azure/reference/gg715318(v=azure.100)
   */
  list(
    at: SubscriptionAddress,
    between: { readonly from: Date; readonly to: Date },
    options?: CallOptions,
  ): Promise<readonly SubscriptionOperation[]>;
}

/** A log that goes on for ever is none: so many pages are more than 90 days of any subscription that people administer. */
const mostPages = 200;

export function subscriptionOperations(
  transport: Pick<Transport<SubscriptionAddress>, "call">,
): SubscriptionOperations {
  return {
    list: (at, { from, to }, options = {}) =>
      transport.call({ at, purpose: "list the subscription's operations", thumbprint: null }, options, async (send) => {
        const operations: SubscriptionOperation[] = [];
        let token: string | null = null;
        for (let page = 1; page <= mostPages; page++) {
          const query = new URLSearchParams({
            StartTime: seconds(from),
            EndTime: seconds(to),
            ...(token !== null && { ContinuationToken: token }),
          });
          const path = `/${encodeURIComponent(at.subscriptionId)}/operations?${query}`;
          const { body, requestId } = await send({ method: "GET", path });
          const answer = decodeOperations(body, requestId);
          operations.push(...answer.operations);
          token = answer.continuationToken;
          if (token === null) {
            break;
          }
        }
        return operations;
      }),
  };
}

/** The form of which the documentation says that it is accepted. */
function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
