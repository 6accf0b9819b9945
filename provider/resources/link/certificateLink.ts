import { CertificateError, LockOutError, StillOpenError } from "../../errors";
import { planLink, planUnlink } from "../../rotation/planLink";
import { normaliseHolder } from "../certificate/holders";
import type { Configured } from "../context";
import { isoSeconds, wholeSeconds } from "../dates";
import { defaultsOf, sameJson, validateInputs, withoutDefaults, withoutUndefined } from "../inputs";
import {
  type CheckFailure,
  type CheckResult,
  type Difference,
  PartialChangeError,
  type ResourceLifecycle,
  type Values,
} from "../lifecycle";
import { containsUnknown, setUnknownsAside } from "../unknowns";
import { confirmedListing, foundMissing } from "./confirmedListing";
import type { Door } from "./door";
import { foreseen, linkChanges } from "./linkChanges";
import type { HistoryEntry, LinkInputs, LinkState } from "./linkDefinition";
import { importLink } from "./linkImport";
import type { LinkKind } from "./linkKind";
import { previewLink } from "./linkPreview";
import { remembered, removedElsewhere } from "./linkRecord";
import {
  type GivenCertificate,
  inputsOf,
  linkCertificateOf,
  parsedFrom,
  rememberedOf,
  rulesOf,
  stateOf,
  withoutNull,
  workOf,
} from "./linkValues";
import { carryOut, type LinkOutcome, type LinkWork } from "./linkWork";

/** The life of any link: only where its door is differs from kind to kind. */
export function certificateLink(kind: LinkKind): ResourceLifecycle {
  const { type, secretOutputs } = kind.definition;
  return {
    type,
    secretOutputs,
    stableOutputs: kind.stableOutputs,
    check: (news, context, oldInputs) => check(kind, news, context, oldInputs ?? null),
    diff: (olds, news, context) => diff(kind, olds, news, context),
    preview: (olds, news, context) => previewLink(kind, olds, news, context),
    create: (news, context) => create(kind, news, context),
    read: (olds, context) => read(kind, olds, context),
    update: (id, olds, news, context) => update(kind, id, olds, news, context),
    delete: (olds, context) => remove(kind, olds, context),
    import: (id, resourceName, context) => importLink(kind, id, resourceName, context),
  };
}

// ---- check ----

function check(kind: LinkKind, news: Values, context: Configured, oldInputs: Values | null): CheckResult {
  const { known, unknown, failures } = validateInputs(kind.inputs, news);
  const inputs = { ...withoutDefaults(defaultsOf(kind.inputs), known), ...unknown };
  if (failures.length > 0) {
    return { inputs, failures };
  }
  const { subject, failures: certificateFailures } = subjectOf(inputs, context);
  const { door, failures: addressFailures } = kind.checkDoor(inputs, context);
  const claimFailures =
    subject === null || door === null ? [] : claim(kind, door, subject, inputs["resourceName"] as string, context);
  return {
    inputs,
    failures: [...certificateFailures, ...addressFailures, ...claimFailures, ...holderFailures(inputs, oldInputs)],
  };
}

function holderFailures(inputs: Values, oldInputs: Values | null): readonly CheckFailure[] {
  const { holder, certificatePem } = inputs;
  const refused = (reason: string) => [{ property: "holder", reason }];
  if (typeof holder !== "string" || containsUnknown([holder, certificatePem])) {
    return [];
  }
  if (certificatePem === undefined) {
    return refused("holder is of a certificatePem: the holders of a ManagementCertificate are named where it is made");
  }
  const { holder: earlier, certificatePem: earlierPem } = oldInputs ?? {};
  const isSameKey = typeof earlierPem === "string" && earlierPem.trim() === String(certificatePem).trim();
  return isSameKey && typeof earlier === "string" && normaliseHolder(earlier) !== normaliseHolder(holder)
    ? refused(
        `${earlier} has this key and keeps it, so it can't become that of ${holder}: give ${holder} another certificate. If ${earlier} was a slip of the pen, take the holder out, update, and name ${holder} then`,
      )
    : [];
}

/** What this link stands for among the links of a run; null while it is unknown or wrong. */
function subjectOf(
  inputs: Values,
  context: Configured,
): { readonly subject: string | null; readonly failures: readonly CheckFailure[] } {
  const { certificate, certificatePem, verify } = inputs;
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
  if (verify === "used" && (certificate as LinkInputs["certificate"])?.privateKeyPem === undefined) {
    const reason = "verify: used signs in with the key, so the link needs a certificate with its privateKeyPem";
    return { subject: null, failures: [{ property: "verify", reason }] };
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

function claim(
  { address }: LinkKind,
  door: Door,
  subject: string,
  link: string,
  { claims }: Configured,
): readonly CheckFailure[] {
  const other = claims.claim(door, subject, link);
  return other === null
    ? []
    : [
        {
          property: address[0],
          reason: `the link ${other} of this program already registers this certificate on ${door.name}. Remove one of the two`,
        },
      ];
}

// ---- diff ----

function diff(kind: LinkKind, olds: Values, news: Values, context: Configured): Difference {
  const state = stateOf(kind, olds);
  const door = kind.doorOf(olds, context);
  const { unknown, known } = setUnknownsAside(news);
  const open = Object.keys(unknown).filter((property) => property in kind.inputs.shape);
  if (open.length > 0) {
    const property = open.includes("certificate") ? "certificate" : (open.sort()[0] ?? "certificate");
    const reason = foreseen(door.name, state, context.decided.of(state.lineage));
    return { changes: [{ property, reason, replaces: false }], warnings: [] };
  }
  const inputs = inputsOf(kind, known);
  const wanted = linkCertificateOf(inputs, context).certificate;
  return linkChanges(
    state,
    {
      inputs,
      certificate: wanted,
      door: door.name,
      moves: kind.moves(olds, known, context),
      alsoRecorded: changedIn(kind, olds, known),
    },
    kind.limitOf(context),
    context.ports.now(),
  );
}

/** Compared with their defaults filled in: neither inputs nor state hold those. */
function changedIn({ recordedInputs, inputs }: LinkKind, olds: Values, news: Values): readonly string[] {
  const defaults = defaultsOf(inputs);
  return recordedInputs.filter(
    (property) => !sameJson(olds[property] ?? defaults[property], news[property] ?? defaults[property]),
  );
}

// ---- create, update, delete ----

async function create(
  kind: LinkKind,
  news: Values,
  context: Configured,
): Promise<{ readonly id: string; readonly outputs: Values }> {
  const inputs = inputsOf(kind, news);
  const work = workOf(kind, news, inputs, null, context);
  const id = `${kind.idOf(news)}/${work.certificate.lineage ?? work.certificate.current.thumbprint}`;
  const outcome = await carryOut(work, planLink, context);
  return { id, outputs: settle(kind, id, { news, inputs }, work, outcome, null, context) };
}

async function update(kind: LinkKind, id: string, olds: Values, news: Values, context: Configured): Promise<Values> {
  const state = stateOf(kind, olds);
  const inputs = inputsOf(kind, news);
  const work = workOf(kind, news, inputs, state, context);
  const outcome = await carryOut(work, planLink, context);
  return settle(kind, id, { news, inputs }, work, outcome, state, context);
}

/** The state after the work; throws what went wrong, with that state where anything was done. */
function settle(
  kind: LinkKind,
  id: string,
  { news, inputs }: { readonly news: Values; readonly inputs: LinkInputs },
  work: LinkWork,
  outcome: LinkOutcome,
  before: LinkState | null,
  context: Configured,
): Values {
  if (outcome.failure !== null && before === null && !outcome.touched) {
    throw outcome.failure;
  }
  const current = outcome.registered.find((known) => known.thumbprint === work.certificate.current.thumbprint);
  // A failed update must not claim the new certificate before the door has it: credential() would hand it out.
  const claimed =
    outcome.failure === null || current !== undefined || before === null
      ? work.certificate.current
      : { thumbprint: before.thumbprint, sha256Fingerprint: before.sha256Fingerprint };
  const { certificate: _1, certificatePem: _2, ...recorded } = inputs;
  const state = {
    ...recorded,
    ...kind.recorded(news, context),
    lineage: work.certificate.lineage ?? undefined,
    overlapHours: work.certificate.overlapHours,
    thumbprint: claimed.thumbprint,
    sha256Fingerprint: claimed.sha256Fingerprint,
    registered: outcome.registered.map((known) => withoutNull(known)),
    certificateCount: outcome.certificateCount ?? before?.certificateCount ?? 0,
    history: outcome.history.length === 0 ? undefined : outcome.history.map((entry) => withoutNull(entry)),
    evidence: outcome.evidence ?? undefined,
  };
  const outputs = withoutDefaults(defaultsOf(kind.state), withoutUndefined(state));
  if (outcome.failure !== null) {
    throw new PartialChangeError(id, outputs, outcome.failure);
  }
  return outputs;
}

async function remove(kind: LinkKind, olds: Values, context: Configured): Promise<void> {
  const state = stateOf(kind, olds);
  const door = kind.doorOf(olds, context);
  if (context.claims.isClaimed(door, state.lineage ?? state.thumbprint)) {
    return;
  }
  const work: LinkWork = {
    door,
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
    proveWith: null,
    rules: rulesOf(kind, state, door, context),
    link: state.resourceName,
    ...rememberedOf(state),
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

async function read(kind: LinkKind, olds: Values, context: Configured): Promise<Values> {
  const state = stateOf(kind, olds);
  const door = kind.doorOf(olds, context);
  const listing = await context.listings.get(door);
  const there = await confirmedListing(listing, foundMissing(state.registered), door);
  const now = isoSeconds(wholeSeconds(context.ports.now()));
  const gone = state.registered.filter((known) => !there.has(known.thumbprint) && known.missingSince == null);
  const history = gone.reduce<readonly HistoryEntry[]>(
    (before, { thumbprint }) =>
      remembered(before, { at: now, action: "foundMissing", thumbprint, because: removedElsewhere }),
    state.history ?? [],
  );
  const registered = state.registered.flatMap(({ missingSince, ...known }) => {
    if (there.has(known.thumbprint)) {
      return [withoutNull(known)];
    }
    // A previous one that somebody removed is simply gone: it is never put back. The current one is something to say.
    return known.thumbprint === state.thumbprint ? [withoutNull({ ...known, missingSince: missingSince ?? now })] : [];
  });
  return { ...olds, registered, certificateCount: there.size, ...(gone.length > 0 && { history }) };
}
