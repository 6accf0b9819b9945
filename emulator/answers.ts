import { formatSeconds } from "./clock";
import type { ServiceError } from "./errors";
import type { Answer } from "./plane";
import type { CompletedOperation, StoredCertificate, Subscription } from "./store";

// The order of the two declarations is the service's own.
const namespaces =
  'xmlns="http://schemas.microsoft.com/windowsazure" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

function root(name: string, content: string): string {
  return `<${name} ${namespaces}>${content}</${name}>`;
}

export function xmlAnswer(body: string): Answer {
  return { status: 200, headers: {}, body };
}

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: "" };
}

export function errorAnswer({ status, code, message, headers }: ServiceError): Answer {
  return { status, headers, body: root("Error", element("Code", code) + element("Message", message)) };
}

function certificateElements(certificate: StoredCertificate): string {
  return (
    element("SubscriptionCertificatePublicKey", certificate.publicKey) +
    element("SubscriptionCertificateThumbprint", certificate.thumbprint) +
    element("SubscriptionCertificateData", certificate.data) +
    element("Created", certificate.createdAt)
  );
}

export function certificateBody(certificate: StoredCertificate): string {
  return root("SubscriptionCertificate", certificateElements(certificate));
}

export function certificateListBody(certificates: readonly StoredCertificate[]): string {
  const entries = certificates.map(
    (certificate) => `<SubscriptionCertificate>${certificateElements(certificate)}</SubscriptionCertificate>`,
  );
  return root("SubscriptionCertificates", entries.join(""));
}

/** The counters that the real service puts between these elements are left out. */
function subscriptionElements(subscription: Subscription): string {
  return (
    element("SubscriptionID", subscription.id) +
    element("SubscriptionName", subscription.name) +
    element("SubscriptionStatus", subscription.status === "active" ? "Active" : "Disabled") +
    element("AccountAdminLiveEmailId", "admin@example.com") +
    element("ServiceAdminLiveEmailId", "admin@example.com") +
    element("MaxCoreCount", "20") +
    element("OfferCategories", "") +
    element("AADTenantID", subscription.id) +
    element("CreatedTime", subscription.createdTime)
  );
}

export function subscriptionBody(subscription: Subscription): string {
  return root("Subscription", subscriptionElements(subscription));
}

export function subscriptionListBody(subscriptions: readonly Subscription[]): string {
  const entries = subscriptions.map(
    (subscription) => `<Subscription>${subscriptionElements(subscription)}</Subscription>`,
  );
  return root("Subscriptions", entries.join(""));
}

/** An operation's id in a body: the request id with dashes. */
function dashed(requestId: string): string {
  return requestId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function operationElements({ requestId }: CompletedOperation): string {
  // 200 also for a 201, as recorded.
  return element("ID", dashed(requestId)) + element("Status", "Succeeded") + element("HttpStatusCode", "200");
}

export function operationBody(operation: CompletedOperation): string {
  return root("Operation", operationElements(operation));
}

/** @param continuationToken for the next answer; null: there is none */
export function operationListBody(
  subscriptionId: string,
  operations: readonly CompletedOperation[],
  continuationToken: string | null,
): string {
  const entries = operations.map((operation) => {
    const at = formatSeconds(operation.at);
    const caller =
      element("UsedServiceManagementApi", "true") +
      (operation.callerThumbprint === null
        ? ""
        : element("SubscriptionCertificateThumbprint", operation.callerThumbprint)) +
      element("ClientIP", "127.0.0.1");
    return (
      "<SubscriptionOperation>" +
      element("OperationId", operation.requestId) +
      element("OperationObjectId", `/${subscriptionId}/certificates/${operation.thumbprint}`) +
      element("OperationName", operation.name) +
      `<OperationCaller>${caller}</OperationCaller>` +
      `<OperationStatus>${operationElements(operation)}</OperationStatus>` +
      element("OperationStartedTime", at) +
      element("OperationCompletedTime", at) +
      "</SubscriptionOperation>"
    );
  });
  return root(
    "SubscriptionOperationCollection",
    `<SubscriptionOperations>${entries.join("")}</SubscriptionOperations>${continuationToken === null ? "" : element("ContinuationToken", continuationToken)}`,
  );
}
