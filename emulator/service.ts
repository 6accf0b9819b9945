import { type AddRequest, readAddRequest } from "./addRequest";
import { type Address, findAddress } from "./addresses";
import {
  certificateBody,
  certificateListBody,
  emptyAnswer,
  errorAnswer,
  operationBody,
  operationListBody,
  subscriptionBody,
  subscriptionListBody,
  xmlAnswer,
} from "./answers";
import type { Behaviour } from "./behaviour";
import { accepts } from "./caller";
import type { EmulatorClock } from "./clock";
import { serviceErrors } from "./errors";
import type { Answer, Plane, PlaneRequest, Served } from "./plane";
import type { RateLimit } from "./rateLimit";
import type { Store, StoredCertificate, Subscription } from "./store";

export interface ServiceSettings {
  readonly store: Store;
  readonly clock: EmulatorClock;
  readonly behaviour: Behaviour;
  readonly certificateLimit: number;
  readonly rateLimit: RateLimit;
}

/** The classic API, under the addresses of subscriptions. */
export function classicPlane(settings: ServiceSettings): Plane {
  return {
    serve: (request) => serve(settings, request),
    errorAnswer,
    headers: (requestId) => ({
      contentType: "application/xml; charset=utf-8",
      others: {
        Server: "1.0.6198.243 (rd_rdfe_stable.150618-1025) Microsoft-HTTPAPI/2.0",
        "x-ms-servedbyregion": "ussouth3",
        "x-ms-request-id": requestId,
      },
    }),
    tooManyRequests: serviceErrors.tooManyRequests,
    internal: serviceErrors.internal,
  };
}

/**
 * Serves one request of the classic API.
 *
 * @throws {ServiceError} for every answer that is no success.
 */
async function serve(settings: ServiceSettings, request: PlaneRequest): Promise<Served> {
  const { store, clock, behaviour, rateLimit } = settings;
  if (behaviour.redirectTo !== null) {
    throw serviceErrors.redirect(new URL(request.path, behaviour.redirectTo).href);
  }
  const address = findAddress(request.method, request.path);
  if (address === null) {
    throw serviceErrors.resourceNotFound();
  }
  if (address.subscriptionId === null) {
    checkAddress(address, request, behaviour);
    return { answer: listSubscriptions(settings, request), thumbprint: null };
  }
  const subscription = findSubscription(store, address.subscriptionId, request);
  if (subscription?.status === "gone" && behaviour.goneSubscription === "notFound") {
    throw serviceErrors.resourceNotFound();
  }
  if (
    subscription === null ||
    subscription.status === "gone" ||
    !accepts(subscription, request.caller, clock.now(), behaviour)
  ) {
    throw serviceErrors.forbidden(behaviour);
  }
  if (!rateLimit.admits(subscription.id)) {
    throw serviceErrors.tooManyRequests(behaviour.throttlingStatus, behaviour.throttlingRetryAfter);
  }
  const operation = checkAddress(address, request, behaviour);
  if (operation === "getSubscription") {
    return { answer: xmlAnswer(subscriptionBody(subscription)), thumbprint: null };
  }
  if (subscription.status === "disabled") {
    throw serviceErrors.subscriptionDisabled();
  }
  const target = address.target ?? "";
  switch (operation) {
    case "listCertificates": {
      const certificates = store.listBefore(subscription.id, request.staleChanges);
      return { answer: xmlAnswer(certificateListBody(certificates)), thumbprint: null };
    }
    case "getCertificate": {
      const certificate = findCertificate(subscription, target, behaviour);
      return { answer: xmlAnswer(certificateBody(certificate)), thumbprint: certificate.thumbprint };
    }
    case "addCertificate":
      return addCertificate(settings, request, subscription.id);
    case "deleteCertificate":
      return deleteCertificate(settings, request, subscription, target);
    case "getOperation": {
      const wanted = target.toLowerCase();
      const found = store.operations(subscription.id).find(({ requestId }) => requestId === wanted);
      if (found === undefined) {
        throw serviceErrors.resourceNotFound();
      }
      return { answer: xmlAnswer(operationBody(found)), thumbprint: found.thumbprint };
    }
    case "listOperations":
      return { answer: listOperations(settings, subscription.id, request.query), thumbprint: null };
    case "listSubscriptions":
      throw new TypeError("the list of subscriptions is not at a subscription's address");
  }
}

function findSubscription(store: Store, id: string, { isDisabled }: PlaneRequest): Subscription | null {
  const found = store.find(id);
  return found?.status === "active" && isDisabled ? { ...found, status: "disabled" } : found;
}

/** @throws {ServiceError} for a verb that the address does not have, or a version that does not know it. */
function checkAddress(
  { operation, firstVersion }: Address,
  { headers }: PlaneRequest,
  { versions }: Behaviour,
): NonNullable<Address["operation"]> {
  const version = headers["x-ms-version"];
  const isDate =
    typeof version === "string" &&
    /^\d{4}-\d{2}-\d{2}$/.test(version) &&
    !Number.isNaN(Date.parse(`${version}T00:00:00Z`));
  if (!isDate || version < firstVersion || versions?.includes(version) === false) {
    throw serviceErrors.versionHeader();
  }
  if (operation === null) {
    throw serviceErrors.invalidVerb();
  }
  return operation;
}

function listSubscriptions({ store, clock, behaviour }: ServiceSettings, { caller }: PlaneRequest): Answer {
  const accepting = store
    .all()
    .filter((subscription) => subscription.status !== "gone" && accepts(subscription, caller, clock.now(), behaviour));
  const isRefused = behaviour.subscriptionsList === "refused" && !caller.hasToken;
  if (accepting.length === 0 || isRefused) {
    throw serviceErrors.forbidden(behaviour);
  }
  return xmlAnswer(subscriptionListBody(accepting));
}

/** @throws {ServiceError} ResourceNotFound */
function findCertificate(
  { certificates }: Subscription,
  target: string,
  { thumbprintCase }: Behaviour,
): StoredCertificate {
  const wanted = thumbprintCase === "ignored" ? target.toUpperCase() : target;
  const found = certificates.find(({ thumbprint }) => thumbprint === wanted);
  if (found === undefined) {
    throw serviceErrors.certificateNotFound();
  }
  return found;
}

async function addCertificate(
  settings: ServiceSettings,
  request: PlaneRequest,
  subscriptionId: string,
): Promise<Served> {
  const { store, clock, behaviour, certificateLimit } = settings;
  const body = await request.body();
  if (behaviour.contentType === "strict" && !/^application\/xml\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw serviceErrors.badRequest("The Content-Type of the request must be application/xml.");
  }
  const added = readAddRequest(body, behaviour);
  // Looked up again: while the body was on its way, other requests may have changed the subscription.
  const certificates = store.find(subscriptionId)?.certificates ?? [];
  if (decideAdd(added, certificates, behaviour, certificateLimit) === "add") {
    store.addCertificate(subscriptionId, { ...added, createdAt: clock.timestamp() });
  }
  recordOperation(settings, request, subscriptionId, "AddSubscriptionCertificate", added.thumbprint);
  const location = `https://management.core.windows.net/subscriptions/${subscriptionId}/certificates/${added.thumbprint}`;
  return { answer: emptyAnswer(behaviour.addStatus, { Location: location }), thumbprint: added.thumbprint };
}

/** @throws {ServiceError} for a duplicate, or over the limit. */
function decideAdd(
  { thumbprint }: AddRequest,
  certificates: readonly StoredCertificate[],
  behaviour: Behaviour,
  limit: number,
): "add" | "alreadyThere" {
  if (certificates.some((certificate) => certificate.thumbprint === thumbprint)) {
    if (behaviour.duplicateAdd === "conflict") {
      throw serviceErrors.conflict();
    }
    return "alreadyThere";
  }
  if (certificates.length >= limit) {
    throw serviceErrors.overLimit(behaviour, limit);
  }
  return "add";
}

/** Also of the last one, and of the one that the request authenticates with: the service guards neither. */
function deleteCertificate(
  settings: ServiceSettings,
  request: PlaneRequest,
  subscription: Subscription,
  target: string,
): Served {
  const { thumbprint } = findCertificate(subscription, target, settings.behaviour);
  settings.store.removeCertificate(subscription.id, thumbprint);
  recordOperation(settings, request, subscription.id, "RemoveSubscriptionCertificate", thumbprint);
  return { answer: emptyAnswer(200), thumbprint };
}

function recordOperation(
  { store, clock }: ServiceSettings,
  { requestId, caller }: PlaneRequest,
  subscriptionId: string,
  name: "AddSubscriptionCertificate" | "RemoveSubscriptionCertificate",
  thumbprint: string,
): void {
  const callerThumbprint = caller.certificate?.thumbprint ?? null;
  store.recordOperation(subscriptionId, { requestId, name, thumbprint, callerThumbprint, at: clock.now() });
}

/** @throws {ServiceError} MissingOrInvalidRequiredQueryParameter, also for a token that none of these answers gave. */
function listOperations({ store, behaviour }: ServiceSettings, subscriptionId: string, query: URLSearchParams): Answer {
  const [from, to] = ["StartTime", "EndTime"].map((name) => Date.parse(query.get(name) ?? ""));
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to) || from > to) {
    throw serviceErrors.queryParameter();
  }
  const token = query.get("ContinuationToken");
  const begin = token === null ? 0 : Number(/^after-(\d{1,6})$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(begin)) {
    throw serviceErrors.queryParameter();
  }
  const within = store.operations(subscriptionId).filter(({ at }) => at.getTime() >= from && at.getTime() <= to);
  const end = begin + (behaviour.operationsPerAnswer ?? within.length);
  const next = end < within.length ? `after-${end}` : null;
  return xmlAnswer(operationListBody(subscriptionId, within.slice(begin, end), next));
}
