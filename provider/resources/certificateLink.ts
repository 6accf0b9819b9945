import { canonicalEndpoint } from "../azure/configuration";
import type { SubscriptionAddress } from "../azure/subscriptionAddress";
import { CertificateError, ConfigurationError, LockOutError, StillOpenError } from "../errors";
import { planLink, planUnlink } from "../rotation/planLink";
import { confirmedListing, foundMissing } from "./confirmedListing";
import type { Configured } from "./context";
import { isoSeconds, wholeSeconds } from "./dates";
import { defaultsOf, validateInputs, withoutDefaults, withoutUndefined } from "./inputs";
import {
  type CheckFailure,
  type CheckResult,
  type Difference,
  PartialChangeError,
  type ResourceLifecycle,
  type Values,
} from "./lifecycle";
import { foreseen, linkChanges } from "./linkChanges";
import { importLink } from "./linkImport";
import { previewLink } from "./linkPreview";
import {
  addressOf,
  type GivenCertificate,
  inputsOf,
  linkCertificateOf,
  parsedFrom,
  rulesOf,
  stateOf,
  withoutNull,
  workOf,
} from "./linkValues";
import { carryOut, type LinkOutcome, type LinkWork } from "./linkWork";
import {
  type SubscriptionCertificateLinkInputs,
  type SubscriptionCertificateLinkState,
  subscriptionCertificateLinkDefinition,
  subscriptionCertificateLinkInputs,
  subscriptionCertificateLinkState,
} from "./subscriptionCertificateLinkDefinition";
import { containsUnknown, setUnknownsAside, unknownValue } from "./unknowns";

export const subscriptionCertificateLink: ResourceLifecycle = {
  type: subscriptionCertificateLinkDefinition.type,
  secretOutputs: subscriptionCertificateLinkDefinition.secretOutputs,
  stableOutputs: ["subscriptionId", "managementEndpoint", "lineage"],
  check,
  diff,
  preview: previewLink,
  create,
  read,
  update,
  delete: remove,
  import: importLink,
};

const inputDefaults = defaultsOf(subscriptionCertificateLinkInputs);
const stateDefaults = defaultsOf(subscriptionCertificateLinkState);

// ---- check ----

function check(news: Values, context: Configured): CheckResult {
  const { known, unknown, failures } = validateInputs(subscriptionCertificateLinkInputs, news);
  const inputs = { ...withoutDefaults(inputDefaults, known), ...unknown };
  if (failures.length > 0) {
    return { inputs, failures };
  }
  const { subject, failures: certificateFailures } = subjectOf(inputs, context);
  const { at, failures: addressFailures } = addressOfLink(inputs, context);
  const claimFailures =
    subject === null || at === null ? [] : claim(at, subject, inputs["resourceName"] as string, context);
  return { inputs, failures: [...certificateFailures, ...addressFailures, ...claimFailures] };
}

/** What this link stands for among the links of a run; null while it is unknown or wrong. */
function subjectOf(
  inputs: Values,
  context: Configured,
): { readonly subject: string | null; readonly failures: readonly CheckFailure[] } {
  const { certificate, certificatePem } = inputs;
  if ((certificate === undefined) === (certificatePem === undefined)) {
    const reason =
      certificate === undefined
        ? "give the link a certificate (a ManagementCertificate), or a certificatePem made elsewhere"
        : "give the link either a certificate or a certificatePem, not both";
    return { subject: null, failures: [{ property: "certificate", reason }] };
  }
  if (containsUnknown(certificate) || containsUnknown(certificatePem)) {
    return { subject: null, failures: [] };
  }
  const property = certificatePem === undefined ? "certificate" : "certificatePem";
  const failed = (reason: string) => ({ subject: null, failures: [{ property, reason }] });
  try {
    const { thumbprint, lineage, publicKeyPkcs1 } = parsedFrom(inputs as GivenCertificate, context);
    if (publicKeyPkcs1 === null) {
      return failed(`${property} has a key that is not RSA, and Azure takes RSA certificates only`);
    }
    if (certificatePem !== undefined) {
      return { subject: thumbprint, failures: [] };
    }
    return lineage === null
      ? failed(
          "the certificate carries no lineage, so it was not made by a ManagementCertificate: give it as certificatePem",
        )
      : { subject: lineage, failures: [] };
  } catch (error) {
    if (error instanceof CertificateError) {
      return failed(error.message);
    }
    throw error;
  }
}

function addressOfLink(
  { subscriptionId, managementEndpoint }: Values,
  context: Configured,
): { readonly at: SubscriptionAddress | null; readonly failures: readonly CheckFailure[] } {
  if (managementEndpoint === unknownValue) {
    return { at: null, failures: [] };
  }
  try {
    const endpoint =
      managementEndpoint === undefined
        ? context.configuration.managementEndpoint
        : canonicalEndpoint(managementEndpoint as string);
    const at = subscriptionId === unknownValue ? null : { endpoint, subscriptionId: subscriptionId as string };
    return { at, failures: [] };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { at: null, failures: [{ property: "managementEndpoint", reason: error.message }] };
    }
    throw error;
  }
}

function claim(
  at: SubscriptionAddress,
  subject: string,
  link: string,
  { claims }: Configured,
): readonly CheckFailure[] {
  const other = claims.claim(at, subject, link);
  return other === null
    ? []
    : [
        {
          property: "subscriptionId",
          reason: `the link ${other} of this program already registers this certificate on subscription ${at.subscriptionId}. Remove one of the two`,
        },
      ];
}

// ---- diff ----

function diff(olds: Values, news: Values, context: Configured): Difference {
  const state = stateOf(olds);
  const { unknown, known } = setUnknownsAside(news);
  const open = Object.keys(unknown).filter((property) => property in subscriptionCertificateLinkInputs.shape);
  if (open.length > 0) {
    const property = open.includes("certificate") ? "certificate" : (open.sort()[0] ?? "certificate");
    const reason = foreseen(state, context.decided.of(state.lineage));
    return { changes: [{ property, reason, replaces: false }], warnings: [] };
  }
  const inputs = inputsOf(known);
  const wanted = linkCertificateOf(inputs, context).certificate;
  const at = addressOf(inputs, context);
  return linkChanges(
    state,
    { inputs, certificate: wanted, at },
    context.configuration.certificateLimit,
    context.ports.now(),
  );
}

// ---- create, update, delete ----

async function create(news: Values, context: Configured): Promise<{ readonly id: string; readonly outputs: Values }> {
  const inputs = inputsOf(news);
  const work = workOf(inputs, [], context);
  const id = `${work.at.subscriptionId}/${work.certificate.lineage ?? work.certificate.current.thumbprint}`;
  const outcome = await carryOut(work, planLink, context);
  return { id, outputs: settle(id, inputs, work, outcome, null) };
}

async function update(id: string, olds: Values, news: Values, context: Configured): Promise<Values> {
  const state = stateOf(olds);
  const inputs = inputsOf(news);
  const work = workOf(inputs, state.registered, context);
  const outcome = await carryOut(work, planLink, context);
  return settle(id, inputs, work, outcome, state);
}

/** The state after the work; throws what went wrong, with that state where anything was done. */
function settle(
  id: string,
  inputs: SubscriptionCertificateLinkInputs,
  work: LinkWork,
  outcome: LinkOutcome,
  before: SubscriptionCertificateLinkState | null,
): Values {
  if (outcome.failure !== null && before === null && !outcome.touched) {
    throw outcome.failure;
  }
  const current = outcome.registered.find((known) => known.thumbprint === work.certificate.current.thumbprint);
  // A failed update must not claim the new certificate before the subscription has it: credential() would hand it out.
  const claimed =
    outcome.failure === null || current !== undefined || before === null
      ? work.certificate.current
      : { thumbprint: before.thumbprint, sha256Fingerprint: before.sha256Fingerprint };
  const { certificate: _1, certificatePem: _2, managementEndpoint: _3, ...recorded } = inputs;
  const state: SubscriptionCertificateLinkState = {
    ...recorded,
    managementEndpoint: work.at.endpoint,
    lineage: work.certificate.lineage ?? undefined,
    overlapHours: work.certificate.overlapHours,
    thumbprint: claimed.thumbprint,
    sha256Fingerprint: claimed.sha256Fingerprint,
    registered: outcome.registered.map((known) => withoutNull(known)),
    certificateCount: outcome.certificateCount ?? before?.certificateCount ?? 0,
  };
  const outputs = withoutDefaults(stateDefaults, withoutUndefined(state));
  if (outcome.failure !== null) {
    throw new PartialChangeError(id, outputs, outcome.failure);
  }
  return outputs;
}

async function remove(olds: Values, context: Configured): Promise<void> {
  const state = stateOf(olds);
  const at = { endpoint: state.managementEndpoint, subscriptionId: state.subscriptionId };
  if (context.claims.isClaimed(at, state.lineage ?? state.thumbprint)) {
    return;
  }
  const work: LinkWork = {
    at,
    certificate: {
      lineage: state.lineage ?? null,
      current: {
        thumbprint: state.thumbprint,
        sha256Fingerprint: state.sha256Fingerprint,
        notBefore: new Date(0),
        notAfter: new Date(0),
      },
      previous: [],
      overlapHours: state.overlapHours,
    },
    der: null,
    registered: state.registered,
    rules: rulesOf(state, at, context),
  };
  const outcome = await carryOut(work, planUnlink, context);
  if (outcome.failure !== null) {
    throw outcome.failure instanceof LockOutError
      ? new StillOpenError({
          what: outcome.failure.message.split("\n")[0] ?? "",
          facts: outcome.failure.facts,
          cause: outcome.failure,
        })
      : outcome.failure;
  }
}

// ---- read ----

async function read(olds: Values, context: Configured): Promise<Values> {
  const state = stateOf(olds);
  const at = { endpoint: state.managementEndpoint, subscriptionId: state.subscriptionId };
  const listing = await context.listings.get(at);
  const { managementCertificates } = context.connection;
  const there = await confirmedListing(listing, foundMissing(state.registered), managementCertificates, at);
  const now = isoSeconds(wholeSeconds(context.ports.now()));
  const registered = state.registered.flatMap(({ missingSince, ...known }) => {
    if (there.has(known.thumbprint)) {
      return [withoutNull(known)];
    }
    // A previous one that somebody removed is simply gone: it is never put back. The current one is something to say.
    return known.thumbprint === state.thumbprint ? [withoutNull({ ...known, missingSince: missingSince ?? now })] : [];
  });
  return { ...olds, registered, certificateCount: there.size };
}
