/** What a request asks for. */
export type Operation =
  | "listSubscriptions"
  | "getSubscription"
  | "listCertificates"
  | "addCertificate"
  | "getCertificate"
  | "deleteCertificate"
  | "listOperations"
  | "getOperation";

export interface Address {
  /** Lower-case; null for `/subscriptions`. */
  readonly subscriptionId: string | null;
  /** The last segment of an address of one certificate or operation, as sent. */
  readonly target: string | null;
  /** null: the address exists, but not for this verb. */
  readonly operation: Operation | null;
  /** First `x-ms-version` that knows the address. */
  readonly firstVersion: string;
}

const guid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

interface Row {
  readonly pattern: RegExp;
  readonly firstVersion: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

const table: readonly Row[] = [
  row("/subscriptions", "2009-10-01", { GET: "listSubscriptions" }),
  row(`/(?<sub>${guid})`, "2009-10-01", { GET: "getSubscription" }),
  row(`/(?<sub>${guid})/certificates`, "2012-03-01", { GET: "listCertificates", POST: "addCertificate" }),
  row(`/(?<sub>${guid})/certificates/(?<target>[^/]+)`, "2012-03-01", {
    GET: "getCertificate",
    DELETE: "deleteCertificate",
  }),
  row(`/(?<sub>${guid})/operations`, "2009-10-01", { GET: "listOperations" }),
  row(`/(?<sub>${guid})/operations/(?<target>[^/]+)`, "2009-10-01", { GET: "getOperation" }),
];

function row(path: string, firstVersion: string, operations: Row["operations"]): Row {
  return { pattern: new RegExp(`^${path}/?$`, "i"), firstVersion, operations };
}

/** What is at a path; null if nothing is. */
export function findAddress(method: string, path: string): Address | null {
  for (const { pattern, firstVersion, operations } of table) {
    const match = pattern.exec(path);
    if (match !== null) {
      return {
        subscriptionId: match.groups?.["sub"]?.toLowerCase() ?? null,
        target: match.groups?.["target"] ?? null,
        operation: Object.hasOwn(operations, method) ? (operations[method] ?? null) : null,
        firstVersion,
      };
    }
  }
  return null;
}

/** The subscription that a path begins with, lower-case, whether or not anything is at that path. */
export function subscriptionOf(path: string): string | null {
  return new RegExp(`^/(${guid})(?:/|$)`).exec(path)?.[1]?.toLowerCase() ?? null;
}
